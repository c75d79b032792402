# How long the backoff of the gateway may outlive an outage of a provider (session::retry_time).
#
# The n-th failure in a row is followed by a pause of 2^(n-1) to 2^n seconds, at most 300. Whether an
# n-th failure is possible depends on the outages: each attempt has to begin in one of them.
package Soak::Backoff;
use v5.36;

use List::Util qw(max min);

# Seconds that an attempt takes at most: the time-out of a provider block, and some for a busy machine.
our $ATTEMPT = 4;

# The gateway reckons in whole seconds: a pause may end that much early.
my $ROUNDING = 1;

my ($FAILURES, $LONGEST) = (9, 300);

# pauses($late, @outages): [from, until] of the times at which a retry may be pending. An outage has
# `from` and `until`. `$late`: seconds by which an attempt may come after the end of its pause.
sub pauses ($late, @outages) {
    my @pauses;
    my @attempts = map { [@$_{qw(from until)}] } @outages;
    for my $failures (1 .. $FAILURES) {
        my ($least, $most) = map { min($_, $LONGEST) } 2**($failures - 1), 2**$failures;
        push @pauses, map { [$_->[0], $_->[1] + $ATTEMPT + $most] } @attempts;
        my @next = map { [$_->[0] + $least - $ROUNDING, $_->[1] + $ATTEMPT + $most + $late] } @attempts;
        @attempts = map { _within($_, @next) } @outages or last;
    }
    return @pauses;
}

# Whether one of the pauses meets the time of the record.
sub is_pending ($record, @pauses) {
    return scalar grep { $_->[0] <= $record->{until} && $_->[1] >= $record->{from} } @pauses;
}

# The part of the outage in which an attempt may begin: [from, until] or nothing.
sub _within ($outage, @spans) {
    my @parts = map { [max($_->[0], $outage->{from}), min($_->[1], $outage->{until})] } @spans;
    @parts = grep { $_->[0] <= $_->[1] } @parts or return;
    return [min(map { $_->[0] } @parts), max(map { $_->[1] } @parts)];
}

1;
