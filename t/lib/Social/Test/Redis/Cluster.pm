# A cluster of the test's own: three primaries with a replica each.
package Social::Test::Redis::Cluster;
use v5.36;

use Carp qw(croak);
use Social::Test::Redis;
use Time::HiRes qw(sleep);

# new(dir => DIR): it serves all slots when this returns.
sub new ($class, %arg) {
    my $self = bless {%arg}, $class;
    my @args = (
        '--cluster-enabled', 'yes', '--cluster-node-timeout', 1500, '--cluster-replica-validity-factor', 0,
        '--repl-diskless-sync-delay', 0
    );
    $self->{servers}
        = [map { Social::Test::Redis->new(dir => "$arg{dir}/node$_", args => [@args, _bus()])->start } 0 .. 5];
    my @create = ('redis-cli', '--cluster', 'create', (map { $_->address } $self->servers), '--cluster-replicas', 1,
        '--cluster-yes');
    open my $cli, '-|', @create or croak "cannot run redis-cli: $!";
    my @said = readline $cli;
    close $cli or croak "redis-cli cannot make a cluster: @said";
    Social::Test::Redis::await(20, sub { $self->_is_whole }) or croak 'the cluster is not whole';
    sleep 1.1;    # what was written to see that has ended
    return $self;
}

sub url       ($self) { return 'redis+cluster://' . join ',', map { $_->address } ($self->servers)[0 .. 2] }
sub servers   ($self) { return @{$self->{servers}} }
sub processes ($self) { return map { $_->processes } $self->servers }

sub alive ($self) {
    return grep {
        grep { $_->alive } $_->processes
    } $self->servers;
}

sub primaries ($self) {
    return grep { $_->role eq 'master' } $self->alive;
}

# What all primaries hold.
sub keys ($self, $pattern = '*') { return sort map { $_->keys($pattern) } $self->primaries }

# Where a key is: (the server that has its slot, the slot).
sub home_of ($self, $key) {
    my $slot = ($self->alive)[0]->command('CLUSTER', 'KEYSLOT', $key);
    for my $range (@{($self->alive)[0]->command('CLUSTER', 'SLOTS')}) {
        my ($first, $last, $primary) = @$range;
        next if $slot < $first || $slot > $last;
        my ($server) = grep { $_->port == $primary->[1] } $self->servers;
        return ($server, $slot);
    }
    croak "nobody has slot $slot";
}

# Moves a slot with all its keys, one key at a time, while others use it.
sub move_slot ($self, $slot, $from, $to) {
    $self->begin_move($slot, $from, $to);
    while (my @keys = @{$from->command('CLUSTER', 'GETKEYSINSLOT', $slot, 10)}) {
        $from->command('MIGRATE', '127.0.0.1', $to->port, $_, 0, 2000) for @keys;
    }
    return $self->end_move($slot, $from, $to);
}

# In between, the old home answers ASK for a key that it has no more.
sub begin_move ($self, $slot, $from, $to) {
    $to->command('CLUSTER', 'SETSLOT', $slot, 'IMPORTING', $from->command('CLUSTER', 'MYID'));
    $from->command('CLUSTER', 'SETSLOT', $slot, 'MIGRATING', $to->command('CLUSTER', 'MYID'));
    return;
}

sub end_move ($self, $slot, $from, $to) {
    $_->command('CLUSTER', 'SETSLOT', $slot, 'NODE', $to->command('CLUSTER', 'MYID')) for $to, $from;
    return;
}

sub stop ($self) {
    my @stubborn = grep { !$_->stop } $self->servers;
    return !@stubborn;
}

# Redis' own choice, the port plus 10,000, may be taken.
sub _bus { return ('--cluster-port', Social::Test::Port::free()) }

sub _is_whole ($self) {
    for my $server ($self->servers) {
        my $info = $server->command('CLUSTER', 'INFO');
        return 0 if $info !~ /cluster_state:ok/ || $info !~ /cluster_slots_ok:16384/ || $info !~ /cluster_known_nodes:6/;
    }
    return !grep { !$_->has_replicas(1) } $self->primaries;
}

1;
