# The envelope of troubles that are not the caller's, byte for byte: the store cannot be reached, a provider
# does not renew a token, nginx itself fails. With Redis, since that can be taken away.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenExpiry;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(authenticate);
use Time::HiRes            qw(sleep);

my $NULLS       = '"more":null,"applicationCode":null}}';
my $UNAVAILABLE = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":503,'
    . qq("userMessage":"Sessions are unavailable, please try again","devMessage":null,$NULLS);
my $NOT_RENEWED = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":502,'
    . qq("userMessage":"twitter_oauth2 is not answering, please try again",)
    . qq("devMessage":"the provider did not renew the token",$NULLS);
my $CYCLE = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":500,'
    . qq("userMessage":"Internal server error","devMessage":null,$NULLS);

my $t = Social::Test->new(redis => 1)->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
$t->secret($Social::Test::Gateway::PASSWORD);
$t->gateway(
    providers => ['facebook', 'twitter_oauth2'],
    site      => {quota        => 'limit=1000'},
    social    => {social_store => $t->redis->url . ' cache=off timeout=300ms'},
    server    => <<~'CONF',
        location /call/ {
            social_bearer on;
            social_credential twitter_oauth2 session=$http_x_session_id;
            proxy_pass %%SANDBOX%%/twitter/;
        }
        location /cycle/session/ { error_page 404 /cycle/session/x; rewrite ^ /cycle/session/y last; social_session; }
        CONF
)->start;

# The answer is that body under that status, as JSON that nobody keeps and with nothing behind it.
sub is_trouble ($response, $status, $body, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($response->body, $body, "$name: the body");
    my %want = (
        'Content-Type'     => ['application/json; charset=utf-8'],
        'Cache-Control'    => ['no-store'],
        'Content-Length'   => [length $body],
        'WWW-Authenticate' => [],
        'Set-Cookie'       => [],
        'Location'         => [],
        'Retry-After'      => [$status == 503 ? 5 : ()],
    );
    my %got = map { $_ => [$response->header_all($_)] } keys %want;
    is_deeply([$response->status, \%got], [$status, \%want], "$name: status and headers");
    return;
}

subtest 'a provider that does not renew a token is a 502' => sub {
    my $expiry = Social::Test::TokenExpiry->new($t);
    for my $case (
        ['fails',          status  => 503, body => '<secret words>'],
        ['hangs up',       close   => 'before'],
        ['talks nonsense', garbage => 1]
        )
    {
        my ($what, %how) = @$case;
        my $id = $expiry->login_for(1);
        $t->sandbox->behave('twitter.refresh', %how);
        sleep 1.05;
        is_trouble($expiry->get($id), 502, $NOT_RENEWED, "one that $what");
        my $call = $t->api(GET => '/call/2/users/me', token => $t->bearer, headers => {'X-Session-Id' => $id});
        is_trouble($call, 502, $NOT_RENEWED, "one that $what, at a call in the user's name");
        my $head = $t->api(HEAD => "/api/session/$id", token => $t->bearer);
        is( join('|', $head->status, $head->header('Content-Length'), $head->body),
            '502|' . length($NOT_RENEWED) . '|',
            'HEAD of a session that cannot be refreshed is a 502'
        );
        $t->sandbox->forgive;
    }
};

subtest 'a circle of the configuration is a 500' => sub {
    my $answer = $t->api(GET => '/cycle/session/x', token => $t->bearer);
    is_trouble($answer, 500, $CYCLE, 'nginx ends it');
};

my $id      = $t->login('facebook');
my $browser = $t->browser;
my $begun   = $browser->callback_of('facebook', redirect => 'https://mysite.example/');
my $denied  = $t->browser;
my $refusal
    = $denied->callback_of('facebook', redirect => 'https://mysite.example/') =~ s/code=[^&]+/error=access_denied/r;

# The browser keeps the cookie of its login for the next try.
sub callback ($who, $url, %headers) {
    my %cookies = %{$who->cookies};
    my $answer  = $who->get($url, headers => \%headers);
    $who->set_cookie(%cookies);
    return $answer;
}

sub without_store ($how) {
    my @bearer = (token => $t->bearer);
    my $calls  = $t->sandbox->calls('facebook.access_token');
    for my $path ("/api/facebook/session/$id", "/api/session/$id") {
        is_trouble($t->api($_ => $path, @bearer), 503, $UNAVAILABLE, "$how: $_ a session") for qw(GET DELETE);
        my $head = $t->api(HEAD => $path, @bearer);
        is( join('|', $head->status, $head->header('Content-Length'), $head->body),
            '503|' . length($UNAVAILABLE) . '|',
            "$how: HEAD of a session is a 503"
        );
    }
    is_trouble($t->api(GET => '/call/2/users/me', @bearer, headers => {'X-Session-Id' => $id}),
        503, $UNAVAILABLE, "$how: a call in a user's name");
    my $login = authenticate($t, email => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD,
        siteId => 169);
    is_trouble($login, 503, $UNAVAILABLE, "$how: the token API");
    my $answer = callback($browser, $begun, Accept => 'application/json');
    is($answer->body,                                              $UNAVAILABLE, "$how: a callback");
    is(join('|', $answer->status, $answer->header('Retry-After')), '503|5',      "$how: a callback gets Retry-After");
    is_page(callback($browser, $begun), 503, qr/<h1>/, "$how: a callback of a browser");

    # A refusal consumes nothing, so it needs no store.
    is(callback($denied, $refusal, Accept => 'application/json')->status, 403, "$how: a refusal");
    is_page(callback($denied, $refusal), 403, qr/<h1>/, "$how: a refusal of a browser");
    is($t->sandbox->calls('facebook.access_token'), $calls, "$how: no code was exchanged");

    # What needs no store is as ever.
    is_envelope($t->api(GET => "/api/facebook/session/$id"), 401, 'Token required', "$how: no token");
    is_envelope(
        $t->api(GET => "/api/facebook/session/$id", token => $t->bearer(exp => time - 1)),
        401,
        'Expired token',
        "$how: an old token"
    );
    is($t->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->status, 302, "$how: a login can begin");
    return;
}

subtest 'Redis is silent' => sub {
    $t->redis->pause;
    without_store('silent');
    $t->redis->resume;
    ok($t->wait_for(sub { $t->api(GET => "/api/session/$id", token => $t->bearer)->status == 200 }),
        'sessions are back when Redis resumes');
};

subtest 'Redis is gone' => sub {
    $t->redis->crash;
    without_store('gone');
    $t->redis->start;
    ok($t->wait_for(sub { $t->api(GET => "/api/session/$id", token => $t->bearer)->status == 404 }),
        'a Redis that restarts without data answers 404');
};

done_testing;
