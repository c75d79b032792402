# A redis-server of the test's own.
package Social::Test::Redis;
use v5.36;

use Carp       qw(croak);
use File::Path qw(make_path);
use IO::Socket::INET;
use Social::Test::Port;
use Social::Test::Process;
use Time::HiRes qw(sleep time);

# new(dir => DIR, [port => N], [args => ['--requirepass', …]] or [argv => [all of them]])
sub new ($class, %arg) {
    my $self = bless {args => [], port => Social::Test::Port::free(), %arg}, $class;
    make_path($self->{dir});
    return $self;
}

sub binary {
    my ($found) = grep {-x} map {"$_/redis-server"} split(/:/, $ENV{PATH} // ''), '/usr/bin', '/usr/local/bin';
    return $found // croak 'redis-server is not installed';
}

sub port    ($self) { return $self->{port} }
sub address ($self) { return "127.0.0.1:$self->{port}" }

# What social_store is given.
sub url ($self) { return 'redis://' . $self->address . '/0' }

sub processes ($self) {
    return grep {defined} $self->{process};
}

# Also brings a stopped server back, on the same port and without its data.
sub start ($self) {
    $self->{process} = Social::Test::Process->spawn(
        name => 'redis-server',
        argv => [
            binary(),
            @{  $self->{argv} // [
                    '--port', $self->{port}, '--bind', '127.0.0.1', '--dir', $self->{dir}, '--save', '',
                    '--appendonly', 'no', @{$self->{args}},
                ]
            }
        ],
        stdout => "$self->{dir}/redis.log",
        stderr => "$self->{dir}/redis.log",
    );
    my $deadline = time + 5;
    until (eval { $self->command('PING'); 1 }) {
        croak "redis-server does not answer: $@" if time > $deadline || !$self->{process}->alive;
        sleep 0.005;
    }
    return $self;
}

sub stop ($self) {
    my $process = delete $self->{process} or return 1;
    delete $self->{socket};
    $process->signal('CONT');
    return $process->stop('TERM');
}

# Ends without a farewell to its clients.
sub crash ($self) {
    delete $self->{socket};
    $self->{process}->signal('KILL');
    return $self->{process}->wait_end;
}

# Answers nothing until resume, while its port stays open.
sub pause  ($self) { return $self->{process}->signal('STOP') }
sub resume ($self) { return $self->{process}->signal('CONT') }

# command('SET', 'key', 'value'): the reply; lists as array references; dies on an error reply.
sub command ($self, @words) {
    my $socket = $self->{socket} //= IO::Socket::INET->new(
        PeerAddr => '127.0.0.1',
        PeerPort => $self->{port},
        Timeout  => 2,
    ) or croak "cannot connect: $!";
    print {$socket} '*' . @words . "\r\n" . join '', map { '$' . length($_) . "\r\n$_\r\n" } @words;
    $socket->flush;
    my $reply = eval { _reply($socket) };
    if (my $error = $@) {
        delete $self->{socket} if $error !~ /^redis: /;
        die $error;
    }
    return $reply;
}

sub keys ($self, $pattern = '*') { return sort @{$self->command('KEYS', $pattern)} }

# As another process sees it: [role, …].
sub role ($self) { return $self->command('ROLE')->[0] }

# Whether so many replicas follow every write. In a cluster not every key is this server's.
sub has_replicas ($self, $count) {
    for my $number (1 .. 100) {
        last if eval { $self->command('SET', "written $number", 1, 'PX', 1000) };
    }
    return $self->command('WAIT', $count, 1000) >= $count;
}

# Whether the condition came to hold within so many seconds; for those who start several servers.
sub await ($seconds, $condition) {
    my $deadline = time + $seconds;
    until ($condition->()) {
        return 0 if time > $deadline;
        sleep 0.05;
    }
    return 1;
}

sub _reply ($socket) {
    my $line = readline($socket) // croak 'the connection is closed';
    $line =~ s/\r\n$//;
    my ($type, $rest) = (substr($line, 0, 1), substr $line, 1);
    return $rest                                       if $type eq '+' || $type eq ':';
    die "redis: $rest\n"                               if $type eq '-';
    return                                             if $rest < 0;
    return [map { scalar _reply($socket) } 1 .. $rest] if $type eq '*';
    read($socket, my $bulk, $rest + 2) or croak 'the connection is closed';
    return substr $bulk, 0, $rest;
}

1;
