# The sandbox as X and as an OpenID provider: what they verify, and what they refuse.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use MIME::Base64 ();
use Social::Test;
use Social::Sandbox;
use Social::Sandbox::OAuth1Signature;
use Social::Sandbox::Pkce;
use Social::Sandbox::Reply;

my $escape = \&Social::Sandbox::Reply::escape;
my $form   = sub (@pairs) { return Social::Sandbox::Reply::encode_form(\@pairs) };

my $callback = 'https://gateway.example/twitter/callback';
my $box      = Social::Sandbox->new(settings => {map { $_ => {redirect_uris => [$callback]} } qw(twitter oidc oauth1)});

my $consumer = {map { $_ => $box->mount('twitter')->setting($_) } qw(consumer_key consumer_secret)};

sub signed ($method, $path, %arg) {
    my ($oauth, $body) = ($arg{oauth} // {}, $arg{form} && $form->(map {@$_} @{$arg{form}}));
    my %default = (
        oauth_consumer_key => $consumer->{consumer_key},
        oauth_nonce        => Social::Sandbox::Ledger::random(32),
        oauth_timestamp    => $box->now
    );
    my $header = Social::Sandbox::OAuth1Signature::authorization(
        method          => $method,
        url             => "http://127.0.0.1$path",
        form            => $arg{form},
        oauth           => {%default, %$oauth},
        consumer_secret => $arg{consumer_secret} // $consumer->{consumer_secret},
        token_secret    => $arg{token_secret}    // '',
    );
    return $box->call(
        $method => $path,
        headers => {Authorization => $header, %{$arg{headers} // {}}},
        body    => $arg{body} // $body // ($method eq 'POST' ? '' : undef)
    );
}

sub is_x_error ($reply, $status, $code, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply [$reply->status, $reply->decoded->{errors}[0]{code}], [$status, $code], $name;
}

subtest 'X verifies every OAuth 1.0a call' => sub {
    my $start = sub (%arg) {
        signed(
            POST => '/twitter/oauth/request_token',
            %arg, oauth => {oauth_callback => $callback, %{$arg{oauth} // {}}}
        );
    };
    is_x_error($start->(consumer_secret => 'x'), 401, 32, 'no wrong signature');
    is_x_error($start->(oauth => {oauth_timestamp => $box->now - 400}),         401, 135, 'no old timestamp');
    is_x_error($start->(oauth => {oauth_callback  => 'https://evil.example/'}), 403, 415, 'no unknown callback');
    is $start->(oauth => {oauth_nonce => 'once'})->status, 200, 'a nonce';
    is_x_error($start->(oauth => {oauth_nonce => 'once'}),         401, 32,  'a nonce is not accepted twice');
    is_x_error($box->call(POST => '/twitter/oauth/request_token'), 400, 215, 'no call without credentials');
    $box->mount('twitter')->configure(xml_errors => 1);
    like $start->(oauth => {oauth_callback => 'https://evil.example/'})->body, qr{^<\?xml .*<error code="415">},
        'errors in XML on request';
    $box->mount('twitter')->configure(xml_errors => 0);

    my %token = @{[map {@$_} @{Social::Sandbox::Request::parse_form($start->()->body)}]};
    is $token{oauth_callback_confirmed}, 'true', 'a request token';
    my $back     = $box->call(GET => "/twitter/oauth/authenticate?oauth_token=$token{oauth_token}");
    my $verifier = $back->location_param('oauth_verifier');
    is $back->location_param('oauth_token'), $token{oauth_token}, 'comes back with a verifier';
    my $finish = sub ($verifier) {
        signed(
            POST         => '/twitter/oauth/access_token',
            oauth        => {oauth_token => $token{oauth_token}},
            token_secret => $token{oauth_token_secret},
            form         => [[oauth_verifier => $verifier]]
        );
    };
    is $finish->('invented')->status, 401, 'no invented verifier';
    my %access = @{[map {@$_} @{Social::Sandbox::Request::parse_form($finish->($verifier)->body)}]};
    is $access{screen_name},           'ovan', 'becomes an access token';
    isnt $finish->($verifier)->status, 200,    'once';

    my %as_user = (oauth => {oauth_token => $access{oauth_token}}, token_secret => $access{oauth_token_secret});
    is signed(GET => '/twitter/2/users/me?user.fields=verified', %as_user)->decoded->{data}{username}, 'ovan',
        'which signs calls with a query';
    is signed(
        POST => '/twitter/2/tweets',
        %as_user,
        headers => {'Content-Type' => 'application/json'},
        body    => '{"text":"hello"}'
    )->status, 201, 'a signed request may have a JSON body';
    is signed(POST => '/twitter/1.1/oauth/invalidate_token.json', %as_user)->status, 200, 'until it is invalidated';
    is_x_error(signed(GET => '/twitter/2/users/me', %as_user), 401, 89, 'an invalidated OAuth 1.0a token is refused');
};

subtest 'X refuses by a page whose link says denied' => sub {
    $box->consent->set_mode('deny');
    my $body    = signed(POST => '/twitter/oauth/request_token', oauth => {oauth_callback => $callback})->body;
    my ($token) = $body =~ /oauth_token=(\w+)/;
    my $page    = $box->call(GET => "/twitter/oauth/authorize?oauth_token=$token");
    is $page->status, 200, 'a page';
    like $page->body, qr/href="\Q$callback\E\?denied=$token"/, 'with the link';
    $box->consent->set_mode('auto');
};

subtest 'X does OAuth 2.0 with PKCE and its own errors' => sub {
    my $x = $box->mount('twitter');
    my ($client, $secret) = map { $x->setting($_) } qw(client_id client_secret);
    my $basic    = 'Basic ' . MIME::Base64::encode_base64("$client:$secret", '');
    my $verifier = 'v' x 43;
    my $start    = sub (%arg) {
        my %query = (
            response_type         => 'code',
            client_id             => $client,
            redirect_uri          => $callback,
            scope                 => 'tweet.read users.read offline.access',
            state                 => 'abc',
            code_challenge        => Social::Sandbox::Pkce::challenge($verifier),
            code_challenge_method => 'S256',
            %arg,
        );
        return $box->call(
            GET => '/twitter/i/oauth2/authorize?' . join '&',
            map { "$_=" . $escape->($query{$_}) } sort keys %query
        );
    };
    my $token = sub ($auth, @form) {
        $box->call(
            POST    => '/twitter/2/oauth2/token',
            headers => {$auth ? (Authorization => $auth) : (), 'Content-Type' => 'application/x-www-form-urlencoded'},
            body    => $form->(@form)
        );
    };
    my $from_code = sub ($code, %arg) {
        my %f = (
            grant_type    => 'authorization_code',
            code          => $code,
            redirect_uri  => $callback,
            code_verifier => $verifier,
            %arg
        );
        $token->($basic, %f);
    };
    is $start->(state                 => 's' x 501)->status,                   400,   'no state over 500 characters';
    is $start->(code_challenge_method => 'S512')->status,                      400,   'no unknown challenge method';
    is $start->(redirect_uri => 'https://evil.example/')->headers->{Location}, undef, 'no redirect to strangers';
    my $code = sub { $start->()->location_param('code') };
    is $token->(
        undef,
        grant_type    => 'authorization_code',
        code          => $code->(),
        client_secret => $secret,
        client_id     => $client
    )->status, 401, 'no secret in the body';
    is $from_code->($code->(), code_verifier => 'w' x 43)->decoded->{error_description},
        'Value passed for the code verifier did not match the code challenge.', 'no other verifier';
    my $late = $code->();
    $box->advance(31);
    is $from_code->($late)->decoded->{error_description}, 'Value passed for the authorization code was invalid.',
        'no code after 30 seconds';
    my $first = $from_code->($code->())->decoded;
    is $first->{expires_in}, 7_200, 'a token';
    my $refresh = sub ($value) { $token->($basic, grant_type => 'refresh_token', refresh_token => $value) };
    my $second  = $refresh->($first->{refresh_token})->decoded;
    isnt $second->{refresh_token}, $first->{refresh_token}, 'refreshing rotates';
    is_deeply $refresh->($first->{refresh_token})->decoded,
        {error => 'invalid_request', error_description => 'Value passed for the token was invalid.'},
        'a used refresh token is refused with its own message';
    my $me = sub ($value) { $box->call(GET => '/twitter/2/users/me', headers => {Authorization => "Bearer $value"}) };
    is $me->($second->{access_token})->decoded->{data}{id}, '6253282', 'who it is';
    ok exists $me->($second->{access_token})->headers->{'x-rate-limit-reset'}, 'with the rate in headers';
    $x->configure(credits => 0);
    is $me->($second->{access_token})->status, 402, 'no credits, no answer';
    $x->configure(credits => 1);
    is $box->call(
        POST    => '/twitter/2/oauth2/revoke',
        headers => {Authorization => $basic},
        body    => "token=$second->{access_token}"
    )->body, '{"revoked":true}', 'revoking';
    is $me->($second->{access_token})->status, 401, 'works';
};

subtest 'X gives apps one token, to be used as it stands' => sub {
    my $basic
        = 'Basic '
        . MIME::Base64::encode_base64(join(':', map { $escape->($_) } @$consumer{qw(consumer_key consumer_secret)}),
        '');
    my $ask = sub ($auth, $body) {
        $box->call(POST => '/twitter/oauth2/token', headers => {Authorization => $auth}, body => $body);
    };
    is_x_error($ask->('Basic eDp5', 'grant_type=client_credentials'), 403, 99, 'an unknown client gets no app token');
    is_x_error($ask->($basic,       'grant_type=password'),           403, 99, 'another grant gets no app token');
    my $token = $ask->($basic, 'grant_type=client_credentials')->decoded->{access_token};
    is $ask->($basic, 'grant_type=client_credentials')->decoded->{access_token}, $token, 'the same every time';
    like $token, qr/%2F.*%3D/, 'with escapes in it';
    my $search = sub ($value) {
        $box->call(GET => '/twitter/1.1/search/tweets.json?q=x', headers => {Authorization => "Bearer $value"});
    };
    is $search->($token)->status, 200, 'verbatim';
    is_x_error($search->($token =~ s/%2F/\//r), 401, 89, 'a decoded app token is refused');
    is $box->call(GET => '/twitter/2/users/me', headers => {Authorization => "Bearer $token"})->status, 403,
        'not as a user';
    is $box->call(
        POST    => '/twitter/2/tweets',
        headers => {Authorization => "Bearer $token", 'Content-Type' => 'application/json'},
        body    => '{"text":"x"}'
    )->status, 403, 'not for tweets';
    is $box->call(
        POST    => '/twitter/oauth2/invalidate_token',
        headers => {Authorization => $basic},
        body    => "access_token=$token"
    )->status, 200, 'until it is invalidated';
    is_x_error($search->($token), 401, 89, 'an invalidated app token is refused');
};

subtest 'the OpenID provider signs what it says' => sub {
    my $mount = $box->mount('oidc');
    my ($client, $secret) = map { $mount->setting($_) } qw(client_id client_secret);
    my $basic = 'Basic ' . MIME::Base64::encode_base64(join(':', map { $escape->($_) } $client, $secret), '');
    for my $alg (qw(RS256 ES256 EdDSA)) {
        $mount->configure(alg => $alg);
        my $back = $box->call(
            GET => '/oidc/authorize?'
                . $form->(
                response_type         => 'code',
                client_id             => $client,
                redirect_uri          => $callback,
                scope                 => 'openid profile email',
                state                 => 's',
                nonce                 => 'n-0S6',
                code_challenge        => Social::Sandbox::Pkce::challenge('v' x 50),
                code_challenge_method => 'S256'
                )
        );
        is $back->location_param('iss'), $escape->($mount->url), "$alg: the issuer comes along";
        my $answer = $box->call(
            POST    => '/oidc/token',
            headers => {Authorization => $basic},
            body    => $form->(
                grant_type    => 'authorization_code',
                code          => $back->location_param('code'),
                redirect_uri  => $callback,
                code_verifier => 'v' x 50
            )
        )->decoded;
        my $token = Social::Sandbox::Jws->read($answer->{id_token});
        is_deeply [@{$token->{claims}}{qw(iss aud nonce sub email)}],
            [$mount->url, $client, 'n-0S6', '248289761001', 'ovan@example.com'], "$alg: claims";
        my ($jwk) = grep { $_->{kid} eq $token->{header}{kid} } @{$box->call(GET => '/oidc/jwks')->decoded->{keys}};
        ok _verifies($alg, $jwk, $answer->{id_token}), "$alg: signature";
        ok !exists $jwk->{d},                          "$alg: the private half stays at home";
    }
    is $box->call(
        POST    => '/oidc/token',
        headers => {Authorization => 'Basic eDp5'},
        body    => 'grant_type=authorization_code'
    )->status, 401, 'no other client';
    is $box->call(GET => '/oidc/.well-known/openid-configuration')->decoded->{issuer}, $mount->url, 'discovery';
};

sub _verifies ($alg, $jwk, $token) {
    my ($signed, $signature) = $token =~ /^(.*)\.([^.]+)$/;
    $signature = MIME::Base64::decode_base64url($signature);
    return Crypt::PK::RSA->new($jwk)->verify_message($signature, $signed, 'SHA256', 'v1.5') if $alg eq 'RS256';
    return Crypt::PK::ECC->new($jwk)->verify_message_rfc7518($signature, $signed, 'SHA256') if $alg eq 'ES256';
    return Crypt::PK::Ed25519->new($jwk)->verify_message($signature, $signed);
}

done_testing;
