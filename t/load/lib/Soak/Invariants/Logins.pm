# No login is finished twice: one session for one login at most, and one exchange of its code.
#
# README documents two exceptions for the exchange: used logins that are in memory are forgotten
# by an upgrade of the binary, and a request is sent once more when the provider closes a kept
# connection in place of an answer.
package Soak::Invariants::Logins;
use v5.36;

use Soak::History;

my $USED = '400 expired page';

# complaints($history, store => 'memory' | 'redis')
sub complaints ($history, %setup) {
    my (%callbacks, @complaints);
    push @{$callbacks{$_->{login}}}, $_ for $history->records('finish');
    for my $login (sort keys %callbacks) {
        my @all       = @{$callbacks{$login}};
        my @connected = grep { $_->{answer} eq '302 connected' } @all;
        push @complaints, 'finished twice: ' . Soak::History->describe($connected[1]) if @connected > 1;

        # The page that says so is for a login that was used before.
        my ($used) = grep { $_->{answer} eq $USED } @all;
        push @complaints, 'not used before: ' . Soak::History->describe($used)
            if $used && !grep { $_ != $used && $_->{from} < $used->{until} } @all;
    }
    push @complaints, _exchanged_twice($history, \%setup);
    return @complaints;
}

sub _exchanged_twice ($history, $setup) {
    my $exception =
        $setup->{store} eq 'memory' ? qr/^(?:binary upgraded|provider loses answers)$/ : qr/^provider loses answers$/;
    return map { 'exchanged twice: ' . Soak::History->describe($_) }
        grep { $_->{what} eq 'code' && !$history->is_disturbed($_, $exception) } $history->records('presented');
}

1;
