# A provider that does not answer keeps its own logins waiting, and nobody else: everything
# that the same worker serves meanwhile is as fast as before.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep time);

my $WAITING = 200;    # logins that hang
my $ASKED   = 400;    # requests of each kind

my $t = Social::Test->new->gateway(
    provider => {facebook => {timeout => '20s'}},
    server   => 'location = /plain { return 200 "plain"; }',
)->start;
my $id    = $t->login('facebook');
my $token = $t->bearer;

# The seconds that each of many requests took, in ascending order, on a connection of its own.
sub latencies ($target, @headers) {
    my $wire    = $t->wire;
    my $request = join "\r\n", "GET $target HTTP/1.1", 'Host: gateway', @headers, '', '';
    my (@seconds, %status);
    for (1 .. $ASKED) {
        my $begin = time;
        $wire->put($request);
        my $response = $wire->read_response(timeout => 10);
        push @seconds, time - $begin;
        $status{$response ? $response->status : 'none'}++;
    }
    $wire->hang_up;
    return {status => \%status, seconds => [sort { $a <=> $b } @seconds]};
}

sub percentile ($measured, $percent) { return 1_000 * $measured->{seconds}[int($ASKED * $percent / 100)] }

my %request = (
    'return 200'     => ['/plain'],
    'a session read' => ["/api/facebook/session/$id", "Authorization: Bearer $token"],
    'a login'        => ['/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F'],
);
my %want = ('return 200' => 200, 'a session read' => 200, 'a login' => 302);

sub measure () {
    return {map { $_ => latencies(@{$request{$_}}) } sort keys %request};
}

my $calm = measure();

# Half of them wait for the first answer that they need, half for a later one.
my @dialogs = map {
    my $browser = $t->browser;
    [$browser, $browser->follow($browser->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F'))]
} 1 .. $WAITING;
$t->sandbox->reset_calls;
$t->sandbox->behave('facebook.access_token', hang => 1, times => $WAITING / 2);
$t->sandbox->behave('facebook.me', hang => 1);
my @waiting = map {
    my ($browser, $response) = @$_;
    my $wire = $t->wire;
    $wire->put($browser->bytes_of('GET', $browser->target_of($response->location =~ s/#.*//sr)));
    $wire
} @dialogs;
my $hanging = sub () {
    my $calls = $t->sandbox->counters;
    return ($calls->{'facebook.me'} // 0) + $WAITING / 2 if ($calls->{'facebook.access_token'} // 0) == $WAITING;
};
ok($t->wait_for(sub { ($hanging->() // 0) == $WAITING }, 10), "the provider has been asked by $WAITING logins")
    or diag(explain($t->sandbox->counters));

my $busy = measure();
is(scalar(grep { $_->silent(0) } @waiting), $WAITING, 'all callbacks wait until the end of the measurement');

for my $what (sort keys %request) {
    is_deeply($busy->{$what}{status}, {$want{$what} => $ASKED}, "$what answers while $WAITING logins hang");
    diag(
        sprintf '%-15s p50 %.2f -> %.2f ms, p99 %.2f -> %.2f ms',
        $what,
        map {
            my $percent = $_;
            map { percentile($_->{$what}, $percent) } $calm, $busy
        } 50,
        99
    );

    # Generous: the machine has other things to do, too. A worker that waited itself would take seconds.
    cmp_ok(percentile($busy->{$what}, 50), '<', 10 * percentile($calm->{$what}, 50) + 5, 'no slower than before');
    cmp_ok(
        percentile($busy->{$what}, 99),
        '<',
        10 * percentile($calm->{$what}, 99) + 50,
        'the slowest requests stay as fast as before'
    );
}

subtest 'a client that gives up frees what it waited for' => sub {
    my ($worker) = $t->nginx->workers;
    my $open     = sub () { return scalar(() = glob "/proc/$worker/fd/*") };
    my $most     = $open->();
    $_->hang_up for @waiting;
    ok($t->wait_for(sub { $open->() <= $most - $WAITING }, 10), 'its connection, and that to the provider')
        or diag("$most descriptors before, " . $open->() . ' now');
    $t->sandbox->forgive;
    is($t->api(GET => "/api/facebook/session/" . $t->login('facebook'), token => $token)->status,
        200, 'logins work after the provider has recovered');
};

done_testing;
