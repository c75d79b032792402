# Any OAuth 2.0 provider from configuration alone: what a block can say, and what it must.
use lib 't/lib';
use Social::Test;

my $t   = Social::Test->new;
my $box = $t->sandbox;

# Starts or reloads the gateway with these members over those of the made-up provider.
sub with (%members) {
    $t->gateway(providers => ['oauth2'], provider => {oauth2 => \%members});
    state $running = 0;
    $running++ ? $t->reload : $t->start;
    $box->reset_calls;
    return;
}

sub authorization () { return $t->get('/oauth2/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location }

with();

subtest 'a made-up provider' => sub {
    my $id  = $t->login('oauth2');
    my $raw = $t->api(GET => "/api/oauth2/session/$id", token => $t->bearer)->body;
    like(
        $raw,
        qr/^\{"session":"[^"]{69}","profile":\{.*\},"token":"[\w-]+",
            "expires_at":\d+,"scope":"profile\ offline_access"\}$/x,
        'the session has the documented members'
    );
    is_deeply(
        $t->session('oauth2', $id)->{profile},
        {sub => '248289761001', name => 'Ovan Donnovan'},
        'the session has the profile of the profile URL'
    );
    unlike($raw, qr/refresh/, 'the session JSON has no refresh token');
    like(
        authorization(),
        qr/&code_challenge=[\w-]{43}&code_challenge_method=S256$/,
        'the authorization request has a PKCE challenge'
    );
};

subtest 'client_auth' => sub {
    for my $way (qw(post basic)) {
        with(client_auth => $way);
        $box->configure('oidc', client_auth => $way);
        ok($t->login('oauth2'), "$way logs in where the provider wants $way");
        my ($call) = $box->seen('oidc.token');
        is(exists $call->{headers}{authorization} ? 'basic' : 'post',
            $way, "client_auth $way uses no other way beside it");
        $box->configure('oidc', client_auth => $way eq 'post' ? 'basic' : 'post');
        my $browser = $t->browser;
        is_envelope(
            $browser->get($browser->callback_of('oauth2'), headers => {Accept => 'application/json'}), 502,
            'oauth2 is not answering, please try again',
            devMessage => 'the provider gave no token: HTTP 401, invalid_client',
            "client_auth $way is refused where the provider wants the other"
        );
    }
    $box->configure('oidc', client_auth => 'any');
};

subtest 'scope_separator' => sub {
    with(scope_separator => 'comma', scope => 'profile offline_access');
    like(authorization(), qr/&scope=profile%2Coffline_access&/, 'comma is sent as such');
    with(scope_separator => 'space', scope => 'profile,offline_access');
    like(authorization(), qr/&scope=profile%20offline_access&/, 'scope_separator space sends blanks');
};

subtest 'authorize_parameter' => sub {
    with(authorize_parameter => ['prompt consent', 'ui_locales "id en"']);
    like(authorization(), qr/&prompt=consent&ui_locales=id%20en$/, 'authorize_params are encoded');
    ok($t->login('oauth2'), 'the provider accepts the added parameters');
};

subtest 'issuer' => sub {
    with(issuer => $box->url('oidc'));
    ok($t->login('oauth2'), 'admits answers that name it');
    with(issuer => 'https://other.example');
    my $browser = $t->browser;
    is_page($browser->get($browser->callback_of('oauth2')),
        400, qr/oauth2/, 'a callback of another issuer is refused (mix-up)');
    is($box->calls('oidc.token'), 0, 'a mixed-up callback sends no code');
};

subtest 'revoke_url' => sub {
    with(revoke_url => $box->url('oidc') . '/revoke');
    my $id = $t->login('oauth2');
    is($t->api(DELETE => "/api/oauth2/session/$id", token => $t->bearer)->status, 204, 'a session can be deleted');
    is($box->calls('oidc.revoke'), 2, 'deleting a session revokes both tokens');
    with();
    $id = $t->login('oauth2');
    is($t->api(DELETE => "/api/oauth2/session/$id", token => $t->bearer)->status,
        204, 'a session without revoke_url can be deleted');
    is($box->calls('oidc.revoke'), 0, 'without revoke_url the provider is not called');
};

subtest 'mistakes in a block' => sub {
    my $says = sub ($pattern, $name, %members) {
        my %block = (
            authorize_url => 'https://a.example/a',
            token_url     => 'https://a.example/t',
            profile_url   => 'https://a.example/p',
            %members
        );
        like($t->conf_error(providers => ['oauth2'], provider => {oauth2 => \%block}) // 'no mistake', $pattern, $name);
    };
    for my $url (qw(authorize_url token_url profile_url)) {
        $says->(qr/"social_provider" needs an? $url for its type: oauth2/, "$url is required", $url => undef);
        $says->(qr/"social_provider" needs an https:\/\/ URL.* as $url/, "$url is https", $url => 'http://a.example/');
        $says->(qr/"$url" is duplicate/, "$url stands once", $url => ['https://a.example/', 'https://b.example/']);
    }
    $says->(qr/"client_auth" takes "basic" or "post": none/, 'client_auth is one of two', client_auth => 'none');
    $says->(qr/"client_auth" is duplicate/, 'client_auth is refused twice in a block', client_auth => [qw(basic post)]);
    $says->(
        qr/"scope_separator" takes "space" or "comma": ;?/,
        'scope_separator is one of two',
        scope_separator => '"|"'
    );
    $says->(
        qr/"scope_separator" is duplicate/,
        'scope_separator is refused twice in a block',
        scope_separator => [qw(space comma)]
    );
    $says->(
        qr/"authorize_parameter" has the wrong number of values/,
        'authorize_parameter has a name and a value',
        authorize_parameter => 'prompt'
    );
    $says->(
        qr/"authorize_parameter" sets a parameter twice: prompt/,
        'each name stands once',
        authorize_parameter => ['prompt a', 'prompt b']
    );
    for my $name (qw(state redirect_uri response_type client_id nonce code_challenge response_mode request)) {
        $says->(
            qr/"authorize_parameter" needs the name of a parameter that the gateway does not set itself: $name/,
            "$name is the gateway's",
            authorize_parameter => "$name x"
        );
    }
    $says->(qr/as issuer/, 'issuer is https', issuer => 'http://a.example');
    $says->(
        qr/"issuer" is duplicate/,
        'issuer is refused twice in a block',
        issuer => [qw(https://a.example https://b.example)]
    );
    $says->(qr/as revoke_url/, 'revoke_url is https', revoke_url => 'ftp://a.example');
    $says->(
        qr/"revoke_url" is duplicate/,
        'revoke_url is refused twice in a block',
        revoke_url => [qw(https://a.example https://b.example)]
    );
    $says->(
        qr/needs a type of OAuth 1\.0a for access_token/, 'an access_token of the operator is for OAuth 1.0a',
        access_token        => 'a',
        access_token_secret => 'b'
    );
    $says->(qr/needs a type: /, 'a type is one that there is', type => 'myspace');
};

done_testing;
