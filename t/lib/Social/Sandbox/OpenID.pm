# OAuth 2.0 with PKCE and OpenID Connect, as the specifications have them.
# RFC 6749, RFC 7636, RFC 7009, RFC 9207, OpenID Connect Core and Discovery 1.0; and beside them
# GitHub's way to delete a token: https://docs.github.com/en/rest/apps/oauth-applications
package Social::Sandbox::OpenID;
use v5.36;

use parent 'Social::Sandbox::Mount';

use MIME::Base64 qw(decode_base64);
use Mojo::JSON   qw(true);
use Social::Sandbox::Ledger;
use Social::Sandbox::OpenID::Discovery;
use Social::Sandbox::OpenID::IdToken;
use Social::Sandbox::OpenID::Keys;
use Social::Sandbox::Pkce;
use Social::Sandbox::Reply;

my %SCOPE     = map { $_ => 1 } @Social::Sandbox::OpenID::Discovery::SCOPES;
my @AUTHORIZE = qw(
    response_type client_id redirect_uri scope state nonce code_challenge code_challenge_method
    prompt max_age login_hint ui_locales display acr_values response_mode
);

sub name ($)  { return 'oidc' }
sub brand ($) { return {name => 'OpenID Provider', color => '#0b7261'} }

sub table ($self) {
    return (
        ['GET', qr{^/\.well-known/openid-configuration$}, 'discovery', \&_discovery],
        ['GET',  qr{^/jwks$},      'jwks',      \&_jwks],
        ['GET',  qr{^/authorize$}, 'authorize', \&_authorize],
        ['POST', qr{^/consent$}, 'consent', \&Social::Sandbox::Mount::answer_consent],
        ['POST',     qr{^/token$},    \&_endpoint, \&_token],
        ['GET|POST', qr{^/userinfo$}, 'userinfo',  \&_userinfo],
        ['POST',     qr{^/revoke$},   'revoke',    \&_revoke],
        ['DELETE', qr{^/applications/[^/]+/token$}, 'token_deletion', \&_delete_token],
    );
}

sub defaults ($self) {
    $self->{keys} = Social::Sandbox::OpenID::Keys->new;
    return (
        app_name     => 'Sandbox App',
        code_ttl     => 60,
        access_ttl   => 3_600,
        id_token_ttl => 600,

        # basic, post, or any
        client_auth  => 'any',
        require_pkce => 0,

        # rotate: a refresh token is good once; reuse kills the grant. keep: it stays.
        refresh => 'rotate',
        alg     => 'RS256',

        # What ends with a revoked token. token: it, and with a refresh token those of its login (RFC 7009 §2.1).
        # grant: all that the user granted to the client, whichever token it was, as at Google.
        revocation => 'token',

        # RFC 9207: an `iss` in the answer of the authorization endpoint.
        send_iss => 1,

        # Laid over the claims and header of id tokens; null takes a member away.
        claims => {},
        header => {},

        # Whose signature an id token gets in place of its own key's: none, HS256 (with the client
        # secret), or that of a stranger with the same kid.
        sign_with => undef,

        # Laid over the metadata.
        metadata => {},
    );
}

sub default_users ($self) {
    return (ovan => {key => 'ovan', id => '248289761001', name => 'Ovan Donnovan', email => 'ovan@example.com'});
}

sub numbered_user ($self, $number) {
    return (id => "9$number", name => "User Number $number", email => "u$number\@example.com");
}

sub error_reply ($self, $error) {
    my $name = $error->{error} // 'server_error';
    return Social::Sandbox::Reply->token($error->{status} // 400,
        {error => $name, error_description => $error->{description} // "The sandbox says $name"});
}

sub _discovery ($self, $request) {
    return Social::Sandbox::Reply->json(200, Social::Sandbox::OpenID::Discovery::metadata($self));
}

sub _jwks ($self, $request) {
    $self->{keys}->signing($self->setting('alg'));
    return Social::Sandbox::Reply->json(200, $self->{keys}->jwks);
}

# rotate([alg => 'RS256'], [keep => 1])
sub rotate ($self, %arg) {
    my $entry = $self->{keys}->rotate($arg{alg} // $self->setting('alg'), $arg{keep});
    return {kid => $entry->{kid}};
}

# ---- Authorization endpoint ----

sub _authorize ($self, $request) {
    my $wrong = $request->repeated // ($self->setting('strict') ? $request->unknown(@AUTHORIZE) : undef);
    return $self->error_page('Invalid request', "Parameter '$wrong' is repeated or unknown.") if defined $wrong;
    return $self->error_page('Unknown client',  'There is no such client.')
        if ($request->query('client_id') // '') ne $self->setting('client_id');
    my $uri = $request->query('redirect_uri');
    return $self->error_page('Unknown redirect_uri', 'The redirect_uri is not registered.')
        if !$self->is_registered($uri);

    # From here on the client can be told, RFC 6749 §4.1.2.1.
    my %login = (redirect_uri => $uri, state => $request->query('state'));
    return $self->_back(\%login, error => 'unsupported_response_type')
        if ($request->query('response_type') // '') ne 'code';
    my @scopes = split / /, $request->query('scope') // '';
    return $self->_back(\%login, error => 'invalid_scope') if grep { !$SCOPE{$_} } @scopes;
    my ($challenge, $method) = ($request->query('code_challenge'), $request->query('code_challenge_method') // 'plain');
    return $self->_back(\%login, error => 'invalid_request', error_description => 'code challenge required')
        if $self->setting('require_pkce') && !defined $challenge || defined $challenge && $method ne 'S256';
    return $self->sandbox->consent->ask(
        $self, $request,
        {
            %login,
            app_name  => $self->setting('app_name'),
            wants     => \@scopes,
            scopes    => \@scopes,
            nonce     => $request->query('nonce'),
            challenge => $challenge,
            method    => $method,
        }
    );
}

sub approve ($self, $login, $user) {
    my $code = $self->ledger->issue(
        kind   => 'oidc_code',
        length => 43,
        ttl    => $self->setting('code_ttl'),
        user   => $user->{key},
        map { $_ => $login->{$_} } qw(redirect_uri scopes nonce challenge method),
    );
    return $self->_back($login, code => $code);
}

sub refuse ($self, $login) {
    return $self->_back($login, error => 'access_denied', error_description => 'The resource owner said no');
}

sub _back ($self, $login, @answer) {
    return Social::Sandbox::Reply->redirect_with(
        $login->{redirect_uri},
        [
            @answer,
            (defined $login->{state}    ? (state => $login->{state}) : ()),
            ($self->setting('send_iss') ? (iss   => $self->url)      : ()),
        ]
    );
}

# ---- Token endpoint ----

sub _endpoint ($request) {
    my $grant = $request->form('grant_type') // '';
    return $grant eq 'refresh_token' ? 'refresh' : $grant eq 'client_credentials' ? 'client_token' : 'token';
}

# RFC 6749 §2.3.1: Basic with form-encoded halves, or both in the body, never both ways.
sub _client_trouble ($self, $request) {
    my $want  = $self->setting('client_auth');
    my $basic = $request->credentials('Basic');
    my ($id, $secret) = map { $request->form($_) } qw(client_id client_secret);
    my $challenge = {'WWW-Authenticate' => 'Basic realm="sandbox"'};
    my $refused
        = sub { Social::Sandbox::Reply->token(401, {error => 'invalid_client'}, defined $basic ? %$challenge : ()) };
    if (defined $basic) {
        return $refused->() if $want eq 'post' || defined $secret;
        ($id, $secret) = map { tr/+/ /r =~ s/%([0-9a-fA-F]{2})/chr hex $1/ger } split /:/, decode_base64($basic), 2;
    }
    elsif ($want eq 'basic') { return $refused->() }
    return if ($id // '') eq $self->setting('client_id') && ($secret // '') eq $self->setting('client_secret');
    return $refused->();
}

sub _token ($self, $request) {
    my $trouble = $self->_client_trouble($request);
    return $trouble if $trouble;
    return $self->error_reply({error => 'invalid_request'})
        if !$request->is_form || defined $request->repeated || @{$request->query_pairs};
    my $grant = $request->form('grant_type') // return $self->error_reply({error => 'invalid_request'});
    return $self->_from_code($request)                             if $grant eq 'authorization_code';
    return $self->_from_refresh($request)                          if $grant eq 'refresh_token';
    return $self->error_reply({error => 'unsupported_grant_type'}) if $grant ne 'client_credentials';
    my $ttl   = $self->setting('access_ttl');
    my $token = $self->ledger->issue(kind => 'oidc_access', length => 48, ttl => $ttl, scopes => []);
    return Social::Sandbox::Reply->token(200, {access_token => $token, token_type => 'Bearer', expires_in => $ttl});
}

sub _from_code ($self, $request) {
    my $refused = sub ($why) { $self->error_reply({error => 'invalid_grant', description => $why}) };
    my $entry   = $self->ledger->find('oidc_code', $request->form('code')) // return $refused->('unknown code');
    if ($entry->{spent}) {

        # RFC 6749 §4.1.2: what a stolen code gave is taken back.
        $self->ledger->revoke_where(sub ($other) { ($other->{grant} // '') eq $entry->{value} });
        return $refused->('used code');
    }
    $entry->{spent} = 1;
    return $refused->('expired code')       if $self->ledger->is_over($entry);
    return $refused->('other redirect_uri') if ($request->form('redirect_uri') // '') ne $entry->{redirect_uri};
    my $verifier = $request->form('code_verifier');
    return $refused->('wrong code_verifier')
        if defined $entry->{challenge}
        && !Social::Sandbox::Pkce::fits($entry->{challenge}, $entry->{method}, $verifier // '');
    return $refused->('unexpected code_verifier') if !defined $entry->{challenge} && defined $verifier;
    return $self->_issue({%$entry, grant => $entry->{value}});
}

sub _from_refresh ($self, $request) {
    my $entry = $self->ledger->find('oidc_refresh', $request->form('refresh_token'));
    return $self->error_reply({error => 'invalid_grant'}) if !$entry || $entry->{revoked};
    if ($self->setting('refresh') eq 'rotate') {
        if ($entry->{spent}) {

            # RFC 9700 §4.14.2: reuse means theft, so the whole grant ends.
            $self->ledger->revoke_where(sub ($other) { ($other->{grant} // '') eq $entry->{grant} });
            return $self->error_reply({error => 'invalid_grant', description => 'used refresh token'});
        }
        $entry->{spent} = 1;
    }
    return $self->_issue($entry, refreshed => 1);
}

sub _issue ($self, $from, %arg) {
    my $ttl    = $self->setting('access_ttl');
    my %scope  = map { $_ => 1 } @{$from->{scopes}};
    my @data   = (user => $from->{user}, scopes => $from->{scopes}, grant => $from->{grant});
    my $access = $self->ledger->issue(kind => 'oidc_access', length => 48, ttl => $ttl, @data);
    my $answer
        = {access_token => $access, token_type => 'Bearer', expires_in => $ttl, scope => join ' ', @{$from->{scopes}}};
    if ($scope{offline_access} && !($arg{refreshed} && $self->setting('refresh') eq 'keep')) {
        $answer->{refresh_token} = $self->ledger->issue(kind => 'oidc_refresh', length => 48, @data);
    }
    $answer->{id_token} = Social::Sandbox::OpenID::IdToken::make($self, $from, $access)
        if $scope{openid} && !$arg{refreshed};
    return Social::Sandbox::Reply->token(200, $answer);
}

sub profile ($self, $from) {
    my $user  = $self->user($from->{user});
    my %scope = map { $_ => 1 } @{$from->{scopes}};
    return (
        ($scope{profile} ? (name  => $user->{name})                          : ()),
        ($scope{email}   ? (email => $user->{email}, email_verified => true) : ()),
    );
}

# ---- With the tokens ----

sub _userinfo ($self, $request) {
    my $entry = $self->ledger->valid('oidc_access', $request->credentials('Bearer'));
    if (!$entry || !defined $entry->{user}) {
        return Social::Sandbox::Reply->json(
            401,
            {error => 'invalid_token'},
            'WWW-Authenticate' => 'Bearer realm="sandbox", error="invalid_token"'
        );
    }
    return Social::Sandbox::Reply->json(200, {sub => $self->user($entry->{user})->{id}, $self->profile($entry)});
}

# RFC 7009 §2.2: unknown tokens are revoked already.
sub _revoke ($self, $request) {
    my $trouble = $self->_client_trouble($request);
    return $trouble if $trouble;
    my $token = $request->form('token')                    // return $self->error_reply({error => 'invalid_request'});
    my $entry = $self->ledger->find('oidc_access', $token) // $self->ledger->find('oidc_refresh', $token);
    if ($entry && $self->setting('revocation') eq 'grant') {
        return $self->error_reply({error => 'invalid_token'}) if $entry->{revoked};
        $self->ledger->revoke_where(
            sub ($other) {
                $other->{kind} =~ /^oidc_/ && defined $other->{user} && $other->{user} eq ($entry->{user} // '');
            }
        );
    }
    elsif ($entry) {
        $entry->{revoked} = 1;
        $self->ledger->revoke_where(sub ($other) { ($other->{grant} // '') eq $entry->{grant} })
            if $entry->{kind} eq 'oidc_refresh';
    }
    return Social::Sandbox::Reply->new(200, 'text/plain', '');
}

# The client in the path authenticates by Basic, and names a token of its own in JSON.
sub _delete_token ($self, $request) {
    my ($id) = $request->path =~ m{/applications/([^/]+)/token$};
    return Social::Sandbox::Reply->json(401, {message => 'Requires authentication'})
        if !defined $request->credentials('Basic') || $self->_client_trouble($request);
    my $token = ref $request->json eq 'HASH' ? $request->json->{access_token} : undef;
    return Social::Sandbox::Reply->json(422, {message => 'Validation Failed'}) if !defined $token;
    my $entry = $self->ledger->valid('oidc_access', $token);
    return Social::Sandbox::Reply->json(404, {message => 'Not Found'})
        if !$entry || $id ne $self->setting('client_id');
    $entry->{revoked} = 1;
    return Social::Sandbox::Reply->new(204, 'text/plain', '');
}

1;
