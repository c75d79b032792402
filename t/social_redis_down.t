# Redis in trouble is not nginx in trouble: while it is silent, and while it is gone, all else
# that the same worker serves is as fast as before, sessions come from their copies or are a
# 503 in time, and everything recovers by itself.
use lib 't/lib';
use Social::Test;

use POSIX       ();
use Time::HiRes qw(sleep time);

my $TIMEOUT = 0.3;

my $t = Social::Test->new(redis => 1)->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
$t->gateway(
    social => {social_store => $t->redis->url . ' cache_ttl=1s stale=30s timeout=300ms'},
    http   => 'keepalive_requests 100000;',
    server => 'location = /plain { return 200 "plain"; } add_header X-Store $social_store always;',
)->start;
my ($read, $unread);
my $token = $t->bearer;

sub timed_get ($wire, $target, @headers) {
    my $begin = time;
    $wire->put(join "\r\n", "GET $target HTTP/1.1", 'Host: gateway', @headers, '', '');
    my $response = $wire->read_response(timeout => 5);
    return (time - $begin, $response);
}

# A process of its own asks for what has nothing to do with Redis, all the time: its file of
# the milliseconds that each request took.
sub latency_probe ($seconds) {
    my $file = $t->dir . '/latency_probe.' . rand;
    my $pid  = fork // die "fork: $!";
    return ($pid, $file) if $pid;
    my ($wire, $deadline, @took) = ($t->wire, time + $seconds);
    while (time < $deadline) {
        my ($took, $response) = timed_get($wire, '/plain');
        push @took, $response && $response->status == 200 ? 1000 * $took : 99_999;
        sleep 0.002;
    }
    open my $out, '>', $file or POSIX::_exit(1);
    print {$out} map {"$_\n"} sort { $a <=> $b } @took;
    close $out;
    POSIX::_exit(0);
}

# Reads both sessions for so long: {copied => {status => count, slowest => s}, unread => …}.
sub traffic ($seconds) {
    my %seen;
    my ($wire, $deadline) = ($t->wire, time + $seconds);
    while (time < $deadline) {
        for ([copied => $read], [unread => $unread]) {
            my ($name, $id)       = @$_;
            my ($took, $response) = timed_get($wire, "/api/facebook/session/$id", "Authorization: Bearer $token");
            my $word = $response ? join ' ', $response->status, $response->header('X-Store') // () : 'none';
            $seen{$name}{$word}++;
            $seen{$name}{slowest} = $took if $took > ($seen{$name}{slowest} // 0);
        }
        sleep 0.002;
    }
    return \%seen;
}

# Seconds until a login and a read of a session without a copy both work.
sub recovery () {
    my $begin = time;
    $t->wait_for(
        sub {
            defined eval { $t->login('facebook') }
        },
        10
    ) or return 'never';
    return time - $begin;
}

sub trouble ($name, $break, $mend) {
    ($read, $unread) = map { $t->login('facebook') } 1, 2;
    subtest $name => sub {
        is($t->api(GET => "/api/facebook/session/$read", token => $token)->status, 200, 'one session has a copy');
        my ($pid, $file) = latency_probe(3.3);
        $break->();
        my $seen = traffic(3);
        $mend->();
        my $recovery = recovery();
        waitpid $pid, 0;
        open my $in, '<', $file or die "no file: $!";
        chomp(my @took = readline $in);
        my ($p50, $p99) = @took[@took / 2, @took * 0.99];
        my $slow = $seen->{unread}{slowest};
        note sprintf
            '%d requests beside it: p50 %.2f ms, p99 %.2f ms; reads with a copy: slowest %.0f ms; without: %.0f ms; '
            . 'service %.2f s after the end', scalar @took, $p50, $p99, 1000 * $seen->{copied}{slowest}, 1000 * $slow,
            $recovery;
        cmp_ok($p99, '<', 10, 'the p99 of other requests stays below 10 ms');
        delete $_->{slowest} for values %$seen;
        is_deeply([grep { !/^200 (?:hit|stale)$/ } keys %{$seen->{copied}}],
            [], 'a session with a copy is answered from it');
        is_deeply([keys %{$seen->{unread}}], ['503'], 'a session without a copy is a 503');
        cmp_ok($slow,     '<', $TIMEOUT + 0.1, 'a read without a copy ends within the time-out');
        cmp_ok($recovery, '<', 1,              'sessions are served within a second after the outage');
        return;
    };
}

trouble('Redis is silent for three seconds',  sub { $t->redis->pause }, sub { $t->redis->resume });
trouble('Redis is killed, and started again', sub { $t->redis->crash }, sub { $t->redis->start });

done_testing;
