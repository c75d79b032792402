# The other rows of the catalogue, each with its own URLs' place taken by the sandbox.
use lib 't/lib';
use Social::Test;
use Social::Sandbox::Defaults;
use Time::HiRes qw(sleep);

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
    apple     => {issuer => $url, scope => '"openid profile offline_access"'},
    linkedin  => {%oauth2},
    github => {%oauth2, scope => '"profile offline_access"', revoke_url => "$url/applications/$app->{client_id}/token"},
    tiktok => {%oauth2, revoke_url => "$url/revoke"},
);

sub block ($type, %members) {
    my @lines = map { "$_ " . $members{$_} . ';' } sort keys %members;
    return "social_provider $type { type $type; client_id $app->{client_id}; client_secret file:$file; @lines }\n";
}

# strict => 0: the sandbox ignores parameters that are the named providers' own, as access_type.
$box->configure('oidc', strict => 0, redirect_uris => [map { $t->public("/$_/callback") } @names]);
$t->conf(
    sub ($test) {
        return join '', "social_public_url %%URL%%;\nsocial_token_key HS256 @{[$t->token_key_file]};\n",
            "social_site 169 { origin https://mysite.example; }\n", (map { block($_, %{$own{$_}}) } @names),
            "server { listen 127.0.0.1:%%PORT%%; include %%ROOT%%/conf-examples/endpoints.conf; }\n";
    }
)->start;

for my $name (grep { $_ ne 'tiktok' } @names) {
    subtest $name => sub {
        my $id      = $t->login($name);
        my $session = $t->session($name, $id);
        is($session->{profile}{sub}, '248289761001', 'the profile names the user');
        is(length $session->{token}, 48,             'the session holds the token');
        my ($call) = grep { $_->{method} eq 'POST' } reverse $box->seen('oidc.token');
        ok(exists $call->{params}{client_secret}, 'the token request has the client secret in its body');

        # Google and Apple revoke the grant of all sessions, with the last of them.
        is($t->api(DELETE => "/api/$name/session/$id", token => $t->bearer)->status, 204, 'the session is deleted');
    };
}

subtest 'what google is asked for a refresh token' => sub {
    my $location = $t->get('/google/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location;
    like($location, qr/&prompt=consent&access_type=offline$/, "the row's parameter, and the block's own");
};

# A login with a token that has run out by now.
sub login_that_ran_out ($name) {
    $box->configure('oidc', access_ttl => 1);
    my $id = $t->login($name);
    $box->configure('oidc', access_ttl => 3600);
    $box->reset_calls;
    sleep 1.1;
    return $id;
}

subtest 'github takes one token back, named in JSON by its client' => sub {
    my $id = $t->login('github');
    $box->reset_calls;
    is($t->api(DELETE => "/api/github/session/$id", token => $t->bearer)->status, 204, 'a session is deleted');
    my @deletions = $box->seen('oidc.token_deletion');
    is_deeply([map { $_->{status} } @deletions], [204], 'deleting a session revokes its token once');
    is($deletions[0]{headers}{'content-type'}, 'application/json', 'GitHub gets the token in JSON');
    is($box->calls('oidc.revoke'),             0,                  'GitHub gets no other revocation');
};

subtest 'github says with a status of 200 that a refresh token is dead' => sub {
    my $id = login_that_ran_out('github');
    is($t->read_session($id, provider => 'github')->status, 200, 'a token that ran out is renewed');
    $box->behave('oidc.refresh',
        json =>
            {error => 'bad_refresh_token', error_description => 'The refresh token passed is incorrect or expired.'});
    $id = login_that_ran_out('github');
    is_envelope($t->read_session($id, provider => 'github'), 404, 'Session not found', 'a dead one ends the session');
    is($box->calls('oidc.refresh'), 1, 'a dead GitHub refresh token is tried once');
    $box->forgive;
    $id = login_that_ran_out('github');
    $box->behave('oidc.refresh', times => 1, json => {error => 'incorrect_client_credentials'});
    is($t->read_session($id, provider => 'github')->status,
        200, 'another error of GitHub is followed by another refresh');
    $box->forgive;
};

subtest 'apple is not asked for another token' => sub {
    my $id     = login_that_ran_out('apple');
    my $before = $t->read_session($id, provider => 'apple');
    is($before->status, 200, 'a session whose token ran out is there');
    sleep 1.1;
    is($t->read_session($id, provider => 'apple')->body,
        $before->body, 'an Apple session stays as it is after its token expires');
    is($box->calls('oidc.refresh'), 0, 'Apple is not asked for another token');
    is($t->api(DELETE => "/api/apple/session/$id", token => $t->bearer)->status, 204,
        'an Apple session can be deleted');
    is($box->calls('oidc.revoke'), 2, 'deleting an Apple session revokes both tokens');
};

subtest 'google says of a token that went with another that it is invalid' => sub {
    my $id = $t->login('google');
    $box->behave('oidc.revoke', status => 400, json => {error => 'invalid_token'});
    my $complaints = sub {
        scalar grep {/did not take the tokens back/} $t->log->lines;
    };
    my $before = $complaints->();
    is($t->api(DELETE => "/api/google/session/$id", token => $t->bearer)->status, 204, 'the session is deleted');
    is($complaints->(), $before, 'deleting the session logs no error');
    $id = $t->login('google');
    $box->forgive('oidc.revoke');
    $box->behave('oidc.revoke', status => 400, json => {error => 'invalid_client'});
    is($t->api(DELETE => "/api/google/session/$id", token => $t->bearer)->status,
        204, 'a session is deleted although Google refuses the client');
    is($complaints->(), $before + 1, 'other errors of a revocation are logged');
    $box->forgive;
};

subtest 'tiktok' => sub {
    my $browser  = $t->browser;
    my $location = $browser->get('/tiktok/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location;
    like($location, qr/\?response_type=code&client_key=\Q$app->{client_id}\E&/,
        'TikTok calls the client id client_key');
    my ($state) = $location =~ /state=([\w.-]+)/;
    $box->behave(
        'oidc.token',
        json => {
            access_token => 'act.' . 'a' x 40,
            token_type   => 'Bearer',
            expires_in   => 86_400,
            scope        => 'user.info.basic',
            open_id      => 'o-1'
        }
    );
    $box->behave('oidc.userinfo',
        json => {data => {user => {open_id => 'o-1', display_name => 'Ovan'}}, error => {code => 'ok', message => ''}});
    my $response = $browser->get("/tiktok/callback?code=abc&state=$state");
    ok($response->session_id, 'a login ends well');
    my ($call) = $box->seen('oidc.token') ? reverse $box->seen('oidc.token') : ();
    ok(exists $call->{params}{client_key} && !exists $call->{params}{client_id},
        'the token request has that name, too');
    is_deeply(
        $t->session('tiktok', $response->session_id)->{profile},
        {open_id => 'o-1', display_name => 'Ovan'},
        'the profile is two levels down'
    );
    $box->forgive;
    $box->reset_calls;
    $box->behave('oidc.revoke', json => {});
    is($t->api(DELETE => '/api/tiktok/session/' . $response->session_id, token => $t->bearer)->status,
        204, 'a session can be deleted');
    is_deeply(
        [sort keys %{$_->{params}}],
        [qw(client_key client_secret token)],
        'the access token is taken back as documented'
    ) for $box->seen('oidc.revoke');
    is($box->calls('oidc.revoke'), 1, 'TikTok gets one revocation');
    $box->forgive;
    $box->behave('oidc.token',
        json => {access_token => 'act.' . 'b' x 40, token_type => 'Bearer', expires_in => 86_400});
    $box->behave(
        'oidc.userinfo',
        status => 401,
        json   => {data => {}, error => {code => 'access_token_invalid', message => 'no'}}
    );
    ($state) = $browser->get('/tiktok/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->location =~ /state=([\w.-]+)/;
    is_envelope(
        $browser->get("/tiktok/callback?code=abc&state=$state", headers => {Accept => 'application/json'}), 502,
        'tiktok is not answering, please try again',
        devMessage => 'the provider did not say who the user is: HTTP 401, access_token_invalid',
        'TikTok errors appear in devMessage'
    );
};

subtest 'the rows as they are' => sub {
    for my $name (@names) {
        my $conf = "social_public_url http://127.0.0.1;\n" . block($name, ());
        is($t->conf_error($conf), undef, "$name needs client_id and client_secret alone");
    }
};

done_testing;
