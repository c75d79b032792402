# Free loopback ports, taken below the range the kernel uses for outgoing
# connections, so that no client socket of a running test sits on one.
package Social::Test::Port;
use v5.36;

use IO::Socket::INET;

my %given;

sub free {
    my $first = 10_000 + ($$ * 37) % 20_000;
    for my $step (0 .. 4_000) {
        my $port = 10_000 + ($first - 10_000 + $step) % 22_000;
        next if $given{$port};
        my $probe = IO::Socket::INET->new(
            LocalAddr => '127.0.0.1',
            LocalPort => $port,
            Proto     => 'tcp',
            Listen    => 1,
            ReuseAddr => 1,
        ) or next;
        close $probe;
        $given{$port} = 1;
        return $port;
    }
    die "no free loopback port\n";
}

1;
