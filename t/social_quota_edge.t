# The moment in which one window of a quota ends and the next one begins, by a clock that a test moves;
# and instances whose clocks differ by seconds there.
use lib 't/lib';
use Social::Test;

use Social::Test::Clock;
use Time::HiRes qw(sleep);

my $lack = Social::Test::Clock->lack;
plan(skip_all => $lack) if defined $lack;

my $DAY   = 86_400;
my $LIMIT = 20;

# Midnight of UTC is so many seconds away.
sub clock_before_midnight ($seconds) {
    my $clock = Social::Test::Clock->new;
    $clock->forward($DAY - time % $DAY - $seconds);
    return $clock;
}

sub gateway ($t, $clock) {
    return $t->gateway(
        main      => $clock->main,
        providers => [],
        sites     => {map { $_ => {origin => "https://site$_.example", users => undef, quota => "limit=$LIMIT"} } 201}
    )->start;
}

# How many of so many requests pass.
sub passed ($t, $clock, $site, $count) {
    my $token = $t->bearer(site => $site, exp => $clock->now + 600, iat => undef, nbf => undef);
    return scalar grep { $_->status == 404 } map { $t->api(GET => '/api/session/x', token => $token) } 1 .. $count;
}

sub wait_for_midnight ($clock) {
    sleep 0.05 while $clock->now % $DAY > $DAY / 2;
    sleep 0.2;
    return;
}

subtest 'in the last second the old window counts, in the first one the new' => sub {
    my $clock = clock_before_midnight(3);
    my $t     = gateway(Social::Test->new(sandbox => 0, workers => 2, clock => $clock, redis => 0), $clock);
    is(passed($t, $clock, '201', $LIMIT + 5), $LIMIT, 'the limit passes before midnight');
    my $over = $t->api(
        GET   => '/api/session/x',
        token => $t->bearer(site => '201', exp => $clock->now + 600, iat => undef, nbf => undef)
    );
    is($over->status, 401, 'a request above the limit is refused before midnight');
    cmp_ok($over->header('Retry-After'), '<=', 3, 'Retry-After ends with the next window');
    cmp_ok($over->header('Retry-After'), '>=', 1, 'Retry-After is in the future');
    wait_for_midnight($clock);
    is(passed($t, $clock, '201', $LIMIT + 5), $LIMIT, 'the limit passes behind it');
};

subtest 'instances whose clocks differ by five seconds' => sub {
    my ($late, $early) = map { clock_before_midnight($_) } 4, -1;
    my $t     = Social::Test->new(sandbox => 0, redis  => 1,  clock => $late);
    my $other = Social::Test->new(sandbox => 0, beside => $t, clock => $early);
    gateway($t,     $late);
    gateway($other, $early);
    is(passed($t, $late, '201', $LIMIT + 5), $LIMIT, 'the limit passes in the window that is over for the other');
    my $first = passed($other, $early, '201', $LIMIT - 5);
    is($first, $LIMIT - 5, 'the other counts in the next one');
    wait_for_midnight($late);
    my $rest = passed($t,     $late,  '201', $LIMIT);
    my $last = passed($other, $early, '201', $LIMIT);
    is($first + $rest + $last, $LIMIT, 'two instances together pass the limit exactly');
};

done_testing;
