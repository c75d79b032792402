# Memory, descriptors and keys stay flat.
#
# Workers are compared over a stretch in which none is replaced. A worker remembers sessions that
# it has opened, at most so many, so that its memory grows with those that are new to it.
package Soak::Invariants::Figures;
use v5.36;

use List::Util qw(min);

# The allocator settles with the highest load that a process has seen.
my ($GROWTH, $SLACK) = (0.05, 1024 * 1024);

# Idle connections to providers and Redis come and go.
my $DESCRIPTORS = 16;

my ($OPENED, $SESSION) = (4096, 6 * 1024);

# workers($before, $after, new_sessions => N): of the form {pid => {anonymous => bytes, descriptors => N}}
sub workers ($before, $after, %arg) {
    my @complaints;
    push @complaints, 'the workers are not the same' if join(' ', sort keys %$before) ne join ' ', sort keys %$after;
    my $opened = min($OPENED, $arg{new_sessions} // 0) * $SESSION;
    for my $pid (sort { $a <=> $b } grep { $after->{$_} } keys %$before) {
        push @complaints, process("worker $pid", $before->{$pid}, $after->{$pid}, $opened);
    }
    return @complaints;
}

# One process; `$more` bytes of growth are expected.
sub process ($name, $before, $after, $more = 0) {
    my $most = $before->{anonymous} * (1 + $GROWTH) + $SLACK + $more;
    return ((
            $after->{anonymous} <= $most ? ()
            : "$name grows from $before->{anonymous} to $after->{anonymous} bytes, over " . int $most
        ),
        (
            $after->{descriptors} <= $before->{descriptors} + $DESCRIPTORS ? ()
            : "$name keeps descriptors: $before->{descriptors}, then $after->{descriptors}"
        ),
    );
}

# keys({s => N, o => N, …, forever => N}, sessions => N, logins => N): keys of Redis by their
# kind, after the sessions that are known were removed. `sessions` are those that nobody can
# remove: of a login whose client left. `logins` is the number of callbacks so far. Each session
# has a user of its own, so that there are no more users than sessions.
sub keys ($keys, %arg) {
    my $sessions = $keys->{s} // 0;
    my %most     = (
        s       => $arg{sessions},
        o       => $sessions,
        due     => $sessions,
        f       => $arg{logins},
        l       => 0,
        forever => 0,
    );
    return map {"$keys->{$_} keys of the kind '$_' are left, over $most{$_}"}
        grep { ($keys->{$_} // 0) > $most{$_} } sort CORE::keys %most;
}

1;
