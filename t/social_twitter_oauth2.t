# Logging in at X with OAuth 2.0: PKCE, Basic, codes that live half a minute, and the errors
# that X has of its own.
use lib 't/lib';
use Social::Test;

my $t         = Social::Test->new->gateway(providers => ['twitter_oauth2'])->start;
my $box       = $t->sandbox;
my $asks_json = {Accept => 'application/json'};

# The callback of a fresh login whose provider misbehaves.
sub fails_with ($detail, $name) {
    my $browser  = $t->browser;
    my $response = $browser->get($browser->callback_of('twitter_oauth2'), headers => $asks_json);
    is_envelope($response, 502, 'twitter_oauth2 is not answering, please try again', devMessage => $detail, $name);
    $box->forgive;
    return;
}

subtest 'the session of a user of X' => sub {
    my $id      = $t->login('twitter_oauth2');
    my $raw     = $t->api(GET => "/api/twitter_oauth2/session/$id", token => $t->bearer)->body;
    my $session = $t->session('twitter_oauth2', $id);
    like(
        $raw,
        qr/^\{"session":"[^"]{69}","profile":\{"id":"6253282","name":"Ovan\ Donnovan","username":"ovan"\},
            "token":"[\w-]+","expires_at":\d+,"scope":"tweet\.read\ users\.read\ offline\.access"\}$/x,
        'the session has the documented members alone'
    );
    my $left = $session->{expires_at} - time;
    ok($left > 7_100 && $left <= 7_200, 'expires_at is the end of the token in Unix seconds');
    unlike($raw, qr/refresh/, 'the session JSON has no refresh token');
};

subtest 'the authorization request' => sub {
    my $response = $t->get('/twitter_oauth2/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F');
    my ($query)  = $response->location =~ /\?(.*)/;
    my %sent     = map { split /=/, $_, 2 } split /&/, $query;
    is($sent{code_challenge_method}, 'S256', 'the challenge uses S256');
    is(length $sent{code_challenge}, 43,     'the challenge has 43 characters');
    cmp_ok(length $sent{state}, '<', 500, 'the state is short enough for X');
    is($sent{scope}, 'tweet.read%20users.read%20offline.access', 'scopes are separated by blanks');
};

subtest 'the token request' => sub {
    $box->reset_calls;
    $t->login('twitter_oauth2');
    my ($call) = $box->seen('twitter.token');
    like($call->{headers}{authorization}, qr/^Basic /, 'the token request authenticates with Basic');
    ok(!exists $call->{params}{client_secret}, 'the body of the token request has no client secret');
    is($box->calls('twitter.token'), 1, 'the code is sent once');
    is($box->calls('twitter.me'),    1, 'the profile is read once');
};

# RFC 9700 §4.5: a code that was stolen is put into a login of somebody else.
subtest 'a code of another login' => sub {
    my ($mallory, $victim) = map { $t->browser } 1, 2;
    my ($own, $other) = map { $_->callback_of('twitter_oauth2') } $mallory, $victim;
    my ($stolen) = $other =~ /[?&](code=[^&#]+)/;
    my $response = $mallory->get($own =~ s/code=[^&#]+/$stolen/r, headers => $asks_json);
    is_envelope(
        $response, 502,
        'twitter_oauth2 is not answering, please try again',
        devMessage => 'the provider gave no token: HTTP 400, invalid_request',
        'a code of another login does not fit the verifier'
    );
    is($response->location, undef, 'a code of another login gives no session');
};

subtest 'a user who says no' => sub {
    $box->consent('deny');
    my $response = $t->browser->login('twitter_oauth2', redirect => 'https://mysite.example/');
    is_page($response, 403, qr/permission at X\./, 'a canceled X login gets its page');
    $box->consent('auto');
};

subtest 'a code that has run out' => sub {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('twitter_oauth2');
    $box->advance(31);
    is_envelope(
        $browser->get($callback, headers => $asks_json), 502,
        'twitter_oauth2 is not answering, please try again',
        devMessage => 'the provider gave no token: HTTP 400, invalid_request',
        'a spent code is refused by X'
    );
};

subtest "X's own errors" => sub {
    my $who = 'the provider did not say who the user is';
    $box->configure('twitter', credits => 0);
    fails_with("$who: HTTP 402, CreditsDepleted", 'an account without credits');
    $box->configure('twitter', credits => 1);
    $box->behave(
        'twitter.me',
        status => 429,
        type   => 'application/problem+json',
        json   => {title => 'Too Many Requests', status => 429, type => 'about:blank'}
    );
    fails_with("$who: HTTP 429, Too Many Requests", 'too many requests');
    $box->behave('twitter.me', error => {code => 88});
    fails_with("$who: HTTP 429, code 88", "$who reports too many requests by code 88");
    $box->behave(
        'twitter.token',
        status => 401,
        json   => {error => 'unauthorized_client', error_description => 'Missing valid authorization header'}
    );
    fails_with('the provider gave no token: HTTP 401, unauthorized_client', 'a client that X does not know');
    $box->behave('twitter.me', status => 200, json => {errors => [{title => 'Not Found'}]});
    fails_with("$who: the answer has no usable profile", 'an answer without a user');
};

subtest 'a login without offline.access' => sub {
    $t->gateway(providers => ['twitter_oauth2'], provider => {twitter_oauth2 => {scope => 'tweet.read,users.read'}});
    $t->reload;
    my $session = $t->session('twitter_oauth2', $t->login('twitter_oauth2'));
    is($session->{scope}, 'tweet.read users.read', 'the session has the granted scope');
};

done_testing;
