# No confirmed session is lost, and no removed one comes back.
#
# README documents why a session that a login has confirmed may be gone: it was deleted; the store
# is memory and the binary was upgraded; X, which takes a refresh token once, was asked twice since
# its answer was lost.
package Soak::Invariants::Sessions;
use v5.36;

use Soak::History;

my $GONE = '404 Session not found';

# Answers after which the session is as it was.
my $NOTHING = qr/^(?:401|404|undocumented)/;

# Seconds after a refresh in which a worker that is killed takes its answer with it.
my $REFRESH = 15;

# complaints($history, store => 'memory' | 'redis', cache_ttl => seconds)
sub complaints ($history, %setup) {
    my %session;
    for my $record ($history->records('finish')) {
        $session{$record->{session}}{confirmed} //= $record if $record->{answer} eq '302 connected';
    }
    for my $record ($history->records('delete', 'forget')) {
        push @{$session{$record->{session}}{removals}}, $record if $record->{answer} !~ $NOTHING;
    }
    my %judge = (history => $history, %setup, presented => _presented($history));
    return ((map { _deleted_twice($session{$_}, $_, \%judge) } sort keys %session),
        map { _judge($_, $session{$_->{session}} // {}, \%judge) } $history->records('read', 'credential', 'delete'));
}

sub _judge ($record, $session, $judge) {
    my $line = Soak::History->describe($record);
    return "unconfirmed session: $line" if !defined $session->{confirmed};
    return "lost: $line"                if $record->{answer} eq $GONE  && !_may_be_gone($record, $session, $judge);
    return "back: $line"                if $record->{answer} =~ /^200/ && !_may_be_there($record, $session, $judge);
    return;
}

# The old binary may have answered a callback that began before it ended.
sub _may_be_gone ($record, $session, $judge) {
    return 1 if grep { $_ != $record                 && $_->{from} < $record->{until} } @{$session->{removals} // []};
    return 1 if grep { $_->{from} < $record->{until} && $session->{confirmed}{from} < $_->{until} } _upgrades($judge);
    return 1
        if grep { $_->{again} < $record->{until} && _is_answer_lost($_, $judge) }
        @{$judge->{presented}{$record->{user} // ''} // []};
    return 0;
}

sub _may_be_there ($record, $session, $judge) {
    for my $removal (grep { $_->{answer} =~ /^20[04]/ && $_->{until} < $record->{from} } @{$session->{removals} // []})
    {
        return 0 if !_is_seen_by_others($removal, $record, $judge);
    }
    return 1;
}

# Two binaries at once have memory and caches of their own.
sub _is_seen_by_others ($removal, $record, $judge) {
    my $lag = $judge->{store} eq 'redis' ? $judge->{cache_ttl} // 0 : undef;
    for my $upgrade ($judge->{history}->disturbances(qr/^binary upgraded$/)) {
        next     if $removal->{until} < $upgrade->{from} || $record->{from} > $upgrade->{until};
        return 1 if !defined $lag                        || $record->{from} <= $removal->{until} + $lag;
    }
    return 0;
}

sub _deleted_twice ($session, $name, $judge) {
    my @done = grep { $_->{action} eq 'delete' && $_->{answer} eq '204' } @{$session->{removals} // []};
    return if @done < 2 || grep { $_->{from} < $done[-1]{until} && $_->{until} > $done[0]{from} } _upgrades($judge);
    return "deleted twice: session $name: " . Soak::History->describe($done[1]);
}

sub _upgrades ($judge) {
    return $judge->{store} eq 'memory' ? $judge->{history}->disturbances(qr/^binary upgraded$/) : ();
}

# Refresh tokens of X that were spent and presented again: {user => [{spent => T, again => T}, …]}
sub _presented ($history) {
    my %presented;
    for my $record (grep { $_->{endpoint} eq 'twitter.refresh' } $history->records('presented')) {
        push @{$presented{$record->{user}}}, {spent => $record->{from}, again => $record->{until}};
    }
    return \%presented;
}

# Whether a worker was killed, or the provider lost answers, when the token was spent.
sub _is_answer_lost ($presented, $judge) {
    my $record = {from => $presented->{spent}, until => $presented->{spent}};
    return $judge->{history}->is_disturbed($record, qr/^provider (?:loses answers|fails|is late or down)$/)
        || $judge->{history}
        ->is_disturbed({from => $presented->{spent}, until => $presented->{spent} + $REFRESH}, qr/^worker killed$/);
}

1;
