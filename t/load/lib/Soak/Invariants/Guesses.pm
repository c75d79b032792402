# No more passwords are checked than README and the token API allow: in five minutes ten of one
# user, and twenty from one address. A 401 tells that a password was checked.
package Soak::Invariants::Guesses;
use v5.36;

my $PERIOD = 300;
my %LIMIT  = (user => 10, address => 20);

# complaints($history, store => 'memory' | 'redis')
sub complaints ($history, %setup) {
    my $upgrades = $setup{store} eq 'memory' ? () = $history->disturbances(qr/^binary upgraded$/) : 0;
    my (%checked, @complaints);
    for my $record (grep { $_->{answer} eq '401 login refused' } $history->records('guess')) {
        push @{$checked{$_}{$record->{$_}}}, $record->{until} for keys %LIMIT;
    }
    for my $kind (sort keys %checked) {
        for my $name (sort keys %{$checked{$kind}}) {
            my @times   = @{$checked{$kind}{$name}};
            my $periods = 1 + int(($times[-1] - $times[0]) / $PERIOD);
            my $most    = $LIMIT{$kind} * ($periods + $upgrades);
            push @complaints, "too many passwords checked of $kind $name: " . @times . " of $most" if @times > $most;
        }
    }
    return @complaints;
}

1;
