# A session that can be stored can be refreshed and read again, whatever its profile is like. The limits
# of a profile are checked at the login.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep);

# The provider rotates the refresh token each time, and takes it once. A token lives for a second.
my $t = Social::Test->new(workers => 2, redis => 0)->gateway(
    providers => ['oauth2'],
    social    => {social_store => 'memory size=1m'},
)->start;
my $sandbox = $t->sandbox;
$sandbox->configure('oidc', access_ttl => 1);
my $DEPTH = 64;    # arrays and objects inside one another, in the answer of a provider

# The answer to a login whose profile URL gives that.
sub log_in ($profile) {
    $sandbox->reset_calls;
    $sandbox->behave('oidc.userinfo', json => $profile, times => 1);
    return $t->browser->login('oauth2', redirect => 'https://mysite.example/');
}

# An answer of the profile URL that has so many levels, its own object included.
sub nested ($levels) {
    my $value = 'the innermost';
    $value = [$value] for 2 .. $levels;
    return {sub => '1', deep => $value};
}

for my $levels (2, $DEPTH - 1, $DEPTH) {
    subtest "a profile of $levels levels" => sub {
        my $profile = nested($levels);
        my $id      = log_in($profile)->session_id;
        my $before  = $t->session('oauth2', $id);
        is_deeply($before->{profile}, $profile, 'the nested profile is in the session');
        my $token = $before->{token};
        for my $refreshes (1 .. 3) {
            sleep 1.05;
            my $after = $t->session('oauth2', $id);
            is_deeply($after->{profile}, $profile, "the profile survives $refreshes refreshes");
            isnt($after->{token}, $token, "$refreshes refreshes exchange the token");
            $token = $after->{token};
        }
        cmp_ok($sandbox->calls('oidc.refresh'), '>=', 3, 'the provider has rotated the refresh token each time');
        is($t->api(DELETE => "/api/oauth2/session/$id", token => $t->bearer)->status,
            204, 'a session with a nested profile can be deleted');
    };
}

subtest 'a profile that is too deep' => sub {
    is_page(log_in(nested($DEPTH + 1)), 502, qr/oauth2/, 'a profile that is too deep is refused at the login');
    is($sandbox->calls('oidc.refresh'), 0, 'a refused profile spends no refresh token');
};

subtest 'large profiles' => sub {
    for my $kilobytes (16, 128, 512) {
        my $id = log_in({sub => '1', text => 'x' x (1024 * $kilobytes)})->session_id;
        for my $refreshes (1, 2) {
            sleep 1.05;
            my $session = $t->session('oauth2', $id);
            is(length $session->{profile}{text}, 1024 * $kilobytes, "$kilobytes KiB, after $refreshes refreshes");
        }
        is($t->api(DELETE => "/api/oauth2/session/$id", token => $t->bearer)->status,
            204, "a session of $kilobytes KiB can be deleted");
    }
    is_page(log_in({sub => '1', text => 'x' x 1_000_000}), 503, qr/./,
        'a profile without room in the store is refused');
    is($sandbox->calls('oidc.refresh'), 0, 'a session too large for the store spends no refresh token');
};

done_testing;
