# The invariants of a soak as tests.
package Soak::FinalChecks;
use v5.36;

use Soak::Disturbances::Processes;
use Soak::Documented;
use Soak::Invariants::Figures;
use Soak::Invariants::Guesses;
use Soak::Invariants::Log;
use Soak::Invariants::Logins;
use Soak::Invariants::Quotas;
use Soak::Invariants::Service;
use Soak::Invariants::Sessions;
use Soak::Plan;
use Test::More ();

# Complaints that are shown of one invariant.
my $SHOWN = 12;

sub test ($run, $history) {
    my $store = $run->store;
    my %setup = (store => $store, cache_ttl => $Soak::Plan::CACHE_TTL, quotas => $run->plan->quotas);
    _is_clean("$store: the soak went as planned",     $run->failures);
    _is_clean("$store: clients were served",          Soak::Invariants::Service::complaints($history));
    _is_clean("$store: no confirmed session is lost", Soak::Invariants::Sessions::complaints($history, %setup));
    _is_clean("$store: no login is finished twice",   Soak::Invariants::Logins::complaints($history, %setup));
    _is_clean("$store: no quota is exceeded",         Soak::Invariants::Quotas::complaints($history, %setup));
    _is_clean("$store: no password is guessed past the limits",
        Soak::Invariants::Guesses::complaints($history, %setup));
    _is_clean("$store: every answer is documented", Soak::Documented::complaints($history, %setup));
    _is_flat($run, $history);
    _has_clean_logs($run, $history);
    return;
}

sub _is_flat ($run, $history) {
    my $store = $run->store;
    my ($before, $after, $end) = @{$run->figures}{qw(before after end)};
    return Test::More::fail("$store: memory was measured") if !$before || !$after || !$end;
    my $new = grep { $_->{answer} eq '302 connected' && $_->{from} > $before->{time} && $_->{from} < $after->{time} }
        $history->records('finish');
    _is_clean(
        "$store: memory and descriptors stay flat",
        Soak::Invariants::Figures::workers($before->{workers}, $after->{workers}, new_sessions => $new),
        Soak::Invariants::Figures::process('the master', $before->{master}, $after->{master})
    );

    # Logins whose client left, or that Redis acknowledged too late, may have sessions that nobody knows.
    my $unknown = grep { $_->{answer} !~ /^(?:302|400|502)/ } $history->records('finish');
    my $logins  = () = $history->records('finish');
    my @keys =
        $end->{keys} ? Soak::Invariants::Figures::keys($end->{keys}, sessions => $unknown, logins => $logins) : ();
    my $left = $end->{status}{social_memory_sessions} // 0;
    push @keys, "$left sessions are left in memory, over $unknown" if $store eq 'memory' && $left > $unknown;
    return _is_clean("$store: nothing is left of removed sessions", @keys);
}

sub _has_clean_logs ($run, $history) {
    my $test = $run->test;
    for my $path (glob $run->dir . '/secrets.*') {
        open my $in, '<', $path or die "no secrets: $!";
        chomp(my @secrets = readline $in);
        $test->secret(@secrets);
    }

    # What the disturbances provoke: each killed worker, and the messages of refused configurations.
    my $killed = () = $history->disturbances(qr/^worker killed$/);
    my $died   = grep {/exited on signal 9/} $test->log->lines;
    _is_clean($run->store . ': workers end by the kills alone',
        $died == $killed ? () : "$died workers died of $killed kills");

    # The witness notes each question that a Redis which is down refuses at once.
    my $incidents = grep { $_->{until} - $_->{from} > 0.2 } $history->disturbances(qr/^redis /);
    _is_clean($run->store . ': one line of the log for one incident',
        Soak::Invariants::Log::store([$test->log->lines], incidents => $incidents));
    $test->tolerate(qr/exited on signal 9/);
    $test->tolerate(qr/\[emerg\].*$_/) for Soak::Disturbances::Processes::expected_messages();
    $test->tolerate(qr/\[alert\].*shared memory zone ".*" was locked by/);    # of a killed worker
    my %problems = $test->problems;
    _is_clean($run->store . ": $_", @{$problems{$_}}) for sort keys %problems;
    return;
}

sub _is_clean ($name, @complaints) {
    my $builder = Test::More->builder;
    $builder->ok(!@complaints, $name);
    $builder->diag("    $_") for @complaints[0 .. ($#complaints < $SHOWN ? $#complaints : $SHOWN - 1)];
    $builder->diag('    and ' . (@complaints - $SHOWN) . ' more') if @complaints > $SHOWN;
    return;
}

1;
