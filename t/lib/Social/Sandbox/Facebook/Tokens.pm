# Facebook's tokens: code exchange, long-lived exchange, app tokens, inspection,
# permissions and their end.
# https://developers.facebook.com/docs/facebook-login/guides/access-tokens
package Social::Sandbox::Facebook::Tokens;
use v5.36;

use Mojo::JSON qw(true false);
use Social::Sandbox::Facebook::Proof;

my @EXCHANGE = qw(
    client_id client_secret redirect_uri code grant_type fb_exchange_token format access_token
    appsecret_proof appsecret_time
);

# Which of its three jobs a call of the token endpoint is.
sub endpoint ($request) {
    my $grant = $request->param('grant_type') // '';
    return $grant eq 'fb_exchange_token' ? 'exchange' : $grant eq 'client_credentials' ? 'app_token' : 'access_token';
}

sub access_token ($mount, $request, $version) {
    return $mount->not_found($request) if !$mount->version($version);
    my $wrong = $request->repeated // ($mount->setting('strict') ? $request->unknown(@EXCHANGE) : undef);
    return $mount->error_reply({code => 100, message => "(#100) Unexpected or repeated parameter: $wrong"})
        if defined $wrong;

    my $app = $request->param('client_id');
    return $mount->error_reply({code => 101, message => 'Missing client_id parameter.'}) if !defined $app;
    return $mount->error_reply(
        {code => 101, message => 'Error validating application. Cannot get application info due to a system error.'})
        if $app ne $mount->setting('client_id');
    return $mount->error_reply({code => 1, status => 400, message => 'Missing client_secret parameter.'})
        if !defined $request->param('client_secret');
    return $mount->error_reply({code => 1, status => 400, message => 'Error validating client secret.'})
        if $request->param('client_secret') ne $mount->setting('client_secret');

    my $grant = $request->param('grant_type') // 'authorization_code';
    return _long_lived($mount, $request, $version) if $grant eq 'fb_exchange_token';
    return _from_code($mount, $request, $version)  if $grant eq 'authorization_code';
    return $mount->error_reply({code => 100, message => "(#100) Invalid grant_type: $grant"})
        if $grant ne 'client_credentials';
    return $mount->graph({access_token => app_token($mount), token_type => 'bearer'}, $version);
}

sub app_token ($mount) { return $mount->setting('client_id') . '|' . $mount->setting('client_secret') }

sub _from_code ($mount, $request, $version) {
    my ($code, $uri) = map { $request->param($_) } qw(code redirect_uri);
    return $mount->error_reply({code => 191, message => 'Missing redirect_uri parameter.'}) if !defined $uri;
    return $mount->error_reply({code => 1, status => 400, message => 'Missing authorization code'})
        if !length($code // '');
    my $entry = $mount->ledger->find('facebook_code', $code);
    return $mount->error_reply({code => 100, message => 'Invalid verification code format.'}) if !$entry;
    return $mount->error_reply({code => 100, subcode => 36009, message => 'This authorization code has been used.'})
        if $entry->{spent};
    return $mount->error_reply({code => 100, subcode => 36007, message => 'This authorization code has expired.'})
        if $mount->ledger->is_over($entry);
    return $mount->error_reply(
        {
            code    => 100,
            subcode => 36008,
            message =>
                'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
        }
    ) if $uri ne $entry->{redirect_uri};
    $entry->{spent} = 1;
    return _issue($mount, $version, $mount->setting('short_ttl'), $entry, 'short');
}

sub _long_lived ($mount, $request, $version) {
    my $token = $request->param('fb_exchange_token');
    return $mount->error_reply({code => 1, status => 400, message => 'Missing fb_exchange_token parameter.'})
        if !length($token // '');
    my $entry = $mount->ledger->find('facebook_token', $token);
    my $error = trouble_with($mount, $entry);
    return $mount->error_reply($error) if $error;
    return _issue($mount, $version, $mount->setting('long_ttl'), $entry, 'long');
}

sub _issue ($mount, $version, $ttl, $from, $life) {
    my $token = $mount->ledger->issue(
        kind   => 'facebook_token',
        prefix => 'EAA',
        length => 180,
        ttl    => $ttl,
        life   => $life,
        user   => $from->{user},
        scopes => $from->{scopes},
    );
    return $mount->graph(
        {
            access_token => $token,
            token_type   => 'bearer',
            ($mount->setting('omit_expires_in') ? () : (expires_in => $ttl)),
        },
        $version,
    );
}

# The token of a page, the same for the same user token as long as that one lives.
sub page_token ($mount, $user_token, $page) {
    my $value
        = 'EAA'
        . substr(Social::Sandbox::Facebook::Proof::proof($user_token->{value}, $page->{id}),          0, 64)
        . substr(Social::Sandbox::Facebook::Proof::proof($page->{id},          $user_token->{value}), 0, 64);
    return $value if $mount->ledger->find('facebook_token', $value);
    return $mount->ledger->issue(
        kind   => 'facebook_token',
        value  => $value,
        life   => 'page',
        user   => $user_token->{user},
        scopes => $user_token->{scopes},
        page   => $page->{id},
        ($user_token->{life} eq 'long' ? () : (ttl => $user_token->{expires} - $mount->now)),
    );
}

# What is wrong with a token, as an error; undef when it is good.
sub trouble_with ($mount, $entry) {
    return {code => 190, message => 'Invalid OAuth access token - Cannot parse access token'} if !$entry;
    my $user = $mount->user($entry->{user});
    return {
        code    => 190,
        subcode => $user->{token_error},
        message => 'Error validating access token: the session is invalid.'
        }
        if defined $user->{token_error};
    return {
        code    => 190,
        subcode => 458,
        message => 'Error validating access token: The user has not authorized application '
            . $mount->setting('client_id') . '.'
        }
        if $entry->{revoked};
    return {code => 190, subcode => 463, message => 'Error validating access token: Session has expired.'}
        if $mount->ledger->is_over($entry);
    return;
}

# The token of a call, and its entry, or an error: (entry, undef) or (undef, error).
sub authenticate ($mount, $request) {
    my ($bearer) = ($request->header('authorization') // '') =~ /^(?:Bearer|OAuth) +(\S+)$/i;
    my $token = $request->param('access_token') // $bearer;
    return (undef,
        {code => 2500, message => 'An active access token must be used to query information about the current user.'})
        if !length($token // '');
    if ($token eq app_token($mount)) { return ({value => $token, life => 'app', scopes => []}, undef) }
    my $entry = $mount->ledger->find('facebook_token', $token);
    my $error = trouble_with($mount, $entry);
    return (undef, $error) if $error;
    my $complaint = Social::Sandbox::Facebook::Proof::complaint($mount, $request, $token);
    return (undef,  {code => 100, type => 'GraphMethodException', message => $complaint}) if defined $complaint;
    return ($entry, undef);
}

# DELETE /{user}/permissions and /{user}/permissions/{name}
sub revoke ($mount, $request, $version, $who, $permission) {
    my ($entry, $error) = authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    my $user = $entry->{life} eq 'app' ? $mount->user_by_id($who) : $mount->user($entry->{user});
    return $mount->error_reply(
        {code => 100, subcode => 33, type => 'GraphMethodException', message => 'Unsupported delete request.'})
        if !$user || $who ne 'me' && $who ne $user->{id};
    my $mine = sub ($other) { $other->{kind} eq 'facebook_token' && $other->{user} eq $user->{key} };
    if (!defined $permission) { $mount->ledger->revoke_where($mine) }
    else {
        $mount->ledger->revoke_where(
            sub ($other) {
                $other->{scopes} = [grep { $_ ne $permission } @{$other->{scopes}}] if $mine->($other);
                return 0;
            }
        );
    }
    return $mount->graph({success => true}, $version);
}

sub permissions ($mount, $request, $version, $who) {
    my ($entry, $error) = authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    my $user = $mount->user($entry->{user});
    return $mount->graph(
        {
            data => [
                (map { {permission => $_, status => 'granted'} } @{$entry->{scopes}}),
                (map { {permission => $_, status => 'declined'} } @{$user->{declines} // []}),
            ]
        },
        $version,
    );
}

# GET /debug_token?input_token=…&access_token={app id}|{app secret}
sub debug ($mount, $request, $version) {
    my ($caller, $error) = authenticate($mount, $request);
    return $mount->error_reply($error) if $error;
    return $mount->error_reply({code => 100, message => '(#100) You must provide an app access token'})
        if $caller->{life} ne 'app';
    my $entry   = $mount->ledger->find('facebook_token', $request->param('input_token'));
    my $trouble = trouble_with($mount, $entry);
    return $mount->graph({data => {error => $trouble, is_valid => false, scopes => []}}, $version) if !$entry;
    return $mount->graph(
        {
            data => {
                app_id      => $mount->setting('client_id'),
                application => $mount->setting('app_name'),
                type        => $entry->{life} eq 'page' ? 'PAGE' : 'USER',
                expires_at  => $entry->{expires} // 0,
                issued_at   => $entry->{issued},
                is_valid    => $trouble ? false : true,
                scopes      => $entry->{scopes},
                user_id     => $mount->user($entry->{user})->{id},
                ($trouble ? (error => $trouble) : ()),
            }
        },
        $version,
    );
}

1;
