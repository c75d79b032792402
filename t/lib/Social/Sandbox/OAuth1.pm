# An OAuth 1.0a provider without any peculiarity of its own (RFC 5849).
package Social::Sandbox::OAuth1;
use v5.36;

use parent 'Social::Sandbox::Mount';

use Social::Sandbox::OAuth1Signature;
use Social::Sandbox::Reply;

sub name ($)  { return 'oauth1' }
sub brand ($) { return {name => 'OAuth 1.0a Provider', color => '#7a3e9d'} }

sub table ($self) {
    return (
        ['POST', qr{^/request_token$}, 'request_token', \&request_token],
        ['GET',  qr{^/authorize$},     'authorize',     \&authorize],
        ['POST', qr{^/consent$}, 'consent', \&Social::Sandbox::Mount::answer_consent],
        ['POST', qr{^/access_token$}, 'access_token', \&access_token],
        ['GET',  qr{^/me$},           'me',           \&_me],
    );
}

sub defaults ($self) {
    $self->{nonces} = {};
    return (
        app_name          => 'Sandbox App',
        request_token_ttl => 900,

        # Answers that a client must not believe.
        callback_confirmed => 'true',
    );
}

sub default_users ($self) {
    return (ovan => {key => 'ovan', id => '4711', name => 'Ovan Donnovan', screen_name => 'ovan'});
}

sub numbered_user ($self, $number) {
    return (id => 1_000_000 + $number, name => "User Number $number", screen_name => "user$number");
}

# Who may answer for a token: kinds of ledger entries.
sub judge ($self, $request, @kinds) {
    return Social::Sandbox::OAuth1Signature::judge(
        $request,
        consumer_key    => $self->setting('consumer_key'),
        consumer_secret => $self->setting('consumer_secret'),
        now             => $self->now,
        nonces          => $self->{nonces},
        token_secret    => sub ($token) {
            return length $token ? undef : '' if !@kinds;
            my ($entry) = grep {defined} map { $self->ledger->valid($_, $token) } @kinds;
            return $entry && $entry->{secret};
        },
    );
}

sub error_reply ($self, $error) {
    my $fault = $error->{fault} // 'server';
    return Social::Sandbox::Reply->form(
        $error->{status} // 401,
        [oauth_problem => $fault],
        'WWW-Authenticate' => qq(OAuth realm="sandbox", oauth_problem="$fault")
    );
}

sub request_token ($self, $request) {
    my $verdict = $self->judge($request);
    return $self->error_reply($verdict) if $verdict->{fault};
    my $callback = $verdict->{oauth}{oauth_callback};
    return $self->error_reply({fault => 'parameter_absent', status => 400}) if !length($callback // '');

    # X compares without the query, which the client may add to.
    # https://docs.x.com/fundamentals/developer-apps (Callback URLs)
    return $self->callback_refused($callback) if !$self->is_registered($callback =~ s/\?.*//sr);
    my $secret = $self->ledger->note_secret(Social::Sandbox::Ledger::random(42));
    my $token  = $self->ledger->issue(
        kind     => $self->name . '_request_token',
        length   => 27,
        ttl      => $self->setting('request_token_ttl'),
        secret   => $secret,
        callback => $callback,
    );
    return Social::Sandbox::Reply->form(
        200,
        [
            oauth_token              => $token,
            oauth_token_secret       => $secret,
            oauth_callback_confirmed => $self->setting('callback_confirmed'),
        ]
    );
}

sub callback_refused ($self, $callback) { return $self->error_reply({fault => 'parameter_rejected', status => 403}) }

sub authorize ($self, $request) {
    my $token = $request->query('oauth_token');
    my $entry = $self->ledger->valid($self->name . '_request_token', $token);
    return $self->error_page('Whoa there!', 'The request token for this page is invalid or has expired.', 403)
        if !$entry || $entry->{verifier} || defined $request->repeated;
    return $self->sandbox->consent->ask(
        $self, $request,
        {
            app_name => $self->setting('app_name'),
            token    => $token,
            callback => $entry->{callback},
        }
    );
}

sub approve ($self, $login, $user) {
    my $entry = $self->ledger->valid($self->name . '_request_token', $login->{token})
        or return $self->error_page('Too late', 'The request token has expired.', 403);
    $entry->{verifier} = $self->ledger->note_secret(Social::Sandbox::Ledger::random(32));
    $entry->{user}     = $user->{key};
    return Social::Sandbox::Reply->redirect_with($login->{callback},
        [oauth_token => $login->{token}, oauth_verifier => $entry->{verifier}]);
}

sub refuse ($self, $login) {
    return Social::Sandbox::Reply->redirect_with($login->{callback}, [denied => $login->{token}]);
}

sub access_token ($self, $request) {
    my $verdict = $self->judge($request, $self->name . '_request_token');
    return $self->error_reply($verdict) if $verdict->{fault};
    my $entry    = $self->ledger->find($self->name . '_request_token', $verdict->{oauth}{oauth_token});
    my $verifier = $verdict->{oauth}{oauth_verifier} // $request->param('oauth_verifier');
    return $self->error_reply({fault => 'verifier'})
        if !$entry || !defined $entry->{verifier} || ($verifier // '') ne $entry->{verifier};
    $entry->{spent} = 1;
    my $user   = $self->user($entry->{user});
    my $token  = $self->user_token($user);
    return Social::Sandbox::Reply->form(
        200,
        [
            oauth_token        => $token->{value},
            oauth_token_secret => $token->{secret},
            user_id            => $user->{id},
            screen_name        => $user->{screen_name},
        ]
    );
}

# The entry of the token that a login gives.
sub user_token ($self, $user) {
    my $kind   = $self->name . '_user_token';
    my $secret = $self->ledger->note_secret(Social::Sandbox::Ledger::random(45));
    my $token  = $self->ledger->issue(
        kind   => $kind,
        prefix => "$user->{id}-",
        length => 40,
        secret => $secret,
        user   => $user->{key},
    );
    return $self->ledger->find($kind, $token);
}

sub _me ($self, $request) {
    my $verdict = $self->judge($request, 'oauth1_user_token');
    return $self->error_reply($verdict) if $verdict->{fault};
    my $user = $self->user($self->ledger->find('oauth1_user_token', $verdict->{oauth}{oauth_token})->{user});
    return Social::Sandbox::Reply->json(200, {map { $_ => $user->{$_} } qw(id name screen_name)});
}

1;
