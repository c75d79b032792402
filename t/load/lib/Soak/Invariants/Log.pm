# What a store that fails writes to the error log: a line for an incident, not for each request.
package Soak::Invariants::Log;
use v5.36;

# Lines of one incident: of its kinds of messages, and of the connections that each worker lost.
my $LINES = 10;

# store(lines of the error log, incidents => N): `incidents` is the number of times at which Redis failed.
sub store ($lines, %arg) {
    my $count = grep {/\[error\] .*social: (?:Redis|Sessions are unavailable)\b/} @$lines;
    my $most  = $LINES * (1 + $arg{incidents});
    return $count <= $most ? () : "$count lines of a store that fails, over $most of $arg{incidents} incidents";
}

1;
