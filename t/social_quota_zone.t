# A window follows the clock on the wall of its zone, with daylight-saving time and without.
use lib 't/lib';
use Social::Test;
use POSIX qw(mktime tzset);

# Not in the last minute of a quarter of an hour, or the clock would strike during the test.
# (There are zones that differ from UTC by a quarter of an hour.)
sleep 901 - time % 900 if time % 900 > 840;

sub in_zone ($zone, $code) {
    my @result = do { local $ENV{TZ} = $zone; tzset(); $code->() };
    tzset();
    return @result;
}

# The full hour on that zone's wall `$hours` from now: as "HH:00", and as seconds since 1970.
# The calendar of the C library says when that is; where the clock is changed on the way, it knows.
sub hour_from_now ($zone, $hours) {
    return in_zone(
        $zone,
        sub {
            my @now  = localtime;
            my $then = mktime(0, 0, $now[2] + $hours, @now[3 .. 5], 0, 0, -1);
            my @wall = localtime $then;
            return (sprintf('%02d:00', $wall[2]), $then, $wall[7] == $now[7] ? 'today' : 'tomorrow');
        }
    );
}

my @zones = qw(Europe/Berlin America/New_York Asia/Jakarta Asia/Kolkata Australia/Lord_Howe UTC);
my (%sites, %expected);
for my $number (0 .. $#zones) {
    my $zone = $zones[$number];
    my ($from) = hour_from_now($zone, -1);
    my ($until, $end) = hour_from_now($zone, 3);
    $sites{"open-$number"}    = {quota => "limit=2 window=$from-$until timezone=$zone"};
    $expected{"open-$number"} = $end;

    my ($opening, $begin, $day) = hour_from_now($zone, 5);
    my ($closing) = hour_from_now($zone, 9);
    $sites{"shut-$number"}    = {quota => "limit=2 window=$opening-$closing timezone=$zone"};
    $expected{"shut-$number"} = [$begin, "time limit reached please try again $day at $opening - $closing"];
}
@{$sites{$_}}{qw(origin users)} = ("https://$_.example", undef) for keys %sites;

my $t = Social::Test->new;
$t->gateway(sites => \%sites)->start;
for my $number (0 .. $#zones) {
    my $zone = $zones[$number];
    my $open = $t->request_of_site("open-$number", '/api/session/x');
    subtest "windows in $zone" => sub {
        is($open->status, 404, "$zone: a window around now is open");
        my ($left, $seconds) = ($open->header('RateLimit') // '') =~ /r=(\d+);t=(\d+)$/;
        is($left, 1, "$zone: a request in the window is counted");
        ok(abs($expected{"open-$number"} - time - $seconds) <= 2, "$zone: RateLimit ends by the clock of the zone");

        my ($begin, $sentence) = @{$expected{"shut-$number"}};
        my $shut = $t->request_of_site("shut-$number", '/api/session/x');
        is_envelope($shut, 401, $sentence, devMessage => '', applicationCode => '', "$zone: a later window is shut");
        ok(abs($begin - time - ($shut->header('Retry-After') // 0)) <= 2,
            "$zone: Retry-After tells when the window opens");
    };
}
done_testing;
