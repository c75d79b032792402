# Facebook Login, manual flow: the dialog, and the routes of the Graph API behind it.
# https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
package Social::Sandbox::Facebook;
use v5.36;

use parent 'Social::Sandbox::Mount';

use Mojo::JSON ();
use Social::Sandbox::Facebook::Graph;
use Social::Sandbox::Facebook::Proof;
use Social::Sandbox::Facebook::Tokens;
use Social::Sandbox::Facebook::Users;
use Social::Sandbox::Ledger;
use Social::Sandbox::Reply;

# Versions that are served under their own name, oldest first. Older ones get the oldest.
my @VERSIONS = qw(v21.0 v22.0 v23.0 v24.0 v25.0 v26.0);

my %SCOPE = map { $_ => 1 } qw(
    public_profile email openid business_management ads_management ads_read leads_retrieval
    pages_show_list pages_read_engagement pages_manage_metadata pages_manage_posts
    pages_manage_engagement pages_read_user_content pages_messaging pages_manage_ads
    instagram_basic instagram_manage_messages instagram_manage_comments
    instagram_manage_insights instagram_content_publish read_insights
);

my @DIALOG = qw(
    client_id redirect_uri state response_type scope auth_type config_id
    override_default_response_type display extras
);

# code => [status, type, message] of errors that tests ask for by number.
my %ERROR = (
    1   => [500, 'OAuthException', 'An unknown error has occurred.'],
    2   => [503, 'OAuthException', 'Service temporarily unavailable'],
    4   => [403, 'OAuthException', '(#4) Application request limit reached'],
    10  => [403, 'OAuthException', '(#10) Application does not have permission for this action'],
    17  => [403, 'OAuthException', '(#17) User request limit reached'],
    32  => [403, 'OAuthException', '(#32) Page request limit reached'],
    100 => [400, 'OAuthException', '(#100) Invalid parameter'],
    190 => [400, 'OAuthException', 'Error validating access token'],
    200 => [403, 'OAuthException', '(#200) Permissions error'],
    368 => [403, 'OAuthException', 'The action attempted has been deemed abusive or is otherwise disallowed'],
    613 => [403, 'OAuthException', '(#613) Calls to this api have exceeded the rate limit.'],
);

sub name ($)  { return 'facebook' }
sub brand ($) { return {name => 'Facebook', color => '#0866ff'} }

sub table ($self) {
    my $v = qr{^(?:/(v\d+\.\d+))?};
    return (
        ['GET',  qr{$v/dialog/oauth$}, 'dialog', \&_dialog],
        ['POST', qr{^/consent$}, 'consent', \&Social::Sandbox::Mount::answer_consent],
        [
            'GET|POST',                                    qr{$v/oauth/access_token$},
            \&Social::Sandbox::Facebook::Tokens::endpoint, \&Social::Sandbox::Facebook::Tokens::access_token
        ],
        ['GET',    qr{$v/debug_token$},                     'debug_token', \&Social::Sandbox::Facebook::Tokens::debug],
        ['DELETE', qr{$v/(me|\d+)/permissions(?:/(\w+))?$}, 'revoke',      \&Social::Sandbox::Facebook::Tokens::revoke],
        ['GET',    qr{$v/(me|\d+)/permissions$}, 'permissions', \&Social::Sandbox::Facebook::Tokens::permissions],
        ['GET',    qr{$v/(me|\d+)/accounts$},    'accounts',    \&Social::Sandbox::Facebook::Graph::accounts],
        [
            'GET',                qr{$v/(\d+)/instagram_accounts$},
            'instagram_accounts', \&Social::Sandbox::Facebook::Graph::instagram_accounts
        ],
        ['GET', qr{$v/(me)$},  'me',   \&Social::Sandbox::Facebook::Graph::node],
        ['GET', qr{$v/(\d+)$}, 'node', \&Social::Sandbox::Facebook::Graph::node],
    );
}

sub defaults ($self) {
    return (
        app_name  => 'Sandbox App',
        code_ttl  => 600,
        short_ttl => 5_400,
        long_ttl  => 5_183_944,

        # Whether the dashboard's "Require App Secret" is on.
        require_proof => 0,

        # What X-App-Usage says, in percent.
        usage => 1,

        # System-user tokens come without expires_in.
        omit_expires_in => 0,
    );
}

sub default_users ($self)          { return Social::Sandbox::Facebook::Users::default_users() }
sub numbered_user ($self, $number) { return Social::Sandbox::Facebook::Users::numbered($number) }

# ---- The dialog ----

sub _dialog ($self, $request, $version) {
    return $self->error_page('Unknown version', 'There is no such version of this dialog.')
        if !$self->version($version);
    my $app   = $self->setting('client_id');
    my $wrong = $request->repeated;
    return $self->error_page('Invalid parameter', "Parameter '$wrong' is repeated.") if defined $wrong;
    return $self->error_page('Invalid App ID',    'The provided app ID does not look like a valid app ID.')
        if ($request->query('client_id') // '') ne $app;

    # Never a redirect to an address that the app has not registered.
    my $uri = $request->query('redirect_uri');
    return $self->error_page('URL blocked',
        'This redirect failed because the redirect URI is not on the list of the app.')
        if !$self->is_registered($uri);
    if ($self->setting('strict')) {
        $wrong = $request->unknown(@DIALOG);
        return $self->error_page('Invalid parameter', "There is no parameter '$wrong'.") if defined $wrong;
        return $self->error_page('Missing state',     'A login without state can be forged.')
            if !length($request->query('state') // '');
    }
    return $self->error_page('Invalid response_type', 'This app may ask for a code alone.')
        if ($request->query('response_type') // 'code') !~ /^code(?:[ ,]granted_scopes)?$/;

    my @scopes = grep {length} split /[ ,]+/, $request->query('scope') // '';
    my @bad    = grep { !$SCOPE{$_} } @scopes;
    return $self->error_page('Invalid Scopes: ' . join(', ', @bad), 'Scopes must be known permissions.') if @bad;
    my %scopes = map { $_ => 1 } 'public_profile', @scopes;
    return $self->sandbox->consent->ask(
        $self, $request,
        {
            app_name     => $self->setting('app_name'),
            redirect_uri => $uri,
            state        => $request->query('state'),
            scopes       => [sort keys %scopes],
            wants        => [sort keys %scopes],
        }
    );
}

# The fragment never reaches a server, but browsers carry it along.
sub approve ($self, $login, $user) {
    my %declined = map { $_ => 1 } @{$user->{declines} // []};
    my $code     = $self->ledger->issue(
        kind         => 'facebook_code',
        length       => 160,
        prefix       => 'AQ',
        ttl          => $self->setting('code_ttl'),
        redirect_uri => $login->{redirect_uri},
        user         => $user->{key},
        scopes       => [grep { !$declined{$_} } @{$login->{scopes}}],
    );
    return Social::Sandbox::Reply->redirect_with($login->{redirect_uri},
        [code => $code, defined $login->{state} ? (state => $login->{state}) : ()], '#_=_',);
}

sub refuse ($self, $login) {
    return Social::Sandbox::Reply->redirect_with(
        $login->{redirect_uri},
        [
            error             => 'access_denied',
            error_code        => 200,
            error_description => 'Permissions error',
            error_reason      => 'user_denied',
            defined $login->{state} ? (state => $login->{state}) : (),
        ],
        '#_=_',
    );
}

# ---- Answers of the Graph API ----

# The version that serves a path, undef for one that does not exist yet.
sub version ($self, $asked) {
    return $VERSIONS[-1] if !defined $asked;
    my ($number) = $asked =~ /^v(\d+\.\d+)$/;
    my ($first, $last) = map { substr $_, 1 } @VERSIONS[0, -1];
    return if $number > $last;
    return $number < $first ? $VERSIONS[0] : $asked;
}

sub graph ($self, $data, $version = undef) {
    my $usage = $self->setting('usage');
    return Social::Sandbox::Reply->json(
        200, $data,
        'facebook-api-version' => $self->version($version) // $VERSIONS[-1],
        'X-App-Usage'          => qq({"call_count":$usage,"total_cputime":$usage,"total_time":$usage}),
        'Cache-Control'        => 'private, no-cache, no-store, must-revalidate',
    );
}

# error_reply({code => 190, [subcode => 463], [message => …], [type => …], [status => …]})
sub error_reply ($self, $error) {
    my $code = $error->{code} // 1;
    my ($status, $type, $message) = @{$ERROR{$code} // [400, 'OAuthException', "(#$code) Error"]};
    ($status, $type, $message) = ($error->{status} // $status, $error->{type} // $type, $error->{message} // $message);
    my $trace = 'A' . Social::Sandbox::Ledger::random(22);
    my $usage = $code =~ /^(?:4|17|32|613)$/ ? 100 : $self->setting('usage');
    return Social::Sandbox::Reply->json(
        $status,
        {
            error => {
                message => $message,
                type    => $type,
                code    => $code,
                (defined $error->{subcode} ? (error_subcode => $error->{subcode}) : ()),
                fbtrace_id => $trace,
            }
        },

        # Not the syntax of RFC 9110 §11.6.1: clients have to live with it.
        'WWW-Authenticate' => 'OAuth "Facebook Platform" "'
            . ($code == 190 ? 'invalid_token' : 'invalid_request')
            . qq(" "$message"),
        'X-App-Usage'   => qq({"call_count":$usage,"total_cputime":$usage,"total_time":$usage}),
        'X-FB-Trace-ID' => $trace,
        'Cache-Control' => 'no-store',
    );
}

sub not_found ($self, $request) {
    return $self->error_reply({code => 2500, message => 'Unknown path components: ' . $request->path});
}

sub wrong_method ($self, $request) {
    return $self->error_reply(
        {code => 100, type => 'GraphMethodException', message => 'Unsupported ' . lc($request->method) . ' request'});
}

# POSTs a signed_request to a callback of the app, or only makes one.
sub signed_request ($self, %arg) { return Social::Sandbox::Facebook::Proof::signed_request($self, %arg) }

1;
