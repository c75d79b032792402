# X: OAuth 1.0a as the generic provider has it, with X's errors and additions, and the
# routes of OAuth 2.0, app-only tokens and the API.
# https://docs.x.com/resources/fundamentals/authentication
package Social::Sandbox::Twitter;
use v5.36;

use parent -norequire, 'Social::Sandbox::OAuth1';

use Social::Sandbox::OAuth1;
use Social::Sandbox::Reply;
use Social::Sandbox::Twitter::Api;
use Social::Sandbox::Twitter::AppOnly;
use Social::Sandbox::Twitter::OAuth2;

# code => [status, message]
my %ERROR = (
    32  => [401, 'Could not authenticate you.'],
    87  => [403, 'Client is not permitted to perform this action.'],
    88  => [429, 'Rate limit exceeded'],
    89  => [401, 'Invalid or expired token.'],
    99  => [403, 'Unable to verify your credentials'],
    135 => [401, 'Timestamp out of bounds.'],
    215 => [400, 'Bad Authentication data.'],
    220 => [403, 'Your credentials do not allow access to this resource.'],
    261 => [401, 'Application cannot perform write actions.'],
    326 => [403, 'To protect our users from spam and other malicious activity, this account is temporarily locked.'],
    415 => [403, 'Callback URL not approved for this client application.'],
    416 => [401, 'Invalid / suspended application'],
    417 => [401, 'Desktop applications only support the oauth_callback value \'oob\''],
    453 => [
        403,
        'You currently have access to a subset of X API V2 endpoints and limited v1.1 endpoints (e.g. media post, oauth) only.'
    ],
);

my %FAULT = (
    absent    => 215,
    malformed => 215,
    repeated  => 215,
    consumer  => 32,
    method    => 32,
    timestamp => 135,
    token     => 89,
    nonce     => 32,
    signature => 32,
);

sub name ($)  { return 'twitter' }
sub brand ($) { return {name => 'X', color => '#0f1419', night => '#eff3f4'} }

sub table ($self) {
    my $oauth2 = 'Social::Sandbox::Twitter::OAuth2';
    return (
        ['POST', qr{^/oauth/request_token$},              'request_token', $self->can('request_token')],
        ['GET',  qr{^/oauth/(?:authenticate|authorize)$}, 'authenticate',  $self->can('authorize')],
        ['POST', qr{^/oauth/access_token$},               'access_token',  \&_access_token],
        ['POST', qr{^/consent$}, 'consent', \&Social::Sandbox::Mount::answer_consent],
        [
            'POST',             qr{^/1\.1/oauth/invalidate_token(?:\.json)?$},
            'invalidate_token', \&Social::Sandbox::Twitter::Api::invalidate
        ],
        [
            'GET',                qr{^/1\.1/account/verify_credentials\.json$},
            'verify_credentials', \&Social::Sandbox::Twitter::Api::verify_credentials
        ],
        ['GET',  qr{^/1\.1/search/tweets\.json$}, 'search',        \&Social::Sandbox::Twitter::Api::search_v1],
        ['GET',  qr{^/2/tweets/search/recent$},   'search_recent', \&Social::Sandbox::Twitter::Api::search],
        ['POST', qr{^/2/tweets$},                 'tweets',        \&Social::Sandbox::Twitter::Api::create_tweet],
        ['GET',  qr{^/2/users/me$},               'me',            \&Social::Sandbox::Twitter::Api::me],
        ['POST', qr{^/oauth2/token$},             'app_token',     \&Social::Sandbox::Twitter::AppOnly::token],
        [
            'POST',                 qr{^/oauth2/invalidate_token$},
            'invalidate_app_token', \&Social::Sandbox::Twitter::AppOnly::invalidate
        ],
        ['GET',  qr{^/(?:i|2)/oauth2/authorize$}, 'authorize',              $oauth2->can('authorize')],
        ['POST', qr{^/2/oauth2/token$},           $oauth2->can('endpoint'), $oauth2->can('token')],
        ['POST', qr{^/2/oauth2/revoke$},          'revoke',                 $oauth2->can('revoke')],
    );
}

sub defaults ($self) {
    return (
        $self->SUPER::defaults,

        # Errors of the callback list as XML, as older deployments had them.
        xml_errors => 0,

        # Whether the plan still reads v1.1.
        v1_reads => 1,

        # OAuth 2.0: a public client has no secret and names itself in the body.
        public_client => 0,
        code_ttl      => 30,
        access_ttl    => 7_200,

        # X gives one app-only token until it is invalidated; this many requests are not too many.
        app_token_requests => 100,
        rate_limit         => 75,
        credits            => 1,
    );
}

# The account that owns the app, whose tokens an operator may have in the configuration.
sub restore ($self) {
    $self->SUPER::restore;
    $self->{rates}              = {};
    $self->{app_token_requests} = 0;
    $self->{app_token}          = undef;
    return;
}

sub default_users ($self) {
    return (
        ovan     => {key => 'ovan', id => '6253282', name => 'Ovan Donnovan', screen_name => 'ovan'},
        kucamera =>
            {key => 'kucamera', id => $self->setting('owner_id'), name => 'Ku Camera', screen_name => 'KuCamera'},
    );
}

# OAuth 1.0a user tokens: those from logins, and the owner's from the app's own page.
sub judge ($self, $request, @kinds) {
    my ($token, $secret) = map { $self->setting($_) } qw(owner_token owner_token_secret);
    if (!$self->ledger->find('twitter_user_token', $token)) {
        $self->ledger->issue(kind => 'twitter_user_token', value => $token, secret => $secret, user => 'kucamera');
        $self->ledger->note_secret($secret);
    }
    return $self->SUPER::judge($request, @kinds);
}

# A user has one token for the app: it is the same at each login, until it is invalidated.
sub user_token ($self, $user) {
    my $known = $self->ledger->first_valid('twitter_user_token', sub ($token) { $token->{user} eq $user->{key} });
    return $known // $self->SUPER::user_token($user);
}

# error_reply({code => 88}) or, from a signature, {fault => …}
sub error_reply ($self, $error) {
    my $code = $error->{code} // $FAULT{$error->{fault} // ''} // 32;
    my ($status, $message) = @{$ERROR{$code} // [400, 'Error']};
    return Social::Sandbox::Reply->json($error->{status} // $status,
        {errors => [{code => $code, message => $error->{message} // $message}]});
}

sub callback_refused ($self, $callback) {
    return $self->error_reply({code => 415}) if !$self->setting('xml_errors');
    return Social::Sandbox::Reply->new(
        403,
        'application/xml; charset=utf-8',
        qq(<?xml version='1.0' encoding='UTF-8'?><errors><error code="415">$ERROR{415}[1]</error></errors>)
    );
}

sub not_found ($self, $request) {
    return Social::Sandbox::Reply->json(404, {errors => [{code => 34, message => 'Sorry, that page does not exist'}]});
}

sub wrong_method ($self, $request) {
    return Social::Sandbox::Reply->json(405,
        {errors => [{code => 86, message => 'This method requires another HTTP method.'}]});
}

# Both kinds of logins end here.
sub approve ($self, $login, $user) {
    return Social::Sandbox::Twitter::OAuth2::approve($self, $login, $user) if $login->{oauth2};
    return $self->SUPER::approve($login, $user);
}

# OAuth 1.0a refuses by way of a page whose link leads back.
sub refuse ($self, $login) {
    return Social::Sandbox::Twitter::OAuth2::refuse($self, $login) if $login->{oauth2};
    my $link = $self->SUPER::refuse($login)->headers->{Location};
    return Social::Sandbox::Reply->html(200, $self->sandbox->consent->refused_page($self->brand, $link));
}

sub _access_token ($self, $request) {
    my $reply = $self->access_token($request);
    return $reply if $reply->status != 401 || $reply->type =~ /json/;
    return Social::Sandbox::Reply->text(401, 'Request token missing');
}

1;
