# What happens to a gateway while clients use it: each disturbance by its kind. A kind may differ
# from one time to the next; `detail` tells how.
package Soak::Disturbances;
use v5.36;

use Soak::Disturbances::Processes;
use Soak::Disturbances::Services;

# Kinds by store. Those of `services` leave the processes of nginx as they are.
my %PROCESSES = (
    'reload accepted' => \&Soak::Disturbances::Processes::reload,
    'reload refused'  => \&Soak::Disturbances::Processes::refused_reload,
    'worker killed'   => \&Soak::Disturbances::Processes::kill_worker,
    'binary upgraded' => \&Soak::Disturbances::Processes::upgrade,
    'upgrade refused' => \&Soak::Disturbances::Processes::refused_upgrade,
);
my %PROVIDER = (
    'provider is slow'       => \&Soak::Disturbances::Services::slow_provider,
    'provider fails'         => \&Soak::Disturbances::Services::failing_provider,
    'provider loses answers' => \&Soak::Disturbances::Services::lost_answers,
);
my %REDIS = (
    'redis stopped'   => \&Soak::Disturbances::Services::stopped_redis,
    'redis killed'    => \&Soak::Disturbances::Services::killed_redis,
    'redis read-only' => \&Soak::Disturbances::Services::read_only_redis,
);

# deck($store): the kinds of one round, in an order of chance.
sub deck ($store, %arg) {
    my @kinds = sort keys %PROVIDER, $store eq 'redis' ? keys %REDIS : (), $arg{services} ? () : keys %PROCESSES;

    # A worker that is killed after a refused reload has what the reload left behind.
    push @kinds, 'worker killed' if !$arg{services};
    my @deck;
    push @deck, splice @kinds, int rand @kinds, 1 while @kinds;
    return @deck;
}

# perform($run, kind): what is to be written down besides kind and times. A service is disturbed
# while `$meanwhile` runs.
sub perform ($run, $kind, $meanwhile = sub { }) {
    my $what = $PROCESSES{$kind};
    return $what->($run) if $what;
    return ($PROVIDER{$kind} // $REDIS{$kind})->($run, $meanwhile);
}

sub is_service ($kind) { return !$PROCESSES{$kind} }

1;
