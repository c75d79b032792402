#!/usr/bin/perl
# Session reads by the million on one worker: none may fail, and the worker must not grow.
#
#   t/load/reads.pl [--millions 10] [--sessions 1000] [--redis]
#
# A tenth of the reads comes first; from then on the memory of the worker has to stay as it is.
# --redis keeps the sessions in a Redis, with copies in shared memory. Needs wrk. Speaks TAP.
use v5.36;

use FindBin;
use lib $FindBin::RealBin =~ s{/load$}{/lib}r, $FindBin::RealBin =~ s{/load$}{/bench/lib}r;

use Bench::Gateways;
use Bench::Wrk;
use Getopt::Long qw(GetOptions);
use Social::Test;
use Social::Test::LoginLoad;

# Anonymous memory may grow by so many bytes: what the allocator takes in one step.
my $SLACK = 512 * 1024;

my %option = (millions => 10, sessions => 1000);
GetOptions(\%option, 'millions=i', 'sessions=i', 'redis') && !@ARGV
    or die "usage: reads.pl [--millions N] [--sessions N] [--redis]\n";

my $t = Social::Test->new(redis => $option{redis} ? 1 : 0, log_level => 'error');
$t->gateway(
    http   => 'keepalive_requests 100000000;',
    server => 'access_log off;',
    site   => {quota => 'limit=1000000000'},
)->start;
my @requests = map {
    my $number = $_;
    ["/api/facebook/session/" . $t->login('facebook'), Bench::Gateways::bearer($t->bearer(exp => time + 7200, jti => "read-$number"))]
} 1 .. $option{sessions};
my $script = $t->file('reads.lua', Bench::Wrk::in_turn(\@requests));
my ($worker) = $t->nginx->workers;

my $warm   = read_for(0.1 * $option{millions});
my $before = Social::Test::LoginLoad::size_of($worker);
my $rest   = read_for(0.9 * $option{millions});
my $after  = Social::Test::LoginLoad::size_of($worker);

diag(
    sprintf '%.1f million reads; anonymous memory %.2f MB, then %.2f MB; descriptors %d, then %d',
    ($warm + $rest) / 1e6,
    $before->{anonymous} / 1e6,
    $after->{anonymous} / 1e6,
    $before->{descriptors}, $after->{descriptors}
);
cmp_ok($warm + $rest, '>=', 1e6 * $option{millions}, "$option{millions} million reads, none fails");
is(($t->nginx->workers)[0], $worker, 'the worker is the same');
cmp_ok($after->{anonymous},   '<',  $before->{anonymous} + $SLACK,   'and does not grow');
cmp_ok($after->{descriptors}, '<=', $before->{descriptors} + 2, 'nor does it keep descriptors');
done_testing();

# At least so many millions of reads; each that fails ends the test.
sub read_for ($millions) {
    my $done = 0;
    while ($done < 1e6 * $millions) {
        my $run = Bench::Wrk::run(url => $t->url('/'), script => $script, pids => [$worker], seconds => 5, connections => 64);
        $done += 5 * $run->{rate};
    }
    return $done;
}
