# Sessions of one user of one app share what the user granted to the app. Where a revocation ends
# all of it, it waits for the last of them.
use lib 't/lib';
use Social::Test;

use Social::Sandbox::Defaults;
use Time::HiRes qw(sleep time);

my @SITES = (169, 170);

sub configure ($t, %arg) {
    my $box = $t->sandbox;
    my $app = Social::Sandbox::Defaults::app('oidc');
    $t->secret_file('oidc.secret', "$app->{client_secret}\n");
    $box->configure('oidc', strict => 0, revocation => 'grant');
    my $google
        = "social_provider google { type google; client_id $app->{client_id}; client_secret file:"
        . $t->secret_file('oidc.secret', '')
        . '; issuer '
        . $box->url('oidc')
        . '; scope "openid profile email offline_access"; }';
    $t->gateway(
        providers => [qw(facebook instagraph twitter twitter_oauth2 oidc)],
        provider  => {
            oidc => {scope => 'openid profile offline_access'},
            map { $_ => {timeout => '2s'} } qw(facebook instagraph)
        },
        sites => {169 => {}, 170 => {origin => 'https://other.example'}},
        http  => $google,
        %arg,
    );
    $box->configure('oidc', redirect_uris => [map { $t->public("/$_/callback") } qw(oidc google)]);
    return $t;
}

my %test = (
    memory => configure(Social::Test->new(redis => 0, workers => 2))->start,
    Redis  => configure(Social::Test->new(redis => 1, workers => 2))->start,
);

# A login at one of the sites: {id, site, provider, token}.
sub log_in ($t, $provider, $site = 169, %arg) {
    my $id
        = $t->login($provider, redirect => $site == 169 ? 'https://mysite.example/' : 'https://other.example/', %arg);
    my $session = $t->api(GET => "/api/$provider/session/$id", token => $t->bearer(site => "$site"))->json;
    return {id => $id, site => $site, provider => $provider, token => $session->{token}};
}

sub delete_status ($t, $session) {
    return $t->delete_session($session->{id}, site => "$session->{site}")->status;
}

# The bytes of that request, for a client that does not wait for the answer.
sub bytes_of ($t, $session) {
    return Social::Test::RawConnection->format_request(
        method    => 'DELETE',
        target    => "/api/session/$session->{id}",
        authority => 'gateway',
        headers   => {Authorization => 'Bearer ' . $t->bearer(site => "$session->{site}")},
    );
}

my %me = (
    facebook       => 'facebook/v26.0/me',
    instagraph     => 'facebook/v26.0/me',
    google         => 'oidc/userinfo',
    oidc           => 'oidc/userinfo',
    twitter_oauth2 => 'twitter/2/users/me'
);

sub token_works ($t, $session) {
    my ($mount, $path) = split m{/}, $me{$session->{provider}}, 2;
    return $t->request(
        GET     => $t->sandbox->url($mount) . "/$path",
        headers => {Authorization => "Bearer $session->{token}"}
    )->status == 200;
}

for my $store (sort keys %test) {
    my $t   = $test{$store};
    my $box = $t->sandbox;

    for my $case (
        ['facebook', 'facebook',   'facebook.revoke', 1],
        ['facebook', 'instagraph', 'facebook.revoke', 1],
        ['google',   'google',     'oidc.revoke',     2]
        )
    {
        my ($one, $two, $endpoint, $calls) = @$case;
        subtest "$store: two sessions of a user, of $one at one site and $two at another" => sub {
            $box->configure($_ => user => 'u1') for qw(facebook oidc);
            my $stranger = log_in($t, $one);
            $box->configure($_ => user => 'ovan') for qw(facebook oidc);
            my @session = (log_in($t, $one, 169), log_in($t, $two, 170));
            $box->reset_calls;
            is(delete_status($t, $session[0]), 204, 'the first is deleted');
            is($box->calls($endpoint),         0,   'the provider is not asked to revoke the grant of both');
            ok(token_works($t, $session[1]), 'the token of the second works');
            is(delete_status($t, $session[1]), 204,    'the second is deleted');
            is($box->calls($endpoint),         $calls, 'the grant is revoked with it');
            ok(!token_works($t, $_),        'revoking the grant kills the token') for @session;
            ok(token_works($t,  $stranger), 'the token of another user works');
            is(delete_status($t, $stranger), 204, 'the session of another user is deleted');
        };
    }

    subtest "$store: two sessions of X, whose tokens are revoked one by one" => sub {
        my @session = map { log_in($t, 'twitter_oauth2', $_) } @SITES;
        $box->reset_calls;
        is(delete_status($t, $session[0]), 204, 'the first is deleted');
        is($box->calls('twitter.revoke'),  2,   'deleting the first session revokes both of its tokens');
        ok(!token_works($t, $session[0]), 'the token of the deleted session is dead');
        ok(token_works($t,  $session[1]), 'the token of the second session works');
        is(delete_status($t, $session[1]), 204, 'the second is deleted');
    };

    subtest "$store: two sessions of X by OAuth 1.0a, which have one token" => sub {
        my @session = map { log_in($t, 'twitter', $_) } @SITES;
        $box->reset_calls;
        is(delete_status($t, $session[0]),          204, 'the first is deleted');
        is($box->calls('twitter.invalidate_token'), 0,   'the token is the other session\'s, too');
        is(delete_status($t, $session[1]),          204, 'the second is deleted');
        is($box->calls('twitter.invalidate_token'), 1,   'deleting the last session invalidates the token');
    };

    subtest "$store: the last two sessions end at the same time" => sub {
        for my $round (1 .. 8) {
            my @session = (log_in($t, 'facebook', 169), log_in($t, 'instagraph', 170));
            $box->reset_calls;
            my @wires = map { $t->wire } @session;
            $wires[$_]->put(bytes_of($t, $session[$_])) for 0, 1;
            is_deeply([map { $_->read_response->status } @wires], [204, 204], "round $round: both are deleted");
            is($box->calls('facebook.revoke'), 1, "round $round: the grant is revoked once");
            ok(!token_works($t, $session[0]), "round $round: the token is dead");
        }
    };

    subtest "$store: a login while the grant is being revoked" => sub {
        my $first = log_in($t, 'facebook');
        $box->reset_calls;
        $box->behave('facebook.revoke', times => 1, delay => 1200);
        my $wire = $t->wire;
        $wire->put(bytes_of($t, $first));
        ok($t->wait_for(sub { $box->calls('facebook.revoke') == 1 }), 'the provider is asked to revoke');
        my $second = log_in($t, 'facebook', 170);
        is($wire->read_response->status, 204, 'the first session is deleted');
        ok(token_works($t, $second), 'the token of the new session works');
        is($t->api(GET => "/api/session/$second->{id}", token => $t->bearer(site => '170'))->status,
            200, 'the new session is readable');
        is(delete_status($t, $second),     204, 'the second session is deleted');
        is($box->calls('facebook.revoke'), 2,   'deleting the second session revokes its grant');
        ok(!token_works($t, $second), 'the token of the deleted session is dead');
    };

    subtest "$store: a login whose token died with the grant" => sub {
        my $first = log_in($t, 'facebook');

        # The profile comes late, and the grant is revoked in between.
        $box->behave('facebook.accounts', times => 1, delay => 800);
        $box->reset_calls;
        my $browser = $t->browser;
        my $url     = $browser->callback_of('facebook', redirect => 'https://other.example/');
        my $wire    = $t->wire;
        $wire->put($browser->bytes_of('GET', $browser->target_of($url)));
        ok($t->wait_for(sub { $box->calls('facebook.accounts') == 1 }), 'a login has its token');
        is(delete_status($t, $first), 204, 'the only session is deleted');
        my $response = $wire->read_response(timeout => 15);
        is($response->status, 502, 'the login gets no session with a dead token');
        like($response->body, qr{/facebook/auth\?redirectUrl=}, 'the page links to another login');
        my $again = log_in($t, 'facebook', 170);
        ok(token_works($t, $again), 'the token of the repeated login works');
        is(delete_status($t, $again), 204, 'the session of the repeated login is deleted');
    };

    subtest "$store: a client that leaves does not stop the revocation" => sub {
        my $session = log_in($t, 'twitter_oauth2');
        $box->reset_calls;
        $box->behave('twitter.revoke', times => 1, delay => 500);
        my $wire = $t->wire;
        $wire->put(bytes_of($t, $session));
        ok($t->wait_for(sub { $box->calls('twitter.revoke') == 1 }), 'the first token is being revoked');
        $wire->hang_up;
        ok( $t->wait_for(sub { $box->calls('twitter.revoke') == 2 }),
            'the second token is revoked after the client left'
        );
        ok($t->wait_for(sub { !token_works($t, $session) }), 'the token is dead');
        is($t->api(GET => "/api/session/$session->{id}", token => $t->bearer)->status, 404, 'the session is gone');
    };

    subtest "$store: a worker that is told to quit finishes a revocation" => sub {
        my $session = log_in($t, 'twitter_oauth2');
        $box->reset_calls;
        $box->behave('twitter.revoke', times => 1, delay => 1000);
        my $wire = $t->wire;
        $wire->put(bytes_of($t, $session));
        ok($t->wait_for(sub { $box->calls('twitter.revoke') == 1 }), 'the first token is being revoked');
        $wire->hang_up;
        $t->reload;
        ok($t->wait_for(sub { $box->calls('twitter.revoke') == 2 }), 'the second is revoked by the worker that leaves');
    };
}

subtest 'revocation_scope' => sub {
    my $t   = $test{memory};
    my $box = $t->sandbox;
    configure($t, provider => {oidc => {scope => 'openid profile offline_access', revocation_scope => 'grant'}});
    $t->reload;
    my @session = map { log_in($t, 'oidc', $_) } @SITES;
    $box->reset_calls;
    is(delete_status($t, $session[0]), 204, 'a session of a server that revokes grants is deleted');
    is($box->calls('oidc.revoke'),     0,   'deleting the first session revokes no token');
    ok(token_works($t, $session[1]), 'the token of the other works');
    is(delete_status($t, $session[1]), 204, 'the second session of the grant is deleted');
    cmp_ok($box->calls('oidc.revoke'), '>', 0, 'deleting the last session revokes the grant');

    my $says = sub ($like, $name, $provider, @value) {
        like($t->conf_error(providers => [$provider], provider => {$provider => {revocation_scope => @value}}),
            $like, $name);
    };
    is($t->conf_error(providers => ['oidc'], provider => {oidc => {revocation_scope => $_}}), undef, "takes $_")
        for qw(token grant);
    $says->(qr/"revocation_scope" takes "token" or "grant"/, 'takes nothing else', oidc => 'user');
    $says->(qr/"revocation_scope" is duplicate/,             'stands once',        oidc => [qw(token grant)]);
    $says->(
        qr/has a member that its type does not use, remove it.*revocation_scope of type facebook/,
        'is for types that revoke so',
        facebook => 'token'
    );
};

done_testing;
