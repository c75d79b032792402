# What a login leaves in the logs: which request, from where, with which result, and no code, state, token
# or session id. The harness searches the logs of every test for all of them.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new->gateway(
    http => <<~'CONF',
        log_format words '$social_provider|$social_result|$social_site|$social_request|$status';
        log_format store '$social_store';
        CONF
    server => 'access_log %%DIR%%/logs/words.log words; access_log %%DIR%%/logs/store.log store;',
)->start;

# What a request leaves in words.log. nginx writes the line when the answer has gone, so that it may come late.
sub is_logged ($expected, $name, $what) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $before = () = $t->log->lines('words.log');
    $what->();
    my @new;
    my $found = $t->wait_for(
        sub {
            my @all = $t->log->lines('words.log');
            @new = @all[$before .. $#all];
            return scalar grep { $_ eq $expected } @new;
        }
    );
    return ok($found, $name) || diag "expected $expected\n", map {"     got $_\n"} @new;
}

sub callback_of ($browser) { return $browser->callback_of('facebook', redirect => $SITE) }

subtest 'the access log has the request with its values masked' => sub {
    my $browser  = $t->browser;
    my $callback = callback_of($browser);
    my $masked   = 'GET /facebook/callback?code=*&state=* HTTP/1.1';
    is_logged("facebook|connected|169|$masked|302",  'a login that ends well', sub { $browser->get($callback) });
    is_logged("facebook|bad_callback|-|$masked|400", 'the same again',         sub { $browser->get($callback) });

    my $url   = 'https%3A%2F%2Fmysite.example%2Fwelcome';
    my $start = "facebook|redirected|169|GET /facebook/auth?redirectUrl=$url";
    is_logged(
        "$start HTTP/1.1|302",
        'the beginning: redirectUrl is no secret',
        sub { $t->get("/facebook/auth?redirectUrl=$url") }
    );
    is_logged(
        "$start&x=* HTTP/1.1|302",
        'a query of one star stays in the log',
        sub { $t->get("/facebook/auth?redirectUrl=$url%3Ftoken%3Dabc%23x&x=y") }
    );
    is_logged('facebook|wrong_site|-|GET /facebook/auth?redirectUrl=https://evil.example/ HTTP/1.1|400',
        'a wrong one', sub { $t->get('/facebook/auth?redirectUrl=https://evil.example/?a=b') });

    my $id = $t->login('facebook');
    is_logged(
        'facebook|landed|-|GET /facebook/session?sessionId=* HTTP/1.1|200',
        'the landing page',
        sub { $t->get("/facebook/session?sessionId=$id") }
    );
    is_logged(
        '-|not_found|-|GET /nobody/auth?redirectUrl=x&code=* HTTP/1.1|404',
        'an unknown provider',
        sub { $t->get('/nobody/auth?redirectUrl=x&code=y') }
    );
};

subtest 'each result has its word' => sub {
    my $browser = $t->browser;
    my $refusal = callback_of($browser) =~ s/code=[^&]+/error=access_denied/r;
    is_logged('facebook|refused|169|GET /facebook/callback?error=*&state=* HTTP/1.1|403',
        'refused', sub { $browser->get($refusal) });
    my $callback = callback_of($browser);
    $t->sandbox->behave('facebook.access_token', status => 500, times => 1);
    is_logged('facebook|provider_failed|169|GET /facebook/callback?code=*&state=* HTTP/1.1|502',
        'provider_failed', sub { $browser->get($callback) });
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
        'the error log masks the request line'
    );
    unlike($line, qr/referrer|words of the provider/i, 'the error log holds neither referrer nor provider text');

    $t->get($_)
        for '/facebook/callback?code=secretsecretsecret', '/facebook/session?sessionId=secretsecretsecret',
        '/facebook/auth?redirectUrl=https%3A%2F%2Fevil.example%2F%3Ftoken%3Dsecretsecretsecret';
    my @ours = grep {/ social: /} $t->log->lines;
    cmp_ok(scalar(@ours), '>=', 4, 'refused callbacks and addresses are told, too');
    is(grep({/secretsecret/} @ours), 0, 'log lines about refused callbacks hold no values');
    is(grep({ /\[(?:warn|error|crit|alert|emerg)\]/ && /secretsecret/ } $t->log->lines),
        0, 'whatever nginx adds to them');
};

subtest 'what comes from the network is one line' => sub {
    $t->get('/facebook/callback?code=%0aFAKE%0d%1b[31m&state=%s%s%n%d');
    $t->get('/facebook/auth?redirectUrl=https://evil.example/%0aFAKE%25n', headers => {'User-Agent' => "%s%n\x1b[31m"});
    my $browser = $t->browser;
    $browser->get(callback_of($browser) =~ s/code=[^&]+/error=%0aFAKE%s%n/r);
    is(grep({/^FAKE/} map { $t->log->lines($_) } qw(error.log words.log access.log)),
        0, 'injected line breaks begin no log line');
    unlike($t->log->text, qr/\x1b/, 'injected escape sequences are not logged');
    is($t->get('/facebook/session')->status, 400, 'the gateway serves requests after log injection');
};

subtest 'the access log tells whether the store had the session' => sub {
    my $id    = $t->login('facebook');
    my $token = $t->bearer;
    $t->api(GET => "/api/facebook/session/$id", token => $token);
    ok( $t->wait_for(
            sub {
                grep { $_ eq 'hit' } $t->log->lines('store.log');
            }
        ),
        'a session that is there'
    );
    $t->api(GET => '/api/facebook/session/' . 'x' x 92, token => $token);
    ok( $t->wait_for(
            sub {
                grep { $_ eq 'miss' } $t->log->lines('store.log');
            }
        ),
        'a missing session is logged as a miss'
    );
};

done_testing;
