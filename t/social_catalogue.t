# The other rows of the catalogue, each with its own URLs' place taken by the sandbox.
use lib 't/lib';
use Social::Test;
use Social::Sandbox::Defaults;

my @names = qw(google linkedin github tiktok microsoft apple);
my $t     = Social::Test->new;
my $box   = $t->sandbox;
my $url   = $box->url('oidc');
my $app   = Social::Sandbox::Defaults::app('oidc');
my $file  = $t->secret_file('oidc.secret', "$app->{client_secret}\n");

my %oauth2 = (authorize_url => "$url/authorize", token_url => "$url/token", profile_url => "$url/userinfo");
my %own    = (
    google    => {issuer => $url, authorize_parameter => 'access_type offline'},
    microsoft => {issuer => $url},
    apple     => {issuer => $url},
    linkedin  => {%oauth2},
    github    => {%oauth2, scope => 'profile'},
    tiktok    => {%oauth2},
);

sub block ($type, %members) {
    my @lines = map { "$_ " . $members{$_} . ';' } sort keys %members;
    return "social_provider $type { type $type; client_id $app->{client_id}; client_secret file:$file; @lines }\n";
}

# strict => 0: the sandbox ignores parameters that are the named providers' own, as access_type.
$box->configure('oidc', strict => 0, redirect_uris => [map { $t->public("/$_/callback") } @names]);
$t->conf(sub ($test) {
    return join '', "social_public_url %%URL%%;\nsocial_token_key HS256 @{[$t->token_key_file]};\n",
        "social_site 169 { origin https://mysite.example; }\n", (map { block($_, %{$own{$_}}) } @names),
        "server { listen 127.0.0.1:%%PORT%%; include %%ROOT%%/conf-examples/endpoints.conf; }\n";
})->start;

for my $name (grep { $_ ne 'tiktok' } @names) {
    subtest $name => sub {
        my $session = $t->session($name, $t->login($name));
        is($session->{profile}{sub}, '248289761001', 'says who the user is');
        is(length $session->{token}, 48, 'and gives a token');
        my ($call) = grep { $_->{method} eq 'POST' } reverse $box->seen('oidc.token');
        ok(exists $call->{params}{client_secret}, 'for the secret in the body');
    };
}

subtest 'what google is asked for a refresh token' => sub {
    my $location = $t->get('/google/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location;
    like($location, qr/&prompt=consent&access_type=offline$/, "the row's parameter, and the block's own");
};

subtest 'tiktok' => sub {
    my $browser  = $t->browser;
    my $location = $browser->get('/tiktok/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location;
    like($location, qr/\?response_type=code&client_key=\Q$app->{client_id}\E&/, 'has another name for the client id');
    my ($state) = $location =~ /state=([\w.-]+)/;
    $box->behave('oidc.token', json => {access_token => 'act.' . 'a' x 40, token_type => 'Bearer', expires_in => 86_400, scope => 'user.info.basic', open_id => 'o-1'});
    $box->behave('oidc.userinfo', json => {data => {user => {open_id => 'o-1', display_name => 'Ovan'}}, error => {code => 'ok', message => ''}});
    my $response = $browser->get("/tiktok/callback?code=abc&state=$state");
    ok($response->session_id, 'a login ends well');
    my ($call) = $box->seen('oidc.token')  ? reverse $box->seen('oidc.token') : ();
    ok(exists $call->{params}{client_key} && !exists $call->{params}{client_id}, 'the token request has that name, too');
    is_deeply($t->session('tiktok', $response->session_id)->{profile}, {open_id => 'o-1', display_name => 'Ovan'}, 'the profile is two levels down');
    $box->forgive;
    $box->behave('oidc.token', json => {access_token => 'act.' . 'b' x 40, token_type => 'Bearer', expires_in => 86_400});
    $box->behave('oidc.userinfo', status => 401, json => {data => {}, error => {code => 'access_token_invalid', message => 'no'}});
    ($state) = $browser->get('/tiktok/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location =~ /state=([\w.-]+)/;
    is_envelope(
        $browser->get("/tiktok/callback?code=abc&state=$state", headers => {Accept => 'application/json'}), 502,
        'tiktok is not answering, please try again',
        devMessage => 'the provider did not say who the user is: HTTP 401, access_token_invalid',
        'and its errors have names'
    );
};

subtest 'the rows as they are' => sub {
    for my $name (@names) {
        my $conf = "social_public_url http://127.0.0.1;\n" . block($name, ());
        is($t->conf_error($conf), undef, "$name needs client_id and client_secret alone");
    }
};

done_testing;
