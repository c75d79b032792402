# Instagram Login, without Facebook: three hosts of the real one below one path.
# https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
package Social::Sandbox::Instagram;
use v5.36;

use parent 'Social::Sandbox::Mount';

use Social::Sandbox::Ledger;
use Social::Sandbox::Reply;

my %SCOPE
    = map { ("instagram_business_$_" => 1) } qw(basic content_publish manage_messages manage_comments manage_insights);
my %FIELD = map { $_ => 1 }
    qw(id user_id username name account_type profile_picture_url followers_count follows_count media_count);

# A token must be this old before it can be refreshed.
my $YOUNGEST = 86_400;

sub name ($)  { return 'instagram' }
sub brand ($) { return {name => 'Instagram', color => '#c13584'} }

sub table ($self) {
    my $v = qr{^(?:/v\d+\.\d+)?};
    return (
        ['GET',  qr{^/oauth/authorize$}, 'authorize', \&_authorize],
        ['POST', qr{^/consent$}, 'consent', \&Social::Sandbox::Mount::answer_consent],
        ['POST', qr{^/oauth/access_token$},    'access_token', \&_access_token],
        ['GET',  qr{$v/access_token$},         'exchange',     \&_exchange],
        ['GET',  qr{$v/refresh_access_token$}, 'refresh',      \&_refresh],
        ['GET',  qr{$v/me$},                   'me',           \&_me],
    );
}

sub defaults ($self) {
    return (
        app_name  => 'Sandbox App',
        code_ttl  => 3_600,
        short_ttl => 3_600,
        long_ttl  => 5_183_944,

        # The documented answer is wrapped in data[], the usual one is flat.
        wrapped => 0,
    );
}

sub default_users ($self) {
    return (
        ovan => {
            key      => 'ovan',
            id       => '6204987654321098',
            user_id  => '17841439754602482',
            username => 'trycloudy123',
            name     => 'trycloudy'
        }
    );
}

sub numbered_user ($self, $number) {
    return (
        id       => sprintf('62%014d',     $number),
        user_id  => sprintf('178414%011d', $number),
        username => "user$number",
        name     => "User Number $number"
    );
}

# Errors of the token endpoint; those of the graph calls look like Facebook's.
sub error_reply ($self, $error) {
    return $self->_graph_error($error) if ($error->{code} // 400) < 400;
    return Social::Sandbox::Reply->json(
        $error->{status} // 400,
        {
            error_type    => 'OAuthException',
            code          => $error->{code}    // 400,
            error_message => $error->{message} // 'Invalid platform app',
        }
    );
}

sub _graph_error ($self, $error) {
    return Social::Sandbox::Reply->json(
        $error->{status} // 400,
        {
            error => {
                message    => $error->{message} // 'Error',
                type       => $error->{type}    // 'IGApiException',
                code       => $error->{code},
                fbtrace_id => 'A' . Social::Sandbox::Ledger::random(22),
            }
        }
    );
}

sub _authorize ($self, $request) {
    my $wrong = $request->repeated // ($self->setting('strict')
        ? $request->unknown(qw(client_id redirect_uri response_type scope state force_reauth enable_fb_login))
        : undef);
    return $self->error_page('Invalid request',      "Parameter '$wrong' is repeated or unknown.") if defined $wrong;
    return $self->error_page('Invalid platform app', 'There is no such app.')
        if ($request->query('client_id') // '') ne $self->setting('client_id');
    return $self->error_page('Invalid redirect_uri', 'The redirect_uri is not registered.')
        if !$self->is_registered($request->query('redirect_uri'));
    return $self->error_page('Invalid response_type', 'response_type must be code.')
        if ($request->query('response_type') // '') ne 'code';
    my @scopes = grep {length} split /[ ,]+/, $request->query('scope') // '';
    return $self->error_page('Invalid scope', 'The scope is unknown or missing.')
        if !@scopes || grep { !$SCOPE{$_} } @scopes;
    return $self->sandbox->consent->ask(
        $self, $request,
        {
            app_name     => $self->setting('app_name'),
            wants        => \@scopes,
            scopes       => \@scopes,
            redirect_uri => $request->query('redirect_uri'),
            state        => $request->query('state'),
        }
    );
}

sub approve ($self, $login, $user) {
    my $code = $self->ledger->issue(
        kind         => 'instagram_code',
        prefix       => 'AQ',
        length       => 120,
        ttl          => $self->setting('code_ttl'),
        user         => $user->{key},
        scopes       => $login->{scopes},
        redirect_uri => $login->{redirect_uri},
    );
    return Social::Sandbox::Reply->redirect_with($login->{redirect_uri}, [code => $code, _state($login)], '#_');
}

sub refuse ($self, $login) {
    return Social::Sandbox::Reply->redirect_with(
        $login->{redirect_uri},
        [
            error             => 'access_denied',
            error_reason      => 'user_denied',
            error_description => 'The user denied your request',
            _state($login),
        ]
    );
}

sub _state ($login) { return defined $login->{state} ? (state => $login->{state}) : () }

sub _access_token ($self, $request) {
    return $self->error_reply({message => 'Invalid platform app'})
        if ($request->form('client_id') // '') ne $self->setting('client_id');
    return $self->error_reply({message => 'Error validating client secret.'})
        if ($request->form('client_secret') // '') ne $self->setting('client_secret');
    return $self->error_reply({message => 'Invalid grant_type'})
        if ($request->form('grant_type') // '') ne 'authorization_code';
    my $entry = $self->ledger->valid('instagram_code', $request->form('code'))
        // return $self->error_reply({message => 'Matching code was not found or was already used'});
    return $self->error_reply(
        {
            message =>
                'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request'
        }
    ) if ($request->form('redirect_uri') // '') ne $entry->{redirect_uri};
    $entry->{spent} = 1;
    my $user  = $self->user($entry->{user});
    my $token = $self->_issue($entry, 'short');
    my $answer
        = $self->setting('wrapped')
        ? {data => [{access_token => $token, user_id => $user->{user_id}, permissions => join ',', @{$entry->{scopes}}}]
        }
        : {access_token => $token, user_id => 0 + $user->{user_id}, permissions => $entry->{scopes}};
    return Social::Sandbox::Reply->token(200, $answer);
}

sub _issue ($self, $from, $life) {
    return $self->ledger->issue(
        kind   => 'instagram_token',
        prefix => 'IGAA',
        length => 140,
        ttl    => $self->setting("${life}_ttl"),
        life   => $life,
        user   => $from->{user},
        scopes => $from->{scopes},
    );
}

sub _exchange ($self, $request) {
    return $self->_graph_error({code => 100, message => 'Unsupported grant_type'})
        if ($request->query('grant_type') // '') ne 'ig_exchange_token';
    return $self->_graph_error({code => 101, message => 'Error validating client secret.'})
        if ($request->query('client_secret') // '') ne $self->setting('client_secret');
    my $entry = $self->ledger->valid('instagram_token', $request->query('access_token'));
    return $self->_graph_error({code => 190, message => 'Invalid OAuth access token'})
        if !$entry || $entry->{life} ne 'short';
    return $self->_long($entry);
}

sub _refresh ($self, $request) {
    return $self->_graph_error({code => 100, message => 'Unsupported grant_type'})
        if ($request->query('grant_type') // '') ne 'ig_refresh_token';
    my $entry = $self->ledger->valid('instagram_token', $request->query('access_token'));
    return $self->_graph_error({code => 190, message => 'Invalid OAuth access token'})
        if !$entry || $entry->{life} ne 'long';
    return $self->_graph_error({code => 100, message => 'The token is too young to be refreshed'})
        if $self->now - $entry->{issued} < $YOUNGEST;
    return $self->_long($entry);
}

sub _long ($self, $entry) {
    my $token = $self->_issue($entry, 'long');
    return Social::Sandbox::Reply->token(200,
        {access_token => $token, token_type => 'bearer', expires_in => $self->setting('long_ttl')});
}

sub _me ($self, $request) {
    my $entry
        = $self->ledger->valid('instagram_token', $request->query('access_token') // $request->credentials('Bearer'))
        // return $self->_graph_error({code => 190, type => 'OAuthException', message => 'Invalid OAuth access token'});
    my $user  = $self->user($entry->{user});
    my %value = (
        account_type        => 'BUSINESS',
        media_count         => 3,
        profile_picture_url => "https://instagram.example/$user->{username}.jpg",
        %$user
    );
    my @fields = split /,/, $request->query('fields') // 'id,username';
    my ($bad)  = grep { !$FIELD{$_} } @fields;
    return $self->_graph_error(
        {code => 100, message => "(#100) Tried accessing nonexisting field ($bad) on node type (IGUser)"})
        if defined $bad;
    return Social::Sandbox::Reply->json(200,
        {id => $user->{id}, map { $_ => $value{$_} } grep { defined $value{$_} } @fields});
}

1;
