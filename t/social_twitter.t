# Logging in at X with OAuth 1.0a: three legs, each signed, and the documented profile.
use lib 't/lib';
use Social::Test;

my $t         = Social::Test->new->gateway(providers => ['twitter'])->start;
my $box       = $t->sandbox;
my $asks_json = {Accept => 'application/json'};

sub begin (%arg) { return $t->browser->get('/twitter/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F', %arg) }

# /auth with a request-token endpoint that misbehaves.
sub begins_not ($detail, $name) {
    my $response = begin(headers => $asks_json);
    is_envelope($response, 502, 'twitter is not answering, please try again', devMessage => $detail, $name);
    $box->forgive;
    return;
}

subtest 'the session of a user of X' => sub {
    my $browser  = $t->browser;
    my $response = $browser->login('twitter', redirect => 'https://mysite.example/welcome?a=1#top');
    my $id       = $response->session_id;
    is( $response->location,
        "https://mysite.example/welcome?a=1&sessionId=$id#top",
        'the site gets the id, and no fragment of others'
    );
    my $raw = $t->api(GET => "/api/twitter/session/$id", token => $t->bearer)->body;
    like(
        $raw,
        qr/^\{"session":"[^"]{69}","profile":\{"oauth_token":"6253282-\w+",
            "oauth_token_secret":"\w+","user_id":"6253282","screen_name":"ovan"\}\}$/x,
        'the session has the documented members alone'
    );
    is($t->api(GET => "/api/session/$id", token => $t->bearer)->body, $raw, 'the provider may be left out');
};

subtest 'the request token' => sub {
    $box->reset_calls;
    my $response = begin();
    like(
        $response->location,
        qr{/oauth/authenticate\?oauth_token=[\w-]+$},
        'the browser carries the request token alone to X'
    );
    my ($call) = $box->seen('twitter.request_token');
    is($call->{method},               'POST', 'the request token is fetched by POST');
    is($call->{path} =~ /\?/ ? 1 : 0, 0,      'the request for the token has no query');
};

subtest 'a request token that nobody may believe' => sub {
    my $step = 'the provider began no login';
    $box->configure('twitter', callback_confirmed => 'false');
    begins_not("$step: it does not confirm the callback (oauth_callback_confirmed)",
        'a callback that is not confirmed');
    $box->configure('twitter', callback_confirmed => 'true');
    my $form = sub ($body) { $box->behave('twitter.request_token', status => 200, type => 'text/html', body => $body) };
    $form->('oauth_token=a&oauth_token_secret=b');
    begins_not("$step: it does not confirm the callback (oauth_callback_confirmed)", 'no word of the callback');
    $form->('oauth_token=a&oauth_token_secret=&oauth_callback_confirmed=true');
    begins_not("$step: the answer has no usable oauth_token_secret", 'an empty secret');
    $form->('oauth_token=a&oauth_token=b&oauth_token_secret=c&oauth_callback_confirmed=true');
    begins_not("$step: the answer has no usable oauth_token", 'two tokens');
    $form->('oauth_token=' . 'a' x 300 . '&oauth_token_secret=c&oauth_callback_confirmed=true');
    begins_not("$step: the answer has no usable oauth_token", 'a token that fits no cookie');
    $form->('x' x 1_100_000);
    begins_not(qr/^the provider's answer is too long/, 'an answer over 1 MiB');
};

subtest 'values that are no UTF-8' => sub {
    my %good   = (oauth_token => 'a', oauth_token_secret => 'b', user_id => '1', screen_name => 'ovan');
    my $answer = sub ($endpoint, %values) {
        my $form = join '&', map {"$_=$values{$_}"} sort keys %values;
        $box->behave("twitter.$endpoint", type => 'text/html', hex => unpack 'H*', $form);
    };
    my %name = (user_id => 'user_id and screen_name', screen_name => 'user_id and screen_name');

    # Escaped and not: no byte sequence of UTF-8, one that is cut off, a surrogate, an overlong one.
    for my $bytes ("\xff", '%FF', '%C3', "\xe2\x82", '%ED%A0%80', '%C0%AF') {
        my $shown = $bytes =~ s/([^\x21-\x7e])/sprintf '\x%02x', ord $1/egr;
        for my $field (sort keys %good) {
            my $browser = $t->browser;
            my $url     = $browser->callback_of('twitter');
            $answer->('access_token', %good, $field => "a$bytes");
            is_envelope(
                $browser->get($url, headers => $asks_json), 502,
                'twitter is not answering, please try again',
                devMessage => 'the provider gave no token: the answer has no usable ' . ($name{$field} // $field),
                "$field=a$shown"
            );
            $box->forgive;
        }
        for my $field ('oauth_token', 'oauth_token_secret') {
            $answer->(
                'request_token',
                oauth_token              => 'a',
                oauth_token_secret       => 'b',
                oauth_callback_confirmed => 'true',
                $field                   => "a$bytes"
            );
            begins_not("the provider began no login: the answer has no usable $field",
                "$field=a$shown of a request token");
        }
    }
    my $browser = $t->browser;
    my $url     = $browser->callback_of('twitter');
    $answer->('access_token', %good, screen_name => '%C3%A9');
    my $id = $browser->get($url)->session_id;
    $box->forgive;
    is($t->session('twitter', $id)->{profile}{screen_name}, "\x{e9}", 'UTF-8 is good');
};

subtest 'errors of X in all their forms' => sub {
    my $step = 'the provider began no login';
    $box->configure('twitter', redirect_uris => ['https://other.example/']);
    begins_not("$step: HTTP 403, code 415", 'a callback that is not registered, as JSON');
    $box->configure('twitter', xml_errors => 1);
    begins_not("$step: HTTP 403, code 415", 'an XML error of X');
    $box->configure('twitter', xml_errors => 0, redirect_uris => [$t->public('/twitter/callback')]);
    $box->behave('twitter.request_token', status => 401, body => 'Failed to validate oauth signature and token');
    begins_not("$step: HTTP 401", 'plain text');
    $box->behave('twitter.request_token', garbage => 1);
    begins_not(qr/^\Q$step\E: the answer has no usable form$/, 'bytes without a meaning');
};

subtest 'the callback' => sub {
    my $fresh = sub {
        my $browser = $t->browser;
        return ($browser, $browser->callback_of('twitter'));
    };
    my ($browser, $url) = $fresh->();
    $box->reset_calls;
    is_page($browser->get($url =~ s/oauth_verifier=[^&]+//r),
        400, qr/twitter/, 'a callback without a verifier is refused');
    ($browser, $url) = $fresh->();
    is_page($browser->get($url =~ s/oauth_token=([^&]+)/oauth_token=x$1/r),
        400, qr/twitter/, 'a callback with another token is refused');
    ($browser, $url) = $fresh->();
    is_page($t->browser->get($url),                  400, qr/./, 'a callback in another browser is refused');
    is_page($browser->get($url =~ s/state=[^&]+//r), 400, qr/./, 'a callback without a state is refused');
    is($box->calls('twitter.access_token'), 0,   'refused callbacks do not call X');
    is($browser->get($url)->status,         302, 'the genuine callback finishes the login');
    is_page($browser->get($url), 400, qr/./, 'a repeated callback is refused');
    is($box->calls('twitter.access_token'), 1, 'a repeated callback calls X once');
};

subtest 'a token of one login in another' => sub {
    my ($one, $other) = ($t->browser, $t->browser);
    my ($first, $second) = ($one->callback_of('twitter'), $other->callback_of('twitter'));
    my ($credentials) = $second =~ /(oauth_token=.*)/;
    is_page($one->get($first =~ s/oauth_token=.*/$credentials/r),
        400, qr/twitter/, 'credentials of another login are refused');
};

subtest 'a user who says no' => sub {
    $box->consent('deny');
    my $response = $t->browser->login('twitter', redirect => 'https://mysite.example/');
    is_page($response, 403, qr/permission at X\./, 'a canceled X login gets its page');
    like($response->body, qr{/twitter/auth\?redirectUrl=}, 'the page of a canceled X login links to another');
    $box->consent('auto');
};

subtest 'an access token that X does not give' => sub {
    my %why = (
        'HTTP 401'                                    => {status => 401, body => 'Request token missing'},
        'HTTP 401, code 89'                           => {error  => {code => 89}},
        'HTTP 429, code 88'                           => {error  => {code => 88}},
        'the answer has no usable oauth_token_secret' => {status => 200, body => 'oauth_token=a&user_id=1'},
    );
    for my $detail (sort keys %why) {
        my $browser = $t->browser;
        my $url     = $browser->callback_of('twitter');
        $box->behave('twitter.access_token', %{$why{$detail}});
        is_envelope(
            $browser->get($url, headers => $asks_json), 502,
            'twitter is not answering, please try again',
            devMessage => "the provider gave no token: $detail",
            $detail
        );
        $box->forgive;
    }
    my $browser = $t->browser;
    my $url     = $browser->callback_of('twitter');
    $box->behave('twitter.access_token', status => 200, body => 'oauth_token=a&oauth_token_secret=b');
    is( $browser->get($url, headers => $asks_json)->json->{records}{devMessage},
        'the provider did not say who the user is: the answer has no usable user_id',
        'a token without its user is none'
    );
    $box->forgive;
};

subtest 'fifty logins' => sub {
    my %seen;
    $seen{$t->login('twitter')}++ for 1 .. 50;
    is(scalar keys %seen, 50, 'fifty logins get fifty sessions');
};

done_testing;
