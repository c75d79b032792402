# What a login leaves in the browser while it is in progress: one sealed cookie, never more than a
# handful of them, and none that a neighbor of the gateway's host could have planted.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new(public => 'https://gateway.example')->gateway->start;

sub attributes_of ($response) {
    my ($line) = $response->header_all('Set-Cookie');
    my ($pair, @attributes) = split /; /, $line // '';
    my ($name, $value) = split /=/, $pair // '', 2;
    return ($name, $value, join '; ', sort @attributes);
}

sub start_url ($redirect = $SITE) {
    return '/facebook/auth?redirectUrl=' . ($redirect =~ s/([^\w.~-])/sprintf '%%%02X', ord $1/ger);
}

# Bytes of the Cookie header that the browser would send.
sub cookie_bytes ($browser) {
    my $cookies = $browser->cookies;
    return length join '; ', map {"$_=$cookies->{$_}"} keys %$cookies;
}

subtest 'on https the cookie cannot be planted' => sub {
    my ($name, $value, $attributes) = attributes_of($t->get(start_url()));
    like($name,  qr/^__Host-social_login_[\w-]{22}$/, 'its name has the prefix __Host- and 132 random bits');
    like($value, qr/^[\w-]{100,}$/,                   'its value is opaque');
    is($attributes, 'HttpOnly; Max-Age=600; Path=/; SameSite=Lax; Secure', 'its attributes');
};

subtest 'on http it has no prefix' => sub {
    my $u = Social::Test->new->gateway->start;
    my ($name, $value, $attributes) = attributes_of($u->get(start_url()));
    like($name, qr/^social_login_[\w-]{22}$/, 'a plain name');
    is($attributes, 'HttpOnly; Max-Age=600; Path=/; SameSite=Lax', 'no Secure');
};

subtest 'the value says nothing, and no two are alike' => sub {
    my %seen;
    for (1 .. 20) {
        my $response = $t->get(start_url());
        my ($name, $value) = attributes_of($response);
        my ($state) = $response->location =~ /[?&]state=([^&]+)/;
        ok(length $state < 500, 'a short state') if !%seen;
        $seen{$_}++ for $name, $value, $state;
        unlike($value, qr/\Q$state\E/, 'the state is not in it') if keys %seen == 3;
    }
    is(keys %seen, 60, 'names, values and states are fresh in each login');
};

subtest 'the cookie goes when the login ends' => sub {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($name)   = keys %{$browser->cookies};
    my ($cleared, $value, $attributes) = attributes_of($browser->get($callback));
    is($cleared, $name, 'a finished login clears its own cookie');
    is($value,   '',    'a cleared cookie is empty');
    is( $attributes,
        'HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure',
        'a cleared cookie has the attributes of the set one'
    );
    is(keys %{$browser->cookies}, 0, 'the browser has none any more');
};

subtest 'abandoned logins do not pile up' => sub {
    my $browser = $t->browser;
    my ($most, $bytes) = (0, 0);
    for my $round (1 .. 30) {
        is($browser->get(start_url())->status, 302, "login $round begins") or last;
        my $held = keys %{$browser->cookies};
        $most  = $held                  if $held > $most;
        $bytes = cookie_bytes($browser) if cookie_bytes($browser) > $bytes;
    }
    cmp_ok($most,  '<=', 4,     'a browser has four login cookies at most');
    cmp_ok($bytes, '<=', 7_168, 'the login cookies fit into a header line');
    my @names = sort keys %{$browser->cookies};
    ok($browser->login('facebook', redirect => $SITE)->session_id, 'the thirty-first is finished');
    my %left = map { $_ => 1 } keys %{$browser->cookies};
    is(grep({ $left{$_} } @names), 3, 'the thirty-first login evicts the oldest cookie alone');
};

subtest 'neither do those with the longest redirectUrl' => sub {
    my $longest = $SITE . '?' . 'a' x (2048 - 1 - length $SITE);
    my $browser = $t->browser;
    $browser->set_cookie('site_of_mine', 'x' x 500);
    for my $round (1 .. 10) { is($browser->get(start_url($longest))->status, 302, "login $round begins") or last }
    cmp_ok(cookie_bytes($browser), '<=', 7_168 + 600, 'long login cookies fit into a header line of nginx');
    my $back = $browser->login('facebook', redirect => $longest);
    is( $back->location =~ s/sessionId=\K\w{92}/ID/r,
        "$longest&sessionId=ID#_=_",
        'a login with a long redirectUrl is finished'
    );
};

subtest 'cookies that are none of ours do not matter' => sub {
    my $browser = $t->browser;
    $browser->set_cookie("__Host-social_login_$_",   'x' x 40) for 'x', 'a' x 22, 'b' x 22, 'c' x 22, 'd' x 22, '../x';
    $browser->set_cookie('__Host-social_login_',     'empty');
    $browser->set_cookie('social_login_' . 'e' x 22, 'x');
    $browser->set_cookie("social_chunks$_->[0]",     $_->[1]) for ['', '99999999'], ['_1', '-1'], ['_2', '1e9'];
    $browser->set_cookie($_->[0], $_->[1]) for ['odd', '"quoted; not"'],            ['__Host-other', 'y'], ['name', ''];
    ok($browser->login('facebook', redirect => $SITE)->session_id, 'a login ends well beside them');
    ok(exists $browser->cookies->{$_},                             "$_ is still there") for qw(odd __Host-other name);
    ok(keys %{$browser->cookies} <= 11,                            'stale ones were cleared on the way');
};

# RFC 6265bis §4.1.3: a sibling host can set cookies for the parent domain.
subtest 'a cookie that was tossed in from a sibling host is refused' => sub {
    my $refused = sub ($browser, $callback, $cookie, $name) {
        my $calls    = $t->sandbox->calls('facebook.access_token');
        my $response = $browser->get($callback, cookies => 0, headers => {Cookie => $cookie});
        is_page($response, 400, qr/no longer valid/, $name);
        is($t->sandbox->calls('facebook.access_token'), $calls, "$name: the provider is not called");
    };
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($name, $value) = %{$browser->cookies};

    $refused->($browser, $callback, "$name=$value; $name=$value", 'a cookie sent twice');
    $refused->($browser, $callback, "$name=$value; $name=x",      'a cookie sent twice with another second value');
    $refused->($browser, $callback, "$name=x; $name=$value",      'a cookie sent twice with another first value');
    $refused->($browser, $callback, ["$name=$value", "$name=x"],  'a cookie sent in two Cookie headers');
    $refused->($browser, $callback, ($name =~ s/^__Host-//r) . "=$value", 'a cookie without the __Host- prefix');
    $refused->($browser, $callback, lc($name) . "=$value",                'a cookie with another prefix');
    ok($browser->get($callback)->session_id, 'the genuine one ends the login');
};

# A sibling host can set the cookie of a plain http server, whose login the keyring opens as well.
subtest 'a login of a plain http server cannot be finished at an https server' => sub {
    my $u = Social::Test->new(public => 'https://gateway.example');
    $u->gateway(listen => ' default_server', http => <<~"CONF")->start;
        server {
            listen 127.0.0.1:%%PORT%%;
            server_name plain.example;
            social_public_url http://plain.example;
            include %%ROOT%%/conf-examples/endpoints.conf;
        }
        CONF
    $u->sandbox->configure('facebook',
        redirect_uris => ['https://gateway.example/facebook/callback', 'http://plain.example/facebook/callback']);
    my $browser  = $u->browser(hosts => {'plain.example:80' => $u->port, 'gateway.example:443' => $u->port});
    my $callback = $browser->callback_of('facebook', redirect => $SITE, start => 'http://plain.example' . start_url());
    my $secure   = $callback =~ s{^http://plain}{https://gateway}r;
    my ($name, $value) = %{$browser->cookies('http://plain.example/')};
    like($name, qr/^social_login_/, 'its cookie has no prefix');

    for my $sent ($name, "__Host-$name") {
        is_page(
            $browser->get($secure, headers => {Cookie => "$sent=$value"}),
            400,
            qr/no longer valid/,
            'it is refused as ' . $sent =~ s/_[\w-]{22}$//r
        );
    }
    is($u->sandbox->calls('facebook.access_token'), 0, 'refused cookies cause no call to the provider');
    ok($browser->get($callback)->session_id, 'its own server finishes it');
};

subtest 'a login of plain http cannot be finished with a prefixed cookie' => sub {
    my $u        = Social::Test->new->gateway->start;
    my $browser  = $u->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($name, $value) = %{$browser->cookies};
    is_page(
        $browser->get($callback, headers => {Cookie => "__Host-$name=$value"}),
        400,
        qr/no longer valid/,
        'the plain and the secure cookie have different names'
    );
    ok($browser->get($callback)->session_id, 'its own does it');
};

done_testing;
