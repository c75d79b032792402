# The figures of a soak, for people.
package Soak::Report;
use v5.36;

use List::Util qw(max);
use Soak::Figures;
use Test::More ();

# Messages of the log that are shown.
my $MESSAGES = 12;

sub print ($run, $history) {
    my $counts = $history->counts;
    my @rows   = map {
        my $action = $_;
        map { [$action, $_, $counts->{$action}{$_}] } sort keys %{$counts->{$action}}
    } grep { !/^(?:disturbance|presented)$/ } sort keys %$counts;
    my $sum = 0;
    $sum += $_->[2] for @rows;
    Test::More::note(sprintf '%s: %d requests of clients', $run->store, $sum);
    Test::More::note(sprintf '  %-14s %-55s %8d', @$_) for @rows;
    my (%kinds, %longest);
    for my $record ($history->disturbances) {
        my $name = $record->{kind}
            . (defined $record->{detail} && $record->{kind} =~ /refused|read-only/ ? ": $record->{detail}" : '');
        $kinds{$name}++;
        $longest{$name} = max($longest{$name} // 0, $record->{until} - $record->{from});
    }
    Test::More::note('disturbances');
    Test::More::note(sprintf '  %-70s %4d, %.1f s at most', $_, $kinds{$_}, $longest{$_}) for sort keys %kinds;
    _figures($run->figures);
    _log($run);
    return;
}

# Lines of the error log by level, and the most frequent messages above "info".
sub _log ($run) {
    my (%levels, %messages);
    for my $line ($run->test->log->lines) {
        my ($level, $text) = $line =~ /^\S+ \S+ \[(\w+)\] \d+#\d+: (?:\*\d+ )?(.*)/ or next;
        $levels{$level}++;
        $text =~ s/, (?:client|provider): .*|\d+/~/g;
        $messages{"[$level] " . substr $text, 0, 90}++ if $level !~ /^(?:debug|info|notice)$/;
    }
    Test::More::note('lines of the error log: ' . join ', ', map {"$_ $levels{$_}"} sort keys %levels);
    my @often = sort { $messages{$b} <=> $messages{$a} || $a cmp $b } keys %messages;
    Test::More::note(sprintf '  %6d %s', $messages{$_}, $_) for grep {defined} @often[0 .. $MESSAGES - 1];
    return;
}

sub _figures ($figures) {
    my ($before, $after, $end) = @$figures{qw(before after end)};
    return if !$before || !$after;
    for my $pid (sort { $a <=> $b } keys %{$before->{workers}}) {
        Test::More::note(
            "worker $pid at the start of the calm part: " . Soak::Figures::describe_process($before->{workers}{$pid}));
        Test::More::note("worker $pid at the end: " . Soak::Figures::describe_process($after->{workers}{$pid}))
            if $after->{workers}{$pid};
    }
    Test::More::note("master at the start: " . Soak::Figures::describe_process($before->{master}));
    Test::More::note("master at the end: " . Soak::Figures::describe_process($after->{master}));
    for my $row (['start of the calm part', $before], ['end', $after], ['sessions removed', $end]) {
        my ($when, $what) = @$row;
        Test::More::note("keys of Redis, $when: " . Soak::Figures::describe_keys($what->{keys})) if $what->{keys};
        my $status = $what->{status} // {};
        Test::More::note("store, $when: " . join ', ',
            map {"$_ $status->{$_}"} grep {/^social_memory/} sort keys %$status)
            if $status->{social_memory_sessions};
    }
    return;
}

1;
