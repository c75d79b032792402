# One table: servers that answer the same question, measured in turn, in short runs A B C A B C,
# so that whatever else happens on the machine meets all alike; medians of all runs.
#
#     my $table = Bench::Table->new(title => '…', sides => [{…}, …]);
#
# A side is a hash:
#     what     => what the table calls it
#     url      => 'http://127.0.0.1:8080'
#     pids     => the processes whose time counts: a list, or a sub that gives one
#     requests => [[path, {header => value}], …], or script => text of a wrk script, or
#     run      => sub ($seconds, $connections) that gives what Bench::Wrk::run does
#     refused  => 1 where the answers are errors
#     of       => what of another side it is a ratio to; the first one's by default
#     at_least => the ratio that it has to reach
#     name     => what the chart calls it, where it is in the chart
package Bench::Table;
use v5.36;

use Bench::Wrk;

# `exact`: takes more rounds. A note is a text, or a sub that is given the table when it is measured.
sub new ($class, %arg) { return bless {notes => [], %arg}, $class }

sub title ($self) { return $self->{title} }
sub sides ($self) { return @{$self->{sides}} }
sub note  ($self, @lines) { push @{$self->{notes}}, @lines; return $self }

# measure(dir => for scripts, rounds => N, seconds => N, connections => N)
sub measure ($self, %arg) {
    my $number = 0;
    for my $side ($self->sides) {
        my $path = "$arg{dir}/side-" . $number++ . '.lua';
        open my $out, '>', $path or die "$path: $!\n";
        print {$out} $side->{script} // Bench::Wrk::in_turn($side->{requests} // [], refused => $side->{refused});
        close $out or die "$path: $!\n";
        $side->{file} = $path;
        _run($side, %arg, seconds => 1);
    }
    for my $round (1 .. $arg{rounds} * ($self->{exact} ? 5 : 3) / 3) {
        push @{$_->{runs}}, _run($_, %arg) for $self->sides;
    }
    for my $side ($self->sides) {
        for my $figure (qw(rate micros kernel p50 p99)) {
            $side->{$figure} = median(map { $_->{$figure} } @{$side->{runs}});
        }
    }
    return $self;
}

# To the side that it is measured against, round by round: the median of their ratios.
sub ratio ($self, $side, $figure = 'rate') {
    my $floor = $self->floor_of($side);
    return median(map { $side->{runs}[$_]{$figure} / $floor->{runs}[$_]{$figure} } 0 .. $#{$side->{runs}});
}

# What does not reach its bar: lines of text.
sub below ($self) {
    return map {"$self->{title}: $_->{what}"}
        grep { defined $_->{at_least} && $self->ratio($_) < $_->{at_least} } $self->sides;
}

sub floor_of ($self, $side) {
    my ($floor) = grep { defined $side->{of} && $_->{what} eq $side->{of} } $self->sides;
    return $floor // $self->{sides}[0];
}

# Of two sides, by what the table calls them.
sub between ($self, $what, $other) {
    my ($side, $floor) = map {
        my $name = $_;
        grep { $_->{what} eq $name } $self->sides
    } $what, $other;
    return median(map { $side->{runs}[$_]{rate} / $floor->{runs}[$_]{rate} } 0 .. $#{$side->{runs}});
}

# Lines of text.
sub text ($self) {
    my $row = '| %-44s | %8s | %5s | %5s | %6s | %6s | %5s | %6s |';
    return (
        "## $self->{title}",
        '',
        sprintf($row, '', 'req/s', 'ratio', 'bar', 'µs/req', 'kernel', 'p50', 'p99'),
        sprintf($row, map { '-' x $_ } 44, 8, 5, 5, 6, 6, 5, 6) =~ s/- \|/: |/gr =~ s/^\| (-+): /| $1- /r,
        (
            map {
                sprintf $row, $_->{what}, int $_->{rate}, sprintf('%.2f', $self->ratio($_)), $self->_bar($_),
                    sprintf('%.2f', $_->{micros}), sprintf('%d %%', 100 * $_->{kernel}), sprintf('%.2f', $_->{p50}),
                    sprintf('%.2f', $_->{p99})
            } $self->sides
        ),
        (@{$self->{notes}} ? ('', map { ref ? $_->($self) : $_ } @{$self->{notes}}) : ()),
        '',
    );
}

sub median (@values) {
    my @sorted = sort { $a <=> $b } @values;
    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

sub _bar ($self, $side) { return defined $side->{at_least} ? sprintf '%.2f', $side->{at_least} : '' }

sub _run ($side, %arg) {
    return $side->{run}->(@arg{qw(seconds connections)}) if $side->{run};
    my @pids = ref $side->{pids} eq 'CODE' ? $side->{pids}->() : @{$side->{pids}};
    my $run  = eval {
        Bench::Wrk::run(%arg{qw(seconds connections)}, url => $side->{url}, script => $side->{file}, pids => \@pids);
    };
    return $run // die "$side->{what}: $@";
}

1;
