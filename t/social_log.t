# What a login leaves in the logs: which request, from where, with which result, and no code, state, token
# or session id. The harness searches the logs of every test for all of them.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new->gateway(
    http => <<~'CONF',
        log_format words '$social_provider|$social_result|$social_site|$social_request|$status';
        CONF
    server => 'access_log %%DIR%%/logs/words.log words;',
)->start;

# The line of a request in words.log.
sub line_of ($what) {
    my $before   = () = $t->log->lines('words.log');
    my $response = $what->();
    my @lines    = $t->wait_for(sub { my @all = $t->log->lines('words.log'); @all > $before ? [@all] : undef })->@*;
    return ($lines[-1], $response);
}

sub callback_of ($browser) { return $browser->callback_of('facebook', redirect => $SITE) }

subtest 'the access log has the request with its values masked' => sub {
    my $browser  = $t->browser;
    my $callback = callback_of($browser);
    my ($line)   = line_of(sub { $browser->get($callback) });
    is($line, 'facebook|connected|169|GET /facebook/callback?code=*&state=* HTTP/1.1|302', 'a login that ends well');
    ($line) = line_of(sub { $browser->get($callback) });
    is($line, 'facebook|bad_callback|-|GET /facebook/callback?code=*&state=* HTTP/1.1|400', 'the same again');

    my $url = 'https%3A%2F%2Fmysite.example%2Fwelcome';
    ($line) = line_of(sub { $t->get("/facebook/auth?redirectUrl=$url") });
    is(
        $line,
        "facebook|redirected|169|GET /facebook/auth?redirectUrl=$url HTTP/1.1|302",
        'the beginning: redirectUrl is no secret'
    );
    ($line) = line_of(sub { $t->get("/facebook/auth?redirectUrl=$url%3Ftoken%3Dabc%23x&x=y") });
    is($line, "facebook|redirected|169|GET /facebook/auth?redirectUrl=$url&x=* HTTP/1.1|302", '… its query may be one');
    ($line) = line_of(sub { $t->get('/facebook/auth?redirectUrl=https://evil.example/?a=b') });
    is($line, 'facebook|wrong_site|-|GET /facebook/auth?redirectUrl=https://evil.example/ HTTP/1.1|400', 'a wrong one');

    my $id = $t->login('facebook');
    ($line) = line_of(sub { $t->get("/facebook/session?sessionId=$id") });
    is($line, 'facebook|landed|-|GET /facebook/session?sessionId=* HTTP/1.1|200', 'the landing page');
    ($line) = line_of(sub { $t->get('/nobody/auth?redirectUrl=x&code=y') });
    like($line, qr{^-\|not_found\|-\|GET /nobody/auth\?redirectUrl=x&code=\* HTTP/1\.1\|404$}, 'an unknown provider');
};

subtest 'each result has its word' => sub {
    my %end = (
        refused         => sub ($url, $browser) { $browser->get($url =~ s/code=[^&]+/error=access_denied/r) },
        provider_failed => sub ($url, $browser) {
            $t->sandbox->behave('facebook.access_token', status => 500, times => 1);
            $browser->get($url);
        },
    );
    for my $word (sort keys %end) {
        my $browser = $t->browser;
        my $url     = callback_of($browser);
        my ($line)  = line_of(sub { $end{$word}->($url, $browser) });
        like($line, qr/^facebook\|\Q$word\E\|169\|/, $word);
    }
};

subtest 'the error log names what failed, masked as well' => sub {
    my $browser  = $t->browser;
    my $callback = callback_of($browser);
    $t->sandbox->behave(
        'facebook.access_token',
        error => {code => 100, message => 'The words of the provider'},
        times => 1
    );
    $browser->get($callback, headers => {Referer => $callback});
    my ($line) = reverse grep {/\[error\].*social: /} $t->log->lines;
    like($line, qr/social: the provider gave no token: HTTP 400, code 100, provider: facebook/, 'our line');
    like(
        $line,
        qr{client: 127\.0\.0\.1, server: gateway, request: "GET /facebook/callback\?code=\*&state=\* HTTP/1\.1"},
        '… with a masked request'
    );
    unlike($line, qr/referrer|words of the provider/i, '… and neither the referrer nor the words of the provider');

    $t->get($_)
        for '/facebook/callback?code=secretsecretsecret', '/facebook/session?sessionId=secretsecretsecret',
        '/facebook/auth?redirectUrl=https%3A%2F%2Fevil.example%2F%3Ftoken%3Dsecretsecretsecret';
    my @ours = grep {/ social: /} $t->log->lines;
    cmp_ok(scalar(@ours), '>=', 4, 'refused callbacks and addresses are told, too');
    is(grep({/secretsecret/} @ours), 0, 'without their values');
    is(grep({ /\[(?:warn|error|crit|alert|emerg)\]/ && /secretsecret/ } $t->log->lines),
        0, 'whatever nginx adds to them');
};

subtest 'what comes from the network is one line' => sub {
    $t->get('/facebook/callback?code=%0aFAKE%0d%1b[31m&state=%s%s%n%d');
    $t->get('/facebook/auth?redirectUrl=https://evil.example/%0aFAKE%25n', headers => {'User-Agent' => "%s%n\x1b[31m"});
    my $browser = $t->browser;
    $browser->get(callback_of($browser) =~ s/code=[^&]+/error=%0aFAKE%s%n/r);
    is(grep({/^FAKE/} map { $t->log->lines($_) } qw(error.log words.log access.log)),
        0, 'nothing begins a line of its own');
    unlike($t->log->text, qr/\x1b/, 'nothing colors the terminal of the reader');
    is($t->get('/facebook/session')->status, 400, 'and the gateway is alive');
};

done_testing;
