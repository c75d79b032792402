# What a callback takes beside waiting for the provider: the gateway's own share.
use lib 't/lib';
use Social::Test;

use List::Util  qw(max min);
use Time::HiRes qw(time);

# The limit of a callback, and how many of them are measured, how often: the machine may be busy.
my ($LIMIT, $CALLBACKS, $ROUNDS) = (0.002, 40, 3);

my @providers = qw(facebook instagraph instagram twitter twitter_oauth2 oidc oauth2 oauth1);
my $t         = Social::Test->new->gateway(providers => \@providers)->start;
my $box       = $t->sandbox;

# Seconds during which at least one of these calls was with the provider.
sub waiting (@calls) {
    my ($sum, $until) = (0, 0);
    for my $call (sort { $a->{began} <=> $b->{began} } @calls) {
        my $from = max($until, $call->{began});
        $sum += $call->{ended} - $from if $call->{ended} > $from;
        $until = max($until, $call->{ended});
    }
    return $sum;
}

# One callback, on a connection that is there already: (the gateway's share, the whole, the calls).
sub callback_of ($provider) {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of($provider, redirect => 'https://mysite.example/welcome');
    my $bytes    = $browser->bytes_of(GET => $browser->target_of($callback));
    my $wire     = $t->wire;
    $box->reset_calls;
    my $begin = time;
    $wire->put($bytes);
    my $end   = $wire->read_response;
    my $whole = time - $begin;
    die 'no login: ' . $end->status if $end->status != 302;
    my @calls = $box->seen;
    return ($whole - waiting(@calls), $whole, @calls);
}

sub median (@values) {
    return (sort { $a <=> $b } @values)[@values / 2];
}

for my $provider (@providers) {
    callback_of($provider) for 1 .. 3;
    my @rounds;
    while (@rounds < $ROUNDS) {
        my (@share, @whole, $calls);
        for (1 .. $CALLBACKS) {
            my ($share, $whole, @calls) = callback_of($provider);
            push @share, $share;
            push @whole, $whole;
            $calls = @calls;
        }
        push @rounds, median(@share);
        diag sprintf '%-14s own share of a callback: median %.2f ms of %d (whole %.2f ms, calls to the provider: %d)',
            $provider, 1_000 * median(@share), $CALLBACKS, 1_000 * median(@whole), $calls;
        last if $rounds[-1] < $LIMIT;
    }
    cmp_ok(min(@rounds), '<', $LIMIT, "$provider: less than two milliseconds");
    cmp_ok(min(@rounds), '>', 0,      "$provider: the measured time is positive");
}

subtest 'the profile and the accounts are with the provider at the same time' => sub {
    $box->behave("facebook.$_", delay => 50) for qw(me accounts);
    my (undef, undef, @calls) = callback_of('facebook');
    my ($me, $accounts) = map {
        my $name = "facebook.$_";
        grep { $_->{endpoint} eq $name } @calls
    } qw(me accounts);
    my $both = min($me->{ended}, $accounts->{ended}) - max($me->{began}, $accounts->{began});
    cmp_ok($both, '>', 0.04, 'profile and accounts are read at the same time');
    $box->forgive;
};

done_testing;
