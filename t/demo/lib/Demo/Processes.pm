# The processes of the demo: started, watched, recorded by pid in the demo's directory, and
# ended, by whoever started them or by a later `stop`.
package Demo::Processes;
use v5.36;

use Demo::Files qw(read_file write_file);
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

# new(dir => DIR, [detach => 1])
sub new ($class, %arg) { return bless {%arg, children => []}, $class }

# Starts a server, and waits until it answers at the port.
sub start ($self, $name, $port, @argv) {
    my $pid = fork // die "fork: $!\n";
    $self->_become($name, @argv) if !$pid;
    push @{$self->{children}}, $pid;
    write_file("$self->{dir}/$name.demo-pid", "$pid\n");
    my $deadline = time + 20;
    until (IO::Socket::INET->new("127.0.0.1:$port")) {
        if (time > $deadline || waitpid($pid, POSIX::WNOHANG()) == $pid) {
            say STDERR "$name does not start; see $self->{dir}/logs/$name.*";
            $self->finish(1);
        }
        sleep 0.05;
    }
    return;
}

# Until Ctrl-C, or until one of them has ended by itself.
sub serve ($self) {
    waitpid -1, 0;
    # Ctrl-C reaches the children too: let ours come first.
    sleep 0.5;
    say STDERR "A process of the demo has ended by itself; see $self->{dir}/logs";
    $self->finish(1);
}

sub finish ($self, $status) {
    $SIG{$_} = 'IGNORE' for qw(INT TERM HUP);
    $self->_end(@{$self->{children}});
    say '';
    exit $status;
}

# Ends what an earlier demo in this directory has left running: how many that were.
sub stop ($self) {
    my @pids = $self->running;
    $self->_end(@pids);
    return scalar @pids;
}

# The system may have given a recorded number to somebody else since: ours name the demo's
# directory.
sub running ($self) {
    my @recorded = map { read_file($_) =~ /^(\d+)$/m ? $1 : () } glob "$self->{dir}/*.demo-pid";
    return grep { index(read_file("/proc/$_/cmdline"), $self->{dir}) >= 0 } @recorded;
}

sub _become ($self, $name, @argv) {
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
    POSIX::setsid() if $self->{detach};
    # NGINX is nginx's own: sockets that it inherits.
    delete $ENV{NGINX};
    open STDIN,  '<',  '/dev/null';
    open STDOUT, '>>', "$self->{dir}/logs/$name.out";
    open STDERR, '>>', "$self->{dir}/logs/$name.out";
    exec {$argv[0]} @argv or POSIX::_exit(127);
}

sub _end ($self, @pids) {
    kill TERM => @pids;
    my $deadline = time + 10;
    while (grep { _alive($_) } @pids) {
        kill KILL => grep { _alive($_) } @pids if time > $deadline;
        sleep 0.05;
    }
    unlink glob "$self->{dir}/*.demo-pid";
    return;
}

# Our own children stay as zombies until they are waited for.
sub _alive ($pid) {
    waitpid $pid, POSIX::WNOHANG();
    return kill 0 => $pid;
}

1;
