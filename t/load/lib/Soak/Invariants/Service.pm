# Clients were served, and disturbances took place: else the other invariants hold for nothing.
package Soak::Invariants::Service;
use v5.36;

# action => {answer => how often at least}
my %LEAST = (
    finish       => {'302 connected'    => 5},
    refuse       => {'403 refused page' => 1},
    read         => {'200 session'      => 20},
    delete       => {'204'              => 2},
    authenticate => {'200 token'        => 1},
    use          => {'200 application'  => 5},
);
my $DISTURBANCES = 3;

sub complaints ($history, %) {
    my $counts = $history->counts;
    my @complaints;
    for my $action (sort keys %LEAST) {
        my ($answer, $least) = %{$LEAST{$action}};
        my $count = $counts->{$action}{$answer} // 0;
        push @complaints, "$action: $answer came $count times, less than $least" if $count < $least;
    }
    my $disturbances = grep { $_->{answer} eq 'done' } $history->disturbances;
    push @complaints, "$disturbances disturbances are less than $DISTURBANCES" if $disturbances < $DISTURBANCES;
    return @complaints;
}

1;
