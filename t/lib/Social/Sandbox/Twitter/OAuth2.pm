# OAuth 2.0 with PKCE as X does it, wrong error codes included.
# https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/authorization-code
package Social::Sandbox::Twitter::OAuth2;
use v5.36;

use MIME::Base64 qw(decode_base64);
use Mojo::JSON   qw(true);
use Social::Sandbox::Pkce;
use Social::Sandbox::Reply;

my %SCOPE = map { $_ => 1 } qw(
    tweet.read tweet.write tweet.moderate.write users.read users.email follows.read follows.write
    offline.access space.read mute.read mute.write like.read like.write list.read list.write
    block.read block.write bookmark.read bookmark.write dm.read dm.write media.write
);

my @AUTHORIZE = qw(response_type client_id redirect_uri scope state code_challenge code_challenge_method);

# X's own limit.
my $LONGEST_STATE = 500;

# Which of its jobs a call of the token endpoint is.
sub endpoint ($request) { return ($request->form('grant_type') // '') eq 'refresh_token' ? 'refresh' : 'token' }

sub authorize ($mount, $request) {
    my $page  = sub ($text) { $mount->error_page('Something went wrong', $text) };
    my $wrong = $request->repeated // ($mount->setting('strict') ? $request->unknown(@AUTHORIZE) : undef);
    return $page->("Parameter '$wrong' is repeated or unknown.") if defined $wrong;
    return $page->('There is no such client.') if ($request->query('client_id') // '') ne $mount->setting('client_id');
    my $uri = $request->query('redirect_uri');
    return $page->('The redirect_uri is not registered.') if !$mount->is_registered($uri);
    return $page->('response_type must be code.')         if ($request->query('response_type') // '') ne 'code';
    my $state = $request->query('state') // '';
    return $page->('The state is missing or too long.') if !length $state || length $state > $LONGEST_STATE;
    my ($challenge, $method) = map { $request->query($_) // '' } qw(code_challenge code_challenge_method);
    return $page->('code_challenge_method must be S256 or plain.') if $method !~ /^(?:[Ss]256|plain)$/;
    return $page->('The code_challenge is not one.')
        if $challenge !~ /^[\w.~-]{1,128}$/ || $method ne 'plain' && length $challenge != 43;
    my @scopes = split / /, $request->query('scope') // '';
    return $page->('The scope is unknown or missing.') if !@scopes || grep { !$SCOPE{$_} } @scopes;
    return $mount->sandbox->consent->ask(
        $mount, $request,
        {
            oauth2       => 1,
            app_name     => $mount->setting('app_name'),
            wants        => \@scopes,
            scopes       => \@scopes,
            redirect_uri => $uri,
            state        => $state,
            challenge    => $challenge,
            method       => $method,
        }
    );
}

sub approve ($mount, $login, $user) {
    my $code = $mount->ledger->issue(
        kind   => 'twitter_code',
        length => 91,
        ttl    => $mount->setting('code_ttl'),
        user   => $user->{key},
        map { $_ => $login->{$_} } qw(redirect_uri scopes challenge method),
    );
    return Social::Sandbox::Reply->redirect_with($login->{redirect_uri}, [state => $login->{state}, code => $code]);
}

sub refuse ($mount, $login) {
    return Social::Sandbox::Reply->redirect_with($login->{redirect_uri},
        [error => 'access_denied', state => $login->{state}]);
}

# A confidential client must use Basic, a public one names itself in the body.
sub client_trouble ($mount, $request) {
    my $basic = $request->credentials('Basic');
    if (defined $basic) {
        my ($id, $secret) = decode_base64($basic) =~ /^([^:]*):(.*)$/s;
        my $good = ($id // '') eq $mount->setting('client_id') && ($secret // '') eq $mount->setting('client_secret');
        return $good ? undef : _error(401, 'unauthorized_client', 'Missing valid authorization header');
    }
    return _error(401, 'unauthorized_client', 'Missing valid authorization header')
        if !$mount->setting('public_client');
    return ($request->form('client_id') // '') eq $mount->setting('client_id')
        ? undef
        : _error(400, 'invalid_request', 'Value passed for the client_id was invalid.');
}

sub token ($mount, $request) {
    my $trouble = client_trouble($mount, $request);
    return $trouble if $trouble;
    return _error(400, 'invalid_request', 'The body is no form.')     if !$request->is_form;
    return _error(400, 'invalid_request', 'A parameter is repeated.') if defined $request->repeated;
    my $grant = $request->form('grant_type') // '';
    return _from_code($mount, $request)                                          if $grant eq 'authorization_code';
    return _from_refresh($mount, $request)                                       if $grant eq 'refresh_token';
    return _error(400, 'unsupported_grant_type', 'There is no such grant_type.') if length $grant;
    return _error(400, 'invalid_request', 'Missing required parameter [grant_type].');
}

sub _from_code ($mount, $request) {
    for my $name (qw(code redirect_uri code_verifier)) {
        return _error(400, 'invalid_request', "Missing required parameter [$name].")
            if !length($request->form($name) // '');
    }
    my $entry = $mount->ledger->valid('twitter_code', $request->form('code'))
        // return _error(400, 'invalid_request', 'Value passed for the authorization code was invalid.');
    $entry->{spent} = 1;
    return _error(400, 'invalid_request',
        'Value passed for the redirect uri did not match the uri of the authorization code.')
        if $request->form('redirect_uri') ne $entry->{redirect_uri};
    return _error(400, 'invalid_request', 'Value passed for the code verifier did not match the code challenge.')
        if !Social::Sandbox::Pkce::fits($entry->{challenge}, $entry->{method}, $request->form('code_verifier'));
    return _issue($mount, $entry);
}

sub _from_refresh ($mount, $request) {
    my $token = $request->form('refresh_token');
    return _error(400, 'invalid_request', 'Missing required parameter [refresh_token].') if !length($token // '');

    # Neither invalid_grant nor 401: X calls a dead or used refresh token an invalid request.
    my $entry = $mount->ledger->valid('twitter_refresh', $token)
        // return _error(400, 'invalid_request', 'Value passed for the token was invalid.');
    $entry->{spent} = 1;
    return _issue($mount, $entry);
}

sub _issue ($mount, $from) {
    my @data = (user => $from->{user}, scopes => $from->{scopes}, grant => $from->{grant} // $from->{value});
    my $ttl  = $mount->setting('access_ttl');
    return Social::Sandbox::Reply->token(
        200,
        {
            token_type   => 'bearer',
            expires_in   => $ttl,
            access_token => $mount->ledger->issue(kind => 'twitter_access', length => 91, ttl => $ttl, @data),
            scope        => join(' ', @{$from->{scopes}}),
            (
                  (grep { $_ eq 'offline.access' } @{$from->{scopes}})
                ? (refresh_token => $mount->ledger->issue(kind => 'twitter_refresh', length => 91, @data))
                : ()
            ),
        }
    );
}

# RFC 7009: an unknown token is no error. Nothing else of the grant is revoked.
sub revoke ($mount, $request) {
    my $trouble = client_trouble($mount, $request);
    return $trouble if $trouble;
    my $token = $request->form('token');
    return _error(400, 'invalid_request', 'Missing required parameter [token].') if !length($token // '');
    for my $kind (qw(twitter_access twitter_refresh)) {
        my $entry = $mount->ledger->find($kind, $token);
        $entry->{revoked} = 1 if $entry;
    }
    return Social::Sandbox::Reply->token(200, {revoked => true});
}

sub _error ($status, $error, $description) {
    return Social::Sandbox::Reply->token($status, {error => $error, error_description => $description});
}

1;
