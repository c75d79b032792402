# A callback finishes the login that this browser began at this provider, once; nothing else does,
# and the provider is not called for anything else (RFC 6749 §10.12, RFC 9700 §4.4).
use lib 't/lib';
use Social::Test;
use Social::Test::LoginCookie;

my $SITE = 'https://mysite.example/welcome';

# Two names of one provider: what a mix-up needs.
my $t = Social::Test->new(workers => 2);
$t->gateway(http => <<~"CONF")->start;
    social_provider fb2 {
        type          facebook;
        client_id     1234567890123456;
        client_secret file:%%DIR%%/conf/facebook.secret;
        authorize_url %%SANDBOX%%/facebook/v26.0/dialog/oauth;
        api_url       %%SANDBOX%%/facebook;
    }
    CONF
$t->sandbox->configure('facebook', redirect_uris => [map { $t->url("/$_/callback") } qw(facebook fb2)]);

# A login up to the provider's answer, in a browser of its own: (browser, callback URL, its state).
sub answered (%arg) {
    my $browser  = $arg{browser} // $t->browser;
    my $callback = $browser->callback_of($arg{provider} // 'facebook', redirect => $SITE);
    my ($state)  = $callback =~ /[?&]state=([^&#]+)/;
    return ($browser, $callback, $state);
}

# The page for a callback that fits no login of this browser.
sub is_refused ($browser, $url, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $calls    = $t->sandbox->calls('facebook.access_token');
    my $response = $browser->get($url);
    my $good     = is_page($response, 400, qr/This login is no longer valid/, $name);
    is($t->sandbox->calls('facebook.access_token'), $calls, "$name: the provider is not called") if $good;
    return $response;
}

# The site's callback, with the session id.
sub is_finished ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like($response->location // $response->body, qr{^\Q$SITE\E\?sessionId=\w{92}#_=_$}, $name);
}

subtest 'a state that is missing, unknown or altered is refused' => sub {
    my ($browser, $callback, $state) = answered();
    my $with = sub ($other) { $callback =~ s/\bstate=[^&#]+/$other/r };

    my $page = is_refused($browser, $with->('x=1'), 'a callback without a state');
    is($page->header_all('Set-Cookie'), 0, 'a callback without a state leaves the login alone');
    unlike($page->body, qr/Try again/, 'a callback without a state gets no link');
    is_refused($browser, $with->('state='),                    'an empty state');
    is_refused($browser, $with->("state=$state&state=$state"), 'a state that is there twice');
    is_refused($browser, $with->('State=' . $state),           'a state in another spelling');
    my @unknown = ('x', 'a' x 22 . '.' . 'b' x 22, "$state.", ".$state", "$state$state", 'x' x 4_000);
    is_refused($browser, $with->("state=$_"), 'an unknown state: ' . substr $_, 0, 50) for @unknown;

    for my $place (0, 10, 21, 22, 23, 30, 44) {
        my $altered = $state;
        substr($altered, $place, 1) =~ tr{A-Za-z0-9_.\-}{B-ZAb-za1-90.\-_};
        is_refused($browser, $with->("state=$altered"), "a state with its character $place changed");
    }
    for my $bytes (qw(%00 %0d%0aX-Header:x * {} : %20 %c3%a9 %25 %2a %5c ..%2f %s%n)) {
        is_refused($browser, $with->("state=$state$bytes"), "a state with $bytes behind it");
    }
    is_refused($browser, $with->('state=' . uc $state), 'a state in capitals');

    # Such a line never reaches a location; nginx writes it to its log as it came.
    my $target = '/facebook/callback?state=' . 'n' x 65_536;
    like($t->raw("GET $target HTTP/1.1\r\nHost: gateway\r\n\r\n"), qr{^HTTP/1\.1 414 }, 'nginx itself refuses 64 KB');
    is_finished($browser->get($callback), 'the genuine state finishes the login after all attempts');
};

subtest 'a login is finished once' => sub {
    my ($browser, $callback) = answered();
    my %cookies = %{$browser->cookies};
    is_finished($browser->get($callback), 'the first time');
    is(keys %{$browser->cookies}, 0, 'its cookie is gone then');
    is_refused($browser, $callback, 'a second time');

    $browser->set_cookie($_, $cookies{$_}) for keys %cookies;
    my $page = is_refused($browser, $callback, 'a second time, with the cookie of the first');
    like(
        $page->body,
        qr{href="[^"]+/facebook/auth\?redirectUrl=https%3A%2F%2Fmysite\.example%2Fwelcome"},
        'a known login gets the link to another'
    );
};

subtest 'of callbacks at the same time, one succeeds' => sub {
    my ($browser, $callback) = answered();
    my $calls = $t->sandbox->calls('facebook.access_token');
    $t->sandbox->behave('facebook.access_token', delay => 300, times => 1);
    my @responses = $browser->together(map { [GET => $callback] } 1 .. 8);
    my @statuses  = sort map { $_->status } @responses;
    is("@statuses", '302 400 400 400 400 400 400 400',          'of eight parallel callbacks one succeeds');
    is($t->sandbox->calls('facebook.access_token'), $calls + 1, 'the provider saw the code once');
};

subtest 'a state belongs to its provider' => sub {
    my ($browser, $callback) = answered();
    is_refused(
        $browser,
        $callback =~ s{/facebook/callback}{/fb2/callback}r,
        'a state at the callback of another provider'
    );
    is_finished($browser->get($callback), 'a state at its own provider');
    my ($second, $other) = answered(provider => 'fb2');
    is_refused($second, $other =~ s{/fb2/callback}{/facebook/callback}r, 'the other way round');
    is_finished($second->get($other), 'a callback at its own provider finishes');
};

subtest 'a state belongs to its browser' => sub {
    my ($mallory, $callback) = answered();
    my $victim = $t->browser;
    my $page   = is_refused($victim, $callback, 'a callback in a browser without cookies');
    is($page->header_all('Set-Cookie'), 0, 'a browser without cookies gets none');
    my ($busy, $own) = answered();
    is_refused($busy, $callback, 'a callback in a browser with a login of its own');

    # The cookie of one login under the name of another.
    my ($name, $value) = %{$busy->cookies};
    my ($planted) = keys %{$mallory->cookies};
    $busy->set_cookie($planted, $value);
    is_refused($busy, $callback, 'a callback with the value of another cookie');
    is_finished($busy->get($own),         'the own login of the browser');
    is_finished($mallory->get($callback), 'the login of the first browser can still be finished');
};

subtest 'a cookie opens as it was made, or not at all' => sub {
    my ($browser, $callback) = answered();
    my ($name,    $value)    = %{$browser->cookies};
    my $middle = int(length($value) / 2);
    for my $bad (
        '', 'x',
        substr($value, 0, -1),
        substr($value, 0, $middle),
        "${value}A",
        "$value=",
        (   map { substr($value, 0, $_) . (substr($value, $_, 1) eq 'A' ? 'B' : 'A') . substr $value, $_ + 1 } 0,
            8, $middle, length($value) - 2
        ),
        )
    {
        $browser->set_cookie($name, $bad);
        is_refused($browser, $callback, 'a value of ' . length($bad) . ' characters that is not quite it');
    }
    $browser->set_cookie($name, $value);

    # CVE-2023-35941: bytes that move from one field to the next one.
    for my $case (
        ['the end of the name in front of the value', -1, sub ($id) { (chop($id),            $id) }],
        ['the begin of the value behind the name',    1,  sub ($id) { (substr($value, 0, 1), $id) }],
        )
    {
        my ($what, $moves, $split) = @$case;
        my ($id) = $name =~ /_([\w-]{22})$/;
        my ($byte, $rest) = $split->($id);
        my $moved = $moves < 0 ? $rest : "$rest$byte";
        my $other = $name =~ s/\Q$id\E$/$moved/r;
        $browser->set_cookie($other, $moves < 0 ? "$byte$value" : substr $value, 1);
        is_refused($browser, $callback =~ s/state=\Q$id\E/state=$moved/r, $what);
    }
    my ($id, $nonce) = $callback =~ /state=([\w-]+)\.([\w-]+)/;
    for my $state ("$nonce.$id", substr("$id$nonce", 0, 21) . '.' . substr("$id$nonce", 21), "$id$nonce", ".$id$nonce")
    {
        is_refused($browser, $callback =~ s/state=[\w.-]+/state=$state/r, 'the parts of the state, moved');
    }
    is_finished($browser->get($callback), 'the value itself');
};

subtest 'a login lasts ten minutes' => sub {
    my $keyring = do { local (@ARGV, $/) = $t->dir . '/conf/keyring'; readline };
    for my $age (-5, 599 - 30, 601, 86_400, -86_400) {
        my ($browser, $callback) = answered();
        my ($name,    $value)    = %{$browser->cookies};
        $browser->set_cookie($name, Social::Test::LoginCookie->aged($keyring, $name, $value, $age));
        if ($age == 569) { is_finished($browser->get($callback), "finished after $age seconds") }
        else             { is_refused($browser, $callback, "one that began $age seconds ago is refused") }
    }
};

subtest 'two tabs do not disturb each other' => sub {
    my ($browser, $first)  = answered();
    my (undef,    $second) = answered(browser => $browser);
    is(keys %{$browser->cookies}, 2, 'two logins have two cookies');
    my @ids = map { $_->session_id } $browser->get($second), $browser->get($first);
    is(grep({ ($_ // '') =~ /^\w{92}$/ } @ids), 2, 'two logins finish in reverse order');
    isnt($ids[0], $ids[1], 'two logins get two sessions');
};

subtest 'a state belongs to its host' => sub {
    my $u = Social::Test->new(public => 'https://gateway.example');
    $u->gateway(listen => ' default_server', http => <<~"CONF")->start;
        server {
            listen 127.0.0.1:%%PORT%%;
            server_name other.example;
            social_public_url https://other.example;
            include %%ROOT%%/conf-examples/endpoints.conf;
        }
        CONF
    $u->sandbox->configure('facebook',
        redirect_uris => [map {"https://$_.example/facebook/callback"} qw(gateway other)]);
    my $browser  = $u->browser(hosts => {map { ("$_.example:443" => $u->port) } qw(gateway other)});
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my $page     = $browser->get($callback =~ s/gateway\.example/other.example/r);
    is_page($page, 400, qr/This login is no longer valid/, 'a callback at another host finds no cookie');
    is($u->sandbox->calls('facebook.access_token'), 0, 'a callback at another host does not call the provider');
    is_finished($browser->get($callback), 'the callback at its own host');
};

subtest 'nobody can choose the session id of somebody else' => sub {
    my $fixed   = $t->login('facebook');
    my $browser = $t->browser;
    $browser->set_cookie($_, $fixed) for qw(session sessionId sid JSESSIONID);
    my $url = "/facebook/auth?sessionId=$fixed&redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome&session=$fixed";
    my $got = $browser->login('facebook', start => $url);
    is_finished($got, 'a login that was begun with one');
    isnt($got->session_id, $fixed, 'a login with a sessionId gets a fresh session id');

    my ($second, $callback) = answered();
    my $end = $second->get($callback =~ s/(?=#|$)/&sessionId=$fixed/r);
    is_finished($end, 'a callback with one');
    isnt($end->session_id, $fixed, 'a callback with a sessionId gets a fresh session id');
};

done_testing;
