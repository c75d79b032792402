#!/usr/bin/perl
# A gateway under a mix of everything that clients do, while nginx, Redis and the providers are
# disturbed. At the end it compares what happened with what README promises.
#
#   t/load/soak.pl [--minutes 20] [--seed N] [--stores memory,redis] [--clients 6] [--keep DIR]
#
# The time is divided among the stores. The seed decides about actions and disturbances; the times
# at which they happen are those of the machine. --keep copies the histories and logs to a directory.
# Speaks TAP, and ends with the line "N passed, N failed".
use v5.36;

use FindBin;
use lib $FindBin::RealBin =~ s{/load$}{/lib}r, "$FindBin::RealBin/lib";

use Getopt::Long qw(GetOptions);
use Soak::Run;
use Test::More;

my %option = (minutes => 20, seed => time % 1_000_000, stores => 'memory,redis', clients => 6);
GetOptions(\%option, 'minutes=f', 'seed=i', 'stores=s', 'clients=i', 'keep=s') && !@ARGV
    or die "usage: soak.pl [--minutes N] [--seed N] [--stores memory,redis] [--clients N] [--keep DIR]\n";

STDOUT->autoflush(1);
my @stores = split /,/, $option{stores};
note("seed $option{seed}, $option{minutes} minutes, $option{clients} clients");
for my $store (@stores) {
    my $run = Soak::Run->new(
        store   => $store,
        seconds => 60 * $option{minutes} / @stores,
        seed    => $option{seed},
        clients => $option{clients},
    );
    $run->run;
    system 'cp', '-r', $run->test->dir, "$option{keep}/$store" if defined $option{keep};
}
Test::More::done_testing();

my $passed = grep {$_} Test::More->builder->summary;
my $failed = grep { !$_ } Test::More->builder->summary;
print "$passed passed, $failed failed\n";
