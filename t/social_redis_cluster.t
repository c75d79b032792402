# Sessions in a cluster: a slot moves under traffic, a primary dies, and the gateway goes along.
use lib 't/lib';
use Social::Test;
use Social::Test::Redis::Cluster;

use File::Temp  qw(tempdir);
use Time::HiRes qw(sleep time);

my $redis = Social::Test::Redis::Cluster->new(dir => tempdir(CLEANUP => 1));
my $t     = Social::Test->new(redis => $redis, workers => 2)->tolerate(qr/social: Redis/);
$t->gateway(
    providers => ['facebook', 'twitter_oauth2'],
    site      => {quota        => 'limit=10000'},
    social    => {social_store => $redis->url . ' wait=1 timeout=800ms cache=off'}
)->start;

my @ids = ((map { $t->login('facebook') } 1 .. 20), $t->login('twitter_oauth2'));
is(scalar(grep { $t->session_status($_) == 200 } @ids), 21, 'sessions are stored and found');
my %homes = map { ($redis->home_of($_))[0]->port => 1 } $redis->keys('social:s:*');
is(scalar keys %homes, 3, 'the sessions are on all three primaries');
my @eternal = grep {
    my $key = $_;
    ($redis->home_of($key))[0]->command('PTTL', $key) < 0
} $redis->keys;
is_deeply(\@eternal, [], 'every key has a time to live');
is($t->api(DELETE => "/api/facebook/session/$ids[0]", token => $t->bearer)->status, 204, 'a session is deleted');
is($t->session_status(shift @ids),                                                  404, 'a deleted session is gone');

subtest 'a slot moves while its sessions are read' => sub {
    my ($key) = $redis->keys('social:s:*');
    my ($from, $slot) = $redis->home_of($key);
    my ($to) = grep { $_->port != $from->port } $redis->primaries;
    my $mover = fork // die "fork: $!";
    if (!$mover) {
        $redis->move_slot(
            $slot,
            Social::Test::Redis->new(dir => $from->{dir}, port => $from->port),
            Social::Test::Redis->new(dir => $to->{dir},   port => $to->port)
        );
        require POSIX;
        POSIX::_exit(0);
    }
    my %status;
    my $deadline = time + 2;
    $status{$t->session_status($ids[$status{n}++ % @ids])}++ while time < $deadline;
    waitpid $mover, 0;
    is($?, 0, 'the move of the slots succeeds');
    my $reads = delete $status{n};
    is_deeply(\%status, {200 => $reads}, "none of $reads reads fails while the slot moves");
    is(($redis->home_of($key))[0]->port, $to->port, 'the slot is at its new home');
};

subtest 'a key that is on its way is asked for at its new home' => sub {
    my ($key) = $redis->keys('social:s:*');
    my ($from, $slot) = $redis->home_of($key);
    my ($to) = grep { $_->port != $from->port } $redis->primaries;
    $redis->begin_move($slot, $from, $to);
    $from->command('MIGRATE', '127.0.0.1', $to->port, $key, 0, 2000);
    my $reply = eval { $from->command('GET', $key) } // $@;
    like($reply, qr/^redis: ASK $slot /, 'its old home says where it is');
    is_deeply([grep { $t->session_status($_) != 200 } @ids], [], 'all sessions are found while the slot migrates');
    my $id = $t->login('facebook');
    is($t->session_status($id), 200, 'new sessions are stored after the failover');
    $redis->end_move($slot, $from, $to);
    is_deeply([grep { $t->session_status($_) != 200 } @ids], [], 'all sessions are found after the slot has moved');
};

subtest 'copies over a cluster' => sub {
    my $tell    = 'add_header X-Store $social_store always;';
    my %social  = (social_store => $redis->url . ' cache_ttl=60s');
    my $one     = Social::Test->new(redis => $redis);
    my @gateway = ($one, Social::Test->new(beside => $one));
    $_->gateway(server => $tell, social => \%social)->tolerate(qr/social: Redis/)->start for @gateway;
    my $read = sub ($of, $id) {
        my $response = $gateway[$of]->api(GET => "/api/facebook/session/$id", token => $gateway[$of]->bearer);
        return $response->status . ' ' . $response->header('X-Store');
    };
    for my $round (1 .. 3) {
        my $id = $gateway[0]->login('facebook');
        $read->(1, $id) for 1, 2;
        is($read->(1, $id), '200 hit', 'the other gateway has a copy');
        is($gateway[0]->api(DELETE => "/api/facebook/session/$id", token => $gateway[0]->bearer)->status,
            204, 'the session is deleted');
        ok($gateway[1]->wait_for(sub { $read->(1, $id) =~ /^404/ }, 5), 'the copy at the other gateway is invalidated');
    }
};

subtest 'a primary dies' => sub {
    my ($victim) = $redis->primaries;
    $victim->crash;
    my $begin = time;
    my %status;
    my ($whole, $rounds) = (0, 0);
    while ($whole < 3 && time - $begin < 30) {
        my @status = map { $t->session_status($_) } @ids;
        $status{$_}++ for @status;
        $whole = (grep { $_ != 200 } @status) ? 0 : $whole + 1;
    }
    my $seconds = time - $begin;
    is($whole, 3, 'all sessions are found after the failover');
    note sprintf 'a primary killed: all slots served again after %.1f s, answers %s', $seconds,
        join ' ', map {"$_: $status{$_}"} sort keys %status;
    is_deeply([grep { !/^(?:200|503)$/ } keys %status], [], 'meanwhile reads end well or with 503');
    my $response = $t->wait_for(
        sub {
            eval { $t->login('facebook') }
        },
        10
    );
    is($t->session_status($response), 200, 'logins work');
};

done_testing;
