#!/usr/bin/perl
# Logins by the thousand against the sandbox: no login may fail, and no worker may grow.
#
#   t/load/logins.pl [--logins 10000] [--at-once 64] [--workers 2] [--sandboxes 2] [--store 64m]
#                    [--reloads 0] [--restarts 0]
#
# --reloads reloads nginx so many times meanwhile, which no login may notice. --restarts ends it
# gracefully and starts it again: only logins may fail that were cut off by the end.
# SOCIAL_MODULE and SOCIAL_NGINX choose what is tested, as for every test. Speaks TAP.
use v5.36;

use FindBin;
use lib $FindBin::RealBin =~ s{/load$}{/lib}r;

use Getopt::Long qw(GetOptions);
use Social::Test::LoginLoad;

my %option;
GetOptions(\%option, map {"$_=s"} qw(logins at-once workers sandboxes store reloads restarts)) && !@ARGV
    or die "usage: logins.pl [--logins N] [--at-once N] [--workers N] [--sandboxes N] [--store SIZE]"
    . " [--reloads N] [--restarts N]\n";
$option{at_once} = delete $option{'at-once'} if exists $option{'at-once'};
Social::Test::LoginLoad::run(%option);
