# A primary of Redis, two replicas and three sentinels of the test's own.
package Social::Test::Redis::Sentinels;
use v5.36;

use Carp       qw(croak);
use File::Path qw(make_path);
use Social::Test::Port;
use Social::Test::Process;
use Social::Test::Redis;

my $NAME = 'mymaster';

# new(dir => DIR): they run when this returns.
sub new ($class, %arg) {
    my $self    = bless {%arg}, $class;
    my $primary = Social::Test::Redis->new(dir => "$arg{dir}/redis0")->start;
    my @of      = ('--replicaof', '127.0.0.1', $primary->port);
    $self->{servers} = [
        $primary,
        map { Social::Test::Redis->new(dir => "$arg{dir}/redis$_", args => [@of, '--repl-diskless-sync-delay', 0])->start }
            1, 2
    ];
    Social::Test::Redis::await(10, sub { $primary->has_replicas(2) }) or croak 'no replicas';
    $self->{sentinels} = [map { $self->_sentinel($_) } 0 .. 2];
    Social::Test::Redis::await(20, sub { $self->_agreed }) or croak 'the sentinels do not find each other';
    return $self;
}

sub url ($self) {
    return 'redis+sentinel://' . join(',', map {"127.0.0.1:$_->{port}"} @{$self->{sentinels}}) . "/$NAME/0";
}

sub servers   ($self) { return @{$self->{servers}} }
sub processes ($self) { return map { $_->processes } $self->servers, @{$self->{sentinels}} }

# The server that the sentinels name.
sub primary ($self) {
    my $port = $self->{sentinels}[0]->command('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', $NAME)->[1];
    my ($server) = grep { $_->port == $port } $self->servers;
    return $server // croak 'the sentinels name a stranger';
}

# Orderly: the sentinels choose another primary.
sub fail_over ($self) { return $self->{sentinels}[0]->command('SENTINEL', 'FAILOVER', $NAME) }

# From now on a client of a sentinel needs the password.
sub protect ($self, $password) {
    $_->command('ACL', 'SETUSER', 'default', 'resetpass', ">$password") for @{$self->{sentinels}};
    return;
}

sub stop ($self) {
    my @stubborn = grep { !$_->stop } @{$self->{sentinels}}, $self->servers;
    return !@stubborn;
}

sub _sentinel ($self, $number) {
    my $port = Social::Test::Port::free();
    my $file = "$self->{dir}/sentinel$number.conf";
    open my $out, '>', $file or croak "cannot write $file: $!";
    print {$out} <<~"CONF";
        port $port
        bind 127.0.0.1
        dir $self->{dir}
        sentinel monitor $NAME 127.0.0.1 @{[$self->{servers}[0]->port]} 2
        sentinel down-after-milliseconds $NAME 1000
        sentinel failover-timeout $NAME 5000
        CONF
    close $out or croak "cannot write $file: $!";
    return Social::Test::Redis->new(dir => "$self->{dir}/sentinel$number", port => $port, argv => [$file, '--sentinel'])
        ->start;
}

# Each sentinel knows both others and both replicas.
sub _agreed ($self) {
    for my $sentinel (@{$self->{sentinels}}) {
        return 0 if $sentinel->command('INFO', 'sentinel') !~ /status=ok,.*slaves=2,sentinels=3/;
    }
    return 1;
}

1;
