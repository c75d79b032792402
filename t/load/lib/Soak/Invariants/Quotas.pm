# No quota is exceeded. The window of all of them is the whole day in UTC.
#
# README documents that counts in memory begin anew with an upgraded binary, and that both
# binaries count on their own while both take requests.
package Soak::Invariants::Quotas;
use v5.36;

use Soak::History;

my $DAY = 86_400;

# complaints($history, store => 'memory' | 'redis', quotas => {site => {limit => N, [per => 'user']}})
sub complaints ($history, %setup) {
    my @upgrades = $setup{store} eq 'memory' ? $history->disturbances(qr/^binary upgraded$/) : ();
    my (%admitted, %asked, @complaints);
    for my $record ($history->records('use')) {
        my $quota   = $setup{quotas}{$record->{site}} // next;
        my $counter = $record->{site} . (($quota->{per} // '') eq 'user' ? " $record->{user}" : '');
        $record->{answer} =~ /^200/ ? push @{$admitted{$counter}}, $record : push @{$asked{$counter}}, $record;
    }
    for my $counter (sort keys %admitted) {
        my ($site) = $counter =~ /^(\S+)/;
        push @complaints, _exceeded($counter, $setup{quotas}{$site}{limit}, $admitted{$counter}, \@upgrades);
    }
    for my $counter (sort keys %asked) {
        my ($site) = $counter =~ /^(\S+)/;
        push @complaints, _refused_early($setup{quotas}{$site}{limit}, $asked{$counter}, $admitted{$counter} // [])
            if $setup{store} eq 'memory';
    }
    return @complaints;
}

# In each window, and in all: between upgrades, and with one more limit for each upgrade.
sub _exceeded ($counter, $limit, $admitted, $upgrades) {
    my (%count, %count_between, @complaints);
    for my $record (@$admitted) {
        my $day = int($record->{from} / $DAY);
        next if $day != int($record->{until} / $DAY);
        $count{$day}++;
        my $epoch = _epoch($record, $upgrades);
        $count_between{"$day.$epoch"}++ if @$upgrades && defined $epoch;
    }
    my $most = $limit * (1 + @$upgrades);
    push @complaints,
        map {"quota of $counter exceeded: $count{$_} of $most"} grep { $count{$_} > $most } sort keys %count;
    push @complaints, map {"quota of $counter exceeded: $count_between{$_} of $limit between upgrades"}
        grep { $count_between{$_} > $limit } sort keys %count_between;
    return @complaints;
}

# The number of upgrades before the record; undef while one went on.
sub _epoch ($record, $upgrades) {
    return if grep     { $_->{from} < $record->{until} && $_->{until} > $record->{from} } @$upgrades;
    return scalar grep { $_->{until} <= $record->{from} } @$upgrades;
}

# A refusal needs so many requests before it that may have been counted.
sub _refused_early ($limit, $others, $admitted) {
    my ($refused) = grep { $_->{answer} =~ /quota$/ } @$others or return;
    my $asked     = grep { $_->{from} < $refused->{until} && $_->{answer} !~ /quota$/ } @$others, @$admitted;
    return $asked >= $limit ? () : "refused after $asked of $limit: " . Soak::History->describe($refused);
}

1;
