# OpenID Connect: everything but client and issuer comes from discovery, and no token is used
# before the id token is proven (OpenID Connect Core 1.0 §3.1.3.7).
use lib 't/lib';
use Social::Test;

my $t   = Social::Test->new->gateway(providers => ['oidc'])->start;
my $box = $t->sandbox;

my $asks_json = {Accept => 'application/json'};
my $bad       = q(the provider's id token is not valid);

sub callback_of_fresh_login () {
    my $browser = $t->browser;
    return ($browser, $browser->callback_of('oidc'));
}

# A login that ends with a 502 for that reason.
sub fails_with ($detail, $name) {
    my ($browser, $url) = callback_of_fresh_login();
    is_envelope(
        $browser->get($url, headers => $asks_json), 502, 'oidc is not answering, please try again',
        devMessage => $detail,
        $name
    );
    return;
}

# The same with these settings of the provider, for that login.
sub refused ($detail, $name, %settings) {
    $box->configure('oidc', %settings);
    fails_with($detail, $name);
    my %usual = (claims => {}, header => {}, sign_with => undef, alg => 'RS256', metadata => {}, send_iss => 1);
    $box->configure('oidc', map { $_ => $usual{$_} } grep { exists $usual{$_} } keys %settings);
    return;
}

sub restart () {
    $t->reload;
    $box->reset_calls;
    return;
}

subtest 'the session' => sub {
    my $id  = $t->login('oidc');
    my $raw = $t->api(GET => "/api/oidc/session/$id", token => $t->bearer)->body;
    like(
        $raw,
        qr/^\{"session":"[^"]{69}","profile":\{.*\},"token":"[\w-]+",
            "expires_at":\d+,"scope":"openid\ profile\ email"\}$/x,
        'the session has the documented members'
    );
    is_deeply(
        $t->session('oidc', $id)->{profile},
        {   sub            => '248289761001',
            name           => 'Ovan Donnovan',
            email          => 'ovan@example.com',
            email_verified => JSON::PP::true()
        },
        'the session has the profile of userinfo'
    );
    unlike($raw, qr/id_token|refresh/, 'the session JSON has neither id token nor refresh token');
};

subtest 'what the provider says about itself' => sub {
    restart();
    is($box->calls('oidc.discovery'), 0, 'discovery waits for the first login');
    $t->login('oidc') for 1 .. 3;
    is($box->calls('oidc.discovery'), 1, 'three logins fetch the discovery document once');
    is($box->calls('oidc.jwks'),      1, 'three logins fetch the keys once');
    restart();
    my @together = $t->together(map { [GET => '/oidc/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F'] } 1 .. 20);
    is(scalar(grep { $_->status == 302 } @together), 20, 'twenty logins at the same time begin');
    is($box->calls('oidc.discovery'),                1,  'twenty logins at once fetch the discovery document once');
};

subtest 'the authorization request' => sub {
    my $url = $t->get('/oidc/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location;
    like($url, qr{^\Q@{[$box->url('oidc')]}\E/authorize\?}, 'the login goes to the discovered endpoint');
    like($url, qr/&nonce=[\w-]{22}/,                        'the authorization request has a nonce');
    like(
        $url,
        qr/&code_challenge=[\w-]{43}&code_challenge_method=S256/,
        'the authorization request has a PKCE challenge'
    );
};

subtest 'algorithms' => sub {
    for my $alg (qw(RS256 ES256 EdDSA)) {
        $box->configure('oidc', alg => $alg);
        restart();
        ok($t->login('oidc'), "$alg logs in");
    }
    $box->configure('oidc', alg => 'RS256');
    restart();
    refused("$bad: it cannot be read", 'none',                        sign_with => 'none',  header => {alg => 'none'});
    refused("$bad: alg",               'HS256 with the secret',       sign_with => 'HS256', header => {alg => 'HS256'});
    refused("$bad: signature",         'the signature of a stranger', sign_with => 'stranger');
    $box->configure('oidc', metadata => {id_token_signing_alg_values_supported => ['RS256']});
    restart();
    refused("$bad: alg", 'an algorithm that the provider does not declare', alg => 'ES256');
    $box->configure('oidc', metadata => {});
    restart();
};

subtest 'claims' => sub {
    my $now = time;
    my $iss = $box->url('oidc');
    refused("$bad: iss", 'another issuer',             claims => {iss => 'https://other.example'});
    refused("$bad: iss", 'an issuer with a slash',     claims => {iss => "$iss/"});
    refused("$bad: iss", 'no issuer',                  claims => {iss => undef});
    refused("$bad: aud", 'another audience',           claims => {aud => 'somebody-else'});
    refused("$bad: aud", 'no audience',                claims => {aud => undef});
    refused("$bad: aud", 'many audiences without azp', claims => {aud => ['sandbox-openid-client', 'somebody-else']});
    refused(
        "$bad: aud",
        'the azp of another',
        claims => {aud => ['sandbox-openid-client', 'somebody-else'], azp => 'somebody-else'}
    );
    refused("$bad: exp",     'a token that is over',  claims => {exp     => $now - 120});
    refused("$bad: exp",     'no end',                claims => {exp     => undef});
    refused("$bad: exp",     'an end that is a text', claims => {exp     => '9999999999'});
    refused("$bad: iat",     'a token of the future', claims => {iat     => $now + 600});
    refused("$bad: iat",     'no time',               claims => {iat     => undef});
    refused("$bad: nonce",   'another nonce',         claims => {nonce   => 'AAAAAAAAAAAAAAAAAAAAAA'});
    refused("$bad: nonce",   'no nonce',              claims => {nonce   => undef});
    refused("$bad: sub",     'no user',               claims => {sub     => undef});
    refused("$bad: at_hash", 'another access token',  claims => {at_hash => '77QmUPtjPfzWtF2AnpK9RQ'});
    $box->configure('oidc',
        claims => {aud => ['sandbox-openid-client', 'somebody-else'], azp => 'sandbox-openid-client'});
    ok($t->login('oidc'), 'a token for many that names us as its party is good');
    $box->configure('oidc', claims => {at_hash => undef});
    ok($t->login('oidc'), 'an id token without at_hash is good');
    $box->configure('oidc', claims => {});
};

subtest 'userinfo' => sub {
    $box->behave('oidc.userinfo', patch => {sub => 'somebody-else'});
    fails_with('the provider did not say who the user is: userinfo is of another user',
        'userinfo of another user is refused');
    $box->forgive;
    $box->configure('oidc', metadata => {userinfo_endpoint => undef});
    restart();
    my $session = $t->session('oidc', $t->login('oidc'));
    is_deeply(
        $session->{profile},
        {   sub            => '248289761001',
            name           => 'Ovan Donnovan',
            email          => 'ovan@example.com',
            email_verified => JSON::PP::true()
        },
        'without userinfo the profile comes from the id token'
    );
    $box->configure('oidc', metadata => {});
    restart();
};

subtest 'an address that looks like two is data' => sub {
    $box->behave('oidc.userinfo',
        json => {sub => '248289761001', email => 'a@evil.com@good.com', name => "</script>\x{2028}"});
    my $session = $t->session('oidc', $t->login('oidc'));
    is($session->{profile}{email}, 'a@evil.com@good.com', 'an email is stored as the provider gave it');
    is($session->{profile}{name},  "</script>\x{2028}",   'a name is stored as the provider gave it');
    $box->forgive;
};

subtest 'a provider that offers less than S256' => sub {
    for my $methods (['plain'], []) {
        $box->configure('oidc', metadata => {code_challenge_methods_supported => $methods});
        restart();
        my $response = $t->get('/oidc/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F');
        like(
            $response->location // '',
            qr/[?&]code_challenge=[\w-]{43}&code_challenge_method=S256(?:&|$)/,
            "the authorization request uses S256: @$methods"
        );
    }
    $box->configure('oidc', metadata => {});
    restart();
};

subtest 'keys that change' => sub {
    $t->login('oidc');
    $box->control(rotate => {});
    $box->reset_calls;
    ok($t->login('oidc'), 'a token under a new key is good');
    is($box->calls('oidc.jwks'), 1, 'an unknown kid fetches the keys again');
    $box->control(rotate => {});
    fails_with("$bad: signature", 'a second new key within a minute is not yet known');
    is($box->calls('oidc.jwks'), 1, 'unknown kids fetch no keys within a minute');
    restart();
    ok($t->login('oidc'), 'the second new key is good after a minute');
    $box->behave('oidc.jwks', status => 503);
    ok($t->login('oidc'), 'known keys stay when the provider does not give any');
    $box->forgive;
};

subtest 'an answer of another issuer' => sub {
    my ($browser, $url) = callback_of_fresh_login();
    $box->reset_calls;
    is_page($browser->get($url =~ s/iss=[^&]+/iss=https%3A%2F%2Fother.example/r),
        400, qr/oidc/, 'a callback of another issuer is refused');
    ($browser, $url) = callback_of_fresh_login();
    is_page($browser->get($url =~ s/&iss=[^&]+//r), 400, qr/oidc/, 'a callback without the promised issuer is refused');
    is($box->calls('oidc.token'), 0, 'a refused issuer gets no code');
    $box->configure('oidc', send_iss => 0);
    restart();
    ok($t->login('oidc'), 'a provider that never names itself is good');
    $box->configure('oidc', send_iss => 1);
    restart();
};

subtest 'a discovery document' => sub {
    my $start = sub ($detail, $name) {
        restart();
        is_envelope(
            $t->get('/oidc/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F', headers => $asks_json), 502,
            'oidc is not answering, please try again',
            devMessage => $detail,
            $name
        );
    };
    my $step = 'the provider did not describe itself';
    my %why  = (
        'of another issuer' => [{issuer   => 'https://other.example'}, "$step: the document is of another issuer"],
        'without an issuer' => [{issuer   => undef},                   "$step: the document is of another issuer"],
        'without keys'      => [{jwks_uri => undef},                   "$step: the answer has no usable endpoint"],
        'without a token endpoint'     => [{token_endpoint => undef}, "$step: the answer has no usable endpoint"],
        'with an endpoint in the open' =>
            [{token_endpoint => 'http://10.0.0.1/token'}, "$step: the answer has no usable token_endpoint"],
        'with an endpoint that is none' => [{jwks_uri => ['x']}, "$step: the answer has no usable jwks_uri"],
    );
    for my $name (sort keys %why) {
        $box->configure('oidc', metadata => $why{$name}[0]);
        $start->($why{$name}[1], "$name is refused");
    }
    $box->configure('oidc', metadata => {});
    $box->behave('oidc.discovery', status => 500, body => 'oops');
    $start->("$step: HTTP 500", 'a missing discovery document');
    $box->forgive;
    restart();
    ok($t->login('oidc'), 'a good id token logs in after all refusals');
};

subtest 'a token answer without an id token' => sub {
    $box->behave('oidc.token', drop => ['id_token']);
    fails_with(
        'the provider gave no token: the answer has no usable id_token',
        'a token response without an id token is no login'
    );
    $box->forgive;
};

subtest 'members of the block' => sub {
    my $says = sub ($pattern, $name, %members) {
        like($t->conf_error(providers => ['oidc'], provider => {oidc => \%members}) // 'no mistake', $pattern, $name);
    };
    $says->(qr/"social_provider" needs an issuer for its type: oidc/, 'issuer is required', issuer  => undef);
    $says->(qr/needs a scope with openid for its type/,               'scope holds openid', scope   => 'profile email');
    $says->(qr/needs a scope with openid for its type/,               'as a word',          scope   => 'openid2');
    $says->(qr/no mistake/,                                           'which is the default', scope => undef);
    my $url = $box->url('oidc');
    $t->gateway(
        providers => ['oidc'],
        provider  => {oidc => {client_auth => 'post', profile_url => "$url/userinfo?x=1"}}
    );
    restart();
    ok($t->login('oidc'), 'a URL of the block goes before the published one');
    like(($box->seen('oidc.userinfo'))[0]{path} . join(',', keys %{($box->seen('oidc.userinfo'))[0]{params}}),
        qr/x/, 'the provider sees the URL of the block');
};

done_testing;
