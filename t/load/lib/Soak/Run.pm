# One soak over one store: a gateway with two workers, clients, disturbances, and at the end the
# invariants, each of which is a test.
#
# The first part of the time has all disturbances. The second part begins with a reload, has those
# of services alone, and compares the memory of its workers.
package Soak::Run;
use v5.36;

use Carp  qw(croak);
use POSIX qw(_exit WNOHANG);
use Soak::Actions::Sessions;
use Soak::Client;
use Soak::Disturbances;
use Soak::Figures;
use Soak::History;
use Soak::Mode;
use Soak::Plan;
use Soak::Report;
use Soak::FinalChecks;
use Soak::Witness;
use Social::Test ();
use Time::HiRes  qw(sleep time);

# Parts of the time.
my ($WARM_UP, $ALL, $CALM_WARM_UP) = (0.06, 0.6, 0.12);

# A Redis that is killed has in its file what it has acknowledged.
my @REDIS = ('--appendonly', 'yes', '--appendfsync', 'no', '--auto-aof-rewrite-percentage', '0');

# new(store => 'memory' | 'redis', seconds => N, seed => N, clients => N)
sub new ($class, %arg) {
    my $self = bless {%arg, variant => 0, failures => [], figures => {}}, $class;
    $self->{test} = Social::Test->new(
        workers    => 2,
        daemon     => 1,
        redis      => $arg{store} eq 'redis' ? 1 : 0,
        redis_args => \@REDIS,
    );
    $self->{dir} = $self->{test}->dir . '/soak';
    mkdir $self->{dir} or croak "no directory: $!";
    $self->{mode} = Soak::Mode->new($self->{dir});
    return $self;
}

sub test     ($self) { return $self->{test} }
sub store    ($self) { return $self->{store} }
sub seconds  ($self) { return $self->{seconds} }
sub plan     ($self) { return $self->{plan} }
sub dir      ($self) { return $self->{dir} }
sub failures ($self) { return @{$self->{failures}} }
sub figures  ($self) { return $self->{figures} }

# Performs the soak and tests the invariants.
sub run ($self) {
    srand $self->{seed};
    $self->{plan} = Soak::Plan->new(%$self{qw(seconds store)});
    $self->{plan}->prepare($self->{test});
    $self->configure;
    $self->{test}->start;
    $self->{history} = Soak::History->create("$self->{dir}/history.conductor", 'conductor');
    $self->{begin}   = time;
    $self->_begin_clients;
    $self->_wait_until($WARM_UP);
    my $finished = eval { $self->_first_part; $self->_second_part; 1 };
    push @{$self->{failures}}, "the soak ended early: $@" if !$finished;
    $self->_end_clients;
    push @{$self->{failures}}, "the end: $@" if !eval { $self->_clean_up; 1 };
    $self->{history}->close;
    my $history = Soak::History->read(glob "$self->{dir}/history.*");
    Soak::Report::print($self, $history);
    Soak::FinalChecks::test($self, $history);
    return;
}

# ---- For disturbances ----

# The other one of the two good configurations, from the next call of `configure` on.
sub next_variant ($self) { return $self->{variant} = 1 - $self->{variant} }

# Writes the good configuration, or one that is changed.
sub configure ($self, $change = sub ($options) { }) {
    my %options = $self->{plan}->gateway($self->{test}, $self->{variant});
    $change->(\%options);
    $self->{test}->gateway(%options);
    return;
}

sub log_size ($self) { return -s $self->{test}->dir . '/logs/error.log' // 0 }

# What nginx has logged from there on.
sub log_since ($self, $mark) {
    open my $in, '<:raw', $self->{test}->dir . '/logs/error.log' or croak "no log: $!";
    seek $in, $mark, 0;
    local $/;
    return readline($in) // '';
}

# ---- The parts ----

sub _first_part ($self) {
    $self->{figures}{master} = [Soak::Figures::master($self->{test})];
    my @deck;
    while ($self->_elapsed < $ALL) {
        @deck = Soak::Disturbances::deck($self->{store}) if !@deck;
        $self->_disturb(\@deck);
        sleep 0.3 + rand(0.002 * $self->{seconds});
    }
    return;
}

sub _second_part ($self) {
    my $figures = $self->{figures};
    $self->{test}->reload(drained => 1) or croak 'the last reload is refused';
    $self->{mode}->set('calm');
    $self->_wait_until($ALL + $CALM_WARM_UP);
    $figures->{before} = $self->_measure;
    my @deck;
    while ($self->_elapsed < 1) {
        @deck = Soak::Disturbances::deck($self->{store}, services => 1) if !@deck;
        $self->_disturb(\@deck);
        sleep 0.5 + rand(0.004 * $self->{seconds});
    }
    $figures->{after} = $self->_measure;
    return;
}

# The next disturbance of the deck. While a service is disturbed, one of the processes may be, too.
sub _disturb ($self, $deck) {
    my $kind   = shift @$deck;
    my $within = sub () {
        my ($place) = grep { !Soak::Disturbances::is_service($deck->[$_]) } 0 .. $#$deck;
        return if !defined $place || rand() < 0.4;
        $self->_perform(splice @$deck, $place, 1);
    };
    return $self->_perform($kind, $within);
}

sub _perform ($self, $kind, $within = sub { }) {
    my $from = time;
    my @more = eval { Soak::Disturbances::perform($self, $kind, $within) };
    push @{$self->{failures}}, "$kind: $@" =~ s/\s+/ /gr if $@;
    $self->{history}->write(
        from   => $from,
        until  => time,
        action => 'disturbance',
        answer => $@ ? 'failed' : 'done',
        kind   => $kind,
        @more
    );
    croak "nginx is gone: $kind" if !$self->{test}->nginx->workers;
    return;
}

# With no request under way: {time, workers, master, keys or sessions}
sub _measure ($self) {
    my $test = $self->{test};
    $self->{mode}->set('pause');
    $test->wait_for(sub { $self->{mode}->is_paused($self->{clients}) }, 60) or croak 'the clients do not pause';
    sleep 0.5;
    my $figures = {
        time    => time,
        workers => Soak::Figures::workers($test),
        master  => Soak::Figures::master($test),
        status  => Soak::Figures::status($test),
        ($test->redis ? (keys => Soak::Figures::keys($test)) : ()),
    };
    $self->{mode}->set('calm');
    return $figures;
}

# ---- The clients ----

sub _begin_clients ($self) {
    $self->{mode}->set('run');
    $self->_fork(sub () { Soak::Witness->new(%$self{qw(test dir mode)})->run });
    for my $number (1 .. $self->{clients}) {
        $self->_fork(sub () { $self->_client($number)->run });
    }
    return;
}

sub _fork ($self, $work) {
    my $pid = fork // croak "fork: $!";
    if (!$pid) {
        my $done = eval { $work->(); 1 };
        print STDERR $@ if !$done;
        _exit($done ? 0 : 1);
    }
    $self->{pids}{$pid} = 1;
    return;
}

sub _client ($self, $number) {
    return Soak::Client->new(%$self{qw(test dir mode plan)}, number => $number, seed => $self->{seed} + 1000 * $number);
}

# Each ends with the action that it performs.
sub _end_clients ($self) {
    $self->{mode}->set('stop');
    my $pids = $self->{pids};
    my $all  = $self->{test}->wait_for(
        sub {
            for my $pid (grep { waitpid($_, WNOHANG) } keys %$pids) {
                push @{$self->{failures}}, "a client died: $?" if $? > 0;
                delete $pids->{$pid};
            }
            return !%$pids;
        },
        90
    );
    push @{$self->{failures}}, 'clients do not end' if !$all;
    kill KILL => keys %$pids;
    return;
}

# Reads every session once more and removes it.
sub _clean_up ($self) {
    my $client = $self->_client(0);
    my @live   = $client->registry->live;
    Soak::Actions::Sessions::read_one($client, $_)   for @live;
    Soak::Actions::Sessions::delete_one($client, $_) for $client->registry->live;
    $self->{figures}{audited} = @live;
    close $client->{secret_file};
    $client->{history}->close;
    my $test = $self->{test};

    for my $again ($test->sandbox->presented_again) {
        $self->{history}->write(
            from   => $again->{accepted},
            until  => $again->{again},
            action => 'presented',
            answer => 'again',
            what   => $again->{name},
            map { $_ => $again->{$_} } qw(endpoint user),
        );
    }
    $test->wait_for(sub { !$test->nginx->leaving }, 30) or croak 'old workers are left';
    $self->{figures}{end} =
        {status => Soak::Figures::status($test), ($test->redis ? (keys => Soak::Figures::keys($test)) : ())};
    return;
}

# ---- The time ----

sub _elapsed ($self) { return (time - $self->{begin}) / $self->{seconds} }

sub _wait_until ($self, $part) {
    sleep 0.05 while $self->_elapsed < $part;
    return;
}

1;
