#!/usr/bin/perl
# The C++ unit tests, which speak TAP themselves; `make unit-build` makes the program.
use strict;
use warnings;
use FindBin;

my $build   = $ENV{SOCIAL_BUILD} // "$FindBin::Bin/../build";
my $program = "$build/unit-tests";
exec $program, qw(--reporter sentences) or die "$program: $!\n";
