# The index of one user's sessions in Redis: it has the sessions that live, and no others.
use lib 't/lib';
use Social::Test;

use Digest::SHA qw(sha256);
use Social::Sandbox::Defaults;
use Social::Test::Redis::Cluster;
use File::Temp  qw(tempdir);
use Time::HiRes qw(sleep time);

my $t       = Social::Test->new(redis => 1);
my %gateway = (
    providers => [qw(facebook instagraph)],
    social    => {social_store => $t->redis->url . ' cache=off', social_session_ttl => '1h'}
);
$t->gateway(%gateway)->start;
my $redis = $t->redis;

# Sets of owners, as this version names them.
sub sets {
    return grep { $redis->command('TYPE', $_) eq 'zset' } $redis->keys('social:o:*');
}

# The key of the session that is opened by the login.
sub login_and_key ($provider = 'facebook') {
    my %before = map { $_ => 1 } $redis->keys('social:s:*');
    my $id     = $t->login($provider);
    my ($key)  = grep { !$before{$_} } $redis->keys('social:s:*');
    return ($id, $key);
}

sub member_of ($key) { return pack 'H*', $key =~ s/^social:s://r }

sub deauthorize ($at = $t) {
    my $made = $at->sandbox->control(signed_request => {});
    $at->secret($made->{signed_request});
    return $at->request(POST => '/facebook/deauthorize', form => {signed_request => $made->{signed_request}})->status;
}

subtest 'sessions that are deleted' => sub {
    my @ids = map { $t->login($_ % 2 ? 'facebook' : 'instagraph') } 1 .. 6;
    my ($set, @more) = sets();
    is_deeply(\@more, [], 'sessions of both blocks are in one set');
    is($redis->command('ZCARD', $set), 6,   'the set of the owner has six members');
    is($t->delete_session($_)->status, 204, 'a session of the owner is deleted') for @ids[0 .. 3];
    is($redis->command('ZCARD', $set), 2,   'two are left in the set');
    is($t->delete_session($_)->status, 204, 'a late session of the owner is deleted') for @ids[4, 5];
    is_deeply([sets()],                                                [], 'no set is left with the last');
    is_deeply([grep { $redis->command('PTTL', $_) < 0 } $redis->keys], [], 'every key has a time to live');
};

subtest 'the set lives as long as its longest member' => sub {
    my ($id, $key) = login_and_key();
    my ($set) = sets();
    my $score = $redis->command('ZSCORE', $set, member_of($key));
    my $ends  = $redis->command('PEXPIRETIME', $set);
    is($ends, $score, 'the set ends with its longest session');
    cmp_ok(abs($redis->command('PEXPIRETIME', $key) - $score), '<', 1500, 'the longest session ends with the set');
    $redis->command('ZADD', $set, $score + 7_200_000, 'x' x 32);
    my $second = $t->login('facebook');
    is($redis->command('PEXPIRETIME', $set), $score + 7_200_000, 'a longer one prolongs it');
    $redis->command('ZREM', $set, 'x' x 32);
    is($t->delete_session($second)->status, 204, 'the longer session is deleted');
    cmp_ok($redis->command('PTTL', $set), '<=', 3_600_000, 'deleting the longer session shortens the life of the set');
    is($t->delete_session($id)->status, 204, 'the shorter session is deleted');
};

subtest 'sessions that expire' => sub {
    $t->gateway(%gateway, social => {%{$gateway{social}}, social_session_ttl => '1s'});
    $t->reload;
    $t->login('facebook') for 1 .. 3;
    sleep 1.1;
    my $id = $t->login('facebook');
    my ($set) = sets();
    is($redis->command('ZCARD', $set), 1, 'expired members leave the set at the next login');
    sleep 1.1;
    is_deeply([sets()], [], 'the set goes with its last member');
    $t->gateway(%gateway);
    $t->reload;
};

subtest 'members without a session' => sub {
    my ($id, $key) = login_and_key();
    my ($set) = sets();
    $redis->command('ZADD', $set, '4000000000000', pack 'NNx24', 7, $_) for 1 .. 230;
    $t->sandbox->reset_calls;
    is($t->delete_session($id)->status,       204, 'the session beside expired members is deleted');
    is($t->sandbox->calls('facebook.revoke'), 1,   'the last live session revokes the grant');
    is_deeply([sets()], [], 'expired members leave no set');

    my @ids = map { $t->login('facebook') } 1 .. 3;
    $redis->command('ZADD', $set, '4000000000000', pack 'NNx24', 7, $_) for 1 .. 230;
    my $trips  = sub { $redis->command('INFO', 'commandstats') =~ /cmdstat_evalsha:calls=(\d+)/ ? $1 : 0 };
    my $before = $trips->();
    is(deauthorize(), 200, 'expired members do not stop a deauthorize call');
    is_deeply([map { $t->session_status($_) } @ids], [404, 404, 404], 'the sessions are gone');
    is_deeply([sets()],                              [],              'the deauthorize call removes the set');
    cmp_ok($trips->() - $before, '<', 8, 'a deauthorize call takes a few scripts');
};

subtest 'sets of an earlier version' => sub {

    # As it was named: a digest of the block and the user's id.
    my $user   = $t->session('facebook', my $probe = $t->login('facebook'))->{profile}{id};
    my $former = 'social:o:' . unpack 'H*', substr sha256(join "\0", 'owner', 'instagraph', $user), 0, 8;
    is($t->delete_session($probe)->status, 204, 'the user is known');

    my ($old, $key) = login_and_key('instagraph');
    my ($set) = sets();
    $redis->command('ZREM',    $set,    member_of($key));
    $redis->command('SADD',    $former, member_of($key), 'y' x 32);
    $redis->command('PEXPIRE', $former, 3_600_000);
    my $new = $t->login('facebook');
    $t->sandbox->reset_calls;
    is($t->delete_session($new)->status,      204, 'a new session is deleted');
    is($t->sandbox->calls('facebook.revoke'), 0,   'the grant stays for the old one');
    is($redis->command('EXISTS', $former),    0,   'the old set is gone');
    is($redis->command('ZCARD', $set),        1,   'the new set holds the session of the old one');
    is($t->delete_session($old)->status,      204, 'the old session is deleted');
    is($t->sandbox->calls('facebook.revoke'), 1,   'deleting the last session revokes the grant');

    ($old, $key) = login_and_key('instagraph');
    $redis->command('ZREM',    $set,    member_of($key));
    $redis->command('SADD',    $former, member_of($key));
    $redis->command('PEXPIRE', $former, 3_600_000);
    is(deauthorize(),            200, 'a user takes the permission away');
    is($t->session_status($old), 404, 'the deauthorize call removes the old session');
};

subtest 'a copy of this machine ends with the sessions of its user, although Redis tells nobody' => sub {
    my $server = Social::Test::Redis->new(dir => tempdir(CLEANUP => 1))->start;
    $server->command('ACL', 'SETUSER', 'social', 'on', '>secret-of-redis-0123', '~*', '&*', '+@all',
        '-client|tracking');
    my $untold = Social::Test->new(redis => $server);
    $untold->gateway(
        providers => ['facebook'],
        social    => {social_store => 'redis://social:secret-of-redis-0123@' . $server->address . '/0 cache_ttl=60s'}
    )->start;
    my $id   = $untold->login('facebook');
    my $read = sub { $untold->api(GET => "/api/session/$id", token => $untold->bearer)->status };
    is($read->(),            200, 'a session is read') for 1, 2;
    is(deauthorize($untold), 200, 'its user takes the permission away');
    is($read->(),            404, 'a session of an instance without notice is gone');
};

subtest 'in a cluster' => sub {
    my $cluster = Social::Test::Redis::Cluster->new(dir => tempdir(CLEANUP => 1));
    my $at      = Social::Test->new(redis => $cluster, workers => 2)->tolerate(qr/social: Redis/);
    $at->gateway(providers => [qw(facebook instagraph)], social => {social_store => $cluster->url . ' cache=off'})
        ->start;
    my $gone = sub (@ids) {
        return grep { $at->api(GET => "/api/session/$_", token => $at->bearer)->status == 404 } @ids;
    };
    my @ids = map { $at->login($_ % 2 ? 'facebook' : 'instagraph') } 1 .. 12;
    $at->sandbox->reset_calls;
    for my $id (@ids[0 .. 5]) {
        is($at->api(DELETE => "/api/session/$id", token => $at->bearer)->status, 204, 'a session is deleted');
    }
    is($at->sandbox->calls('facebook.revoke'), 0,   'the grant stays for the others');
    is(deauthorize($at),                       200, 'their user takes the permission away');
    is(scalar $gone->(@ids),                   12,  'the deauthorize call removes all sessions of the user');
    my $last = $at->login('facebook');
    is($at->api(DELETE => "/api/session/$last", token => $at->bearer)->status,
        204, 'a session after the deauthorize call is deleted');
    is($at->sandbox->calls('facebook.revoke'), 1, 'deleting the last session revokes the grant of the cluster');
    is_deeply([grep {/^social:o:/} $cluster->keys], [], 'no set is left');
};

done_testing;
