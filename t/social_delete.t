# DELETE of a session: forgotten here in every case, and given back at the provider where
# it takes tokens back.
use lib 't/lib';
use Social::Test;

my @all = qw(facebook instagraph twitter twitter_oauth2 oidc oauth2 oauth1 instagram);
my $t   = Social::Test->new;
my $box = $t->sandbox;
$t->gateway(
    providers => \@all,
    provider  => {
        oauth2 => {revoke_url => $box->url('oidc') . '/revoke'},
        oidc   => {scope      => 'openid profile offline_access'},
        map { $_ => {timeout => '500ms'} } qw(facebook instagraph twitter twitter_oauth2),
    },
)->start;

# What is called to give the tokens of a session back, and how often.
my %revoked_at = (
    facebook       => ['facebook.revoke',          1],
    instagraph     => ['facebook.revoke',          1],
    twitter        => ['twitter.invalidate_token', 1],
    twitter_oauth2 => ['twitter.revoke',           2],
    oidc           => ['oidc.revoke',              2],
    oauth2         => ['oidc.revoke',              2],
);

for my $provider (@all) {
    my ($endpoint, $calls) = @{$revoked_at{$provider} // []};
    subtest "a session of $provider" => sub {
        my $id = $t->login($provider);
        $box->reset_calls;
        my $response = $t->delete_session($id, provider => $provider);
        is($response->status, 204, 'DELETE answers 204');
        is($response->body,   '',  'the 204 of a DELETE has no body');
        $t->is_gone($id, 'a deleted session is gone');
        is_envelope(
            $t->delete_session($id, provider => $provider),
            404,
            'Session not found',
            'a second time there is none'
        );
        if (!$endpoint) {
            is_deeply($box->counters, {}, 'the provider has no way to take the tokens back');
            return;
        }
        is($box->calls($endpoint),                                     $calls, 'the provider has its tokens back');
        is(scalar(grep { $_->{status} != 200 } $box->seen($endpoint)), 0,      'the provider accepts each revocation');
    };
    next if !$endpoint;
    my %failure = (
        'refuses'                 => {status  => 400, json => {error => 'invalid_request'}},
        'is out of order'         => {status  => 500, body => 'oops'},
        'hangs'                   => {hang    => 1},
        'hangs up'                => {close   => 'before'},
        'answers without meaning' => {garbage => 1},
    );
    for my $how (grep { $_ ne 'hangs' || $provider =~ /^twitter|^facebook/ } sort keys %failure) {
        subtest "$provider $how" => sub {
            my $id = $t->login($provider);
            $box->behave($endpoint, %{$failure{$how}});
            is($t->delete_session($id, provider => $provider)->status,
                204, 'the session is deleted although the revocation failed');
            $t->is_gone($id, 'a deleted session is gone although the revocation failed');
            $box->forgive;
        };
    }
}

subtest 'the tokens of X' => sub {
    my $id    = $t->login('twitter_oauth2');
    my $token = $t->session('twitter_oauth2', $id)->{token};
    $t->delete_session($id, provider => 'twitter_oauth2');
    my $hints = join ' ',
        map { $_->{params}{token_type_hint} } grep { $_->{params}{token_type_hint} } $box->seen('twitter.revoke');
    like($hints, qr/refresh_token access_token$/, 'X revokes the refresh token first');
    my $me = $t->request(GET => $box->url('twitter') . '/2/users/me', headers => {Authorization => "Bearer $token"});
    is($me->status, 401, 'a revoked token is refused by X');
};

done_testing;
