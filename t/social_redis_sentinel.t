# A primary behind Sentinel: it fails over under traffic, in order and by a crash, and the
# gateway goes along by itself.
use lib 't/lib';
use Social::Test;
use Social::Test::FakeRedis;
use Social::Test::Redis::Sentinels;

use File::Temp  qw(tempdir);
use Time::HiRes qw(sleep time);

my $redis = Social::Test::Redis::Sentinels->new(dir => tempdir(CLEANUP => 1));
my $t     = Social::Test->new(redis => $redis, workers => 2)->tolerate(qr/social: (?:Redis|no primary)/);
$t->gateway(social => {social_store => $redis->url . ' wait=1 timeout=800ms cache=off'})->start;

my %begun;    # sessions that somebody was told of

sub log_in {
    my $response = $t->browser->login('facebook', redirect => 'https://mysite.example/welcome');
    my $id       = $response->session_id;
    $begun{$id} = 1 if defined $id;
    return defined $id ? 200 : $response->status;
}

is(log_in(), 200, 'a login finds the primary');
my ($id) = keys %begun;
is($t->session_status($id, provider => 'facebook'), 200, 'a read finds the session at the primary');

# Logs in until that has worked ten times in a row: seconds without service.
sub outage ($break) {
    my ($begin, $first_failure, $good, %status) = (time, undef, 0);
    my $last_good = $begin;
    $break->();
    while ($good < 10 && time - $begin < 30) {
        my $status = log_in();
        $status{$status}++;
        if ($status == 200) {
            $good++;
            $last_good = time if $good == 1;
        }
        else {
            $first_failure //= time;
            $good = 0;
        }
    }
    return ($good >= 10, defined $first_failure ? $last_good - $first_failure : 0, \%status);
}

subtest 'a sentinel that sends what is no message ends its connection and no worker' => sub {
    my ($sentinel) = @{$redis->{sentinels}};
    my $fake_redis = Social::Test::FakeRedis->new(dir => tempdir(CLEANUP => 1), redis => $sentinel)->start;
    my $subscribed = "*3\r\n\$9\r\nsubscribe\r\n\$14\r\n+switch-master\r\n:1\r\n";
    my @garbage    = (
        "*1\r\n:1\r\n",
        "*0\r\n",
        "*-1\r\n",
        ":1\r\n",
        "+OK\r\n",
        "-ERR what\r\n",
        "\0\0\0\r\n",
        "*3\r\n:1\r\n:2\r\n:3\r\n",
        "*3\r\n\$7\r\nmessage\r\n:2\r\n*-1\r\n:1\r\n",
        "*3\r\n\$11\r\nunsubscribe\r\n\$14\r\n+switch-master\r\n:0\r\n:1\r\n",
        "*2147483648\r\n",
        ":1\r\n" x 5000,
    );
    my $other   = Social::Test->new(redis => 0);
    my $noticed = sub {
        scalar grep {/social: Redis does not answer: .*, server: \Q@{[$fake_redis->address]}\E/} $other->log->lines;
    };
    my $worker = sub {
        (Social::Test::Process::children_of(map { $_->pid } $other->nginx->processes))[0];
    };
    $other->gateway(social => {social_store => 'redis+sentinel://' . $fake_redis->address . '/mymaster'});
    for my $garbage (map { ($_, $subscribed . $_) } @garbage) {
        $fake_redis->answer_with($garbage, to => 'SUBSCRIBE');
        my $before = $noticed->();
        $other->start;
        my $first   = $worker->();
        my $session = $other->login('facebook');
        my $name    = substr $garbage =~ s/[^\w*\$:+-]+/ /gr, 0, 80;
        ok($other->wait_for(sub { $noticed->() > $before }), "the gateway notices the garbage: $name");
        is($other->api(GET => "/api/facebook/session/$session", token => $other->bearer)->status, 200,
            'sessions go on');
        is($worker->(), $first, 'the worker survives the garbage');
        $other->stop;
    }
    ok($fake_redis->stop, 'the fake Redis ends');
};

my $before = $redis->primary->port;
my ($served, $seconds, $status) = outage(sub { $redis->fail_over });
ok($served,                                                'service resumes after an orderly failover');
ok($t->wait_for(sub { $redis->primary->port != $before }), 'an orderly failover makes another primary');
note sprintf 'orderly failover: %.1f s without service, answers %s', $seconds,
    join ' ', map {"$_: $status->{$_}"} sort keys %$status;
is_deeply([grep { !/^(?:200|503)$/ } keys %$status], [], 'meanwhile logins end well or with 503');

my $primary = $redis->primary;
($served, $seconds, $status) = outage(sub { $primary->crash });
ok($served, 'service resumes after a crash of the primary');
note sprintf 'crash: %.1f s without service, answers %s', $seconds, join ' ',
    map {"$_: $status->{$_}"} sort keys %$status;
is_deeply([grep { !/^(?:200|503)$/ } keys %$status], [], 'meanwhile logins end well or with 503');

# A 503 is no loss yet.
my @lost = grep {
    my $told = $_;
    !$t->wait_for(sub { $t->session_status($told, provider => 'facebook') == 200 }, 3)
} keys %begun;
is_deeply(\@lost, [], 'no session that somebody was told of is lost: ' . keys(%begun) . ' with wait=1');

done_testing;
