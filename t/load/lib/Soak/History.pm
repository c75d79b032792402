# What a soak did and what it was answered: one record for each request of a client and for
# each disturbance, a line of tab-separated fields in a file for each process.
#
#     from, until (Unix seconds), client, action, answer, name=value …
#
# Invariants read records as hashes with these names. A disturbance is a record of the client
# "conductor" whose action is "disturbance" and whose `kind` names it.
package Soak::History;
use v5.36;

use Carp qw(croak);
use IO::Handle;

my @FIXED = qw(from until client action answer);

# A history that is written to a file.
sub create ($class, $path, $client) {
    open my $out, '>>', $path or croak "cannot write the history: $!";
    return bless {out => $out, client => $client}, $class;
}

# write(from => T, until => T, action => 'read', answer => '200 session', session => '3.17', …)
sub write ($self, %record) {
    $record{client} = $self->{client};
    my @fixed = map { $_ =~ /^(?:from|until)$/ ? sprintf '%.6f', $record{$_} : $record{$_} } @FIXED;
    delete @record{@FIXED};
    my @more = map {"$_=$record{$_}"} grep { defined $record{$_} } sort keys %record;
    print {$self->{out}} join("\t", map {tr/\t\n/  /r} @fixed, @more), "\n";
    return;
}

sub close ($self) { return close $self->{out} }

# A history of records that are at hand.
sub of ($class, @records) {
    return bless {records => [sort { $a->{from} <=> $b->{from} } @records]}, $class;
}

sub read ($class, @paths) {
    my @records;
    for my $path (@paths) {
        open my $in, '<', $path or croak "no history: $!";
        while (my $line = readline $in) {
            chomp $line;
            my @fields = split /\t/, $line, -1;
            my %record;
            @record{@FIXED} = splice @fields, 0, scalar @FIXED;
            push @records, {%record, map { split /=/, $_, 2 } @fields};
        }
    }
    return $class->of(@records);
}

# Records in the order in which they began, of these actions where any is named.
sub records ($self, @actions) {
    return @{$self->{records}} if !@actions;
    my %wanted = map { $_ => 1 } @actions;
    return grep { $wanted{$_->{action}} } @{$self->{records}};
}

# Disturbances of kinds that match.
sub disturbances ($self, $kind = qr/./) {
    $self->{disturbances} //= [$self->records('disturbance')];
    return grep { $_->{kind} =~ $kind } @{$self->{disturbances}};
}

# Whether a disturbance of such a kind went on, or had ended less than `$grace` seconds before,
# at any time of the record.
sub is_disturbed ($self, $record, $kind, $grace = 0) {
    return
        scalar grep { $_->{from} <= $record->{until} && $_->{until} + $grace >= $record->{from} }
        $self->disturbances($kind);
}

# Requests that remove the session, whatever they were answered.
sub removals ($self, $session) {
    if (!$self->{removals}) {
        push @{$self->{removals}{$_->{session}}}, $_ for $self->records('delete', 'forget');
    }
    return @{$self->{removals}{$session} // []};
}

# {action => {answer => count}}
sub counts ($self) {
    my %counts;
    $counts{$_->{action}}{$_->{answer}}++ for $self->records;
    return \%counts;
}

# A record as a line of a complaint.
sub describe ($class, $record) {
    my %more = %$record;
    delete @more{@FIXED};
    my $extra = join ' ', map {"$_=$more{$_}"} sort keys %more;
    return sprintf '%.3f to %.3f: %s: %s %s', @$record{qw(from until action answer)}, $extra;
}

1;
