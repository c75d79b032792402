# A child process of a test: started here, stopped here, by its own pid alone.
#
# A guard process outlives the test by a moment: when a test dies without cleaning
# up (a signal, Ctrl-C), the guard ends what the test had started.
package Social::Test::Process;
use v5.36;

use Carp qw(croak);
use IO::Handle;
use POSIX       qw(WNOHANG);
use Time::HiRes qw(sleep time);

my ($guard_pipe, $guard_owner);

# spawn(name => 'nginx', argv => [...], env => {...}, stdout => PATH|HANDLE, stderr => PATH)
# A value of undef in `env` removes that variable.
sub spawn ($class, %arg) {
    _start_guard();
    my $pid = fork // croak "fork: $!";
    if (!$pid) {
        _become(%arg);
        print STDERR "cannot run $arg{argv}[0]: $!\n";
        POSIX::_exit(127);
    }
    _tell_guard("+$pid");
    return bless {name => $arg{name}, pid => $pid, owner => $$}, $class;
}

# adopt(name => 'nginx', pid => PID): one that something started here has started, and that is
# no child of the test.
sub adopt ($class, %arg) {
    croak 'there is no such process' if !$arg{pid};
    _start_guard();
    _tell_guard("+$arg{pid}");
    return bless {%arg, owner => $$, adopted => 1}, $class;
}

sub pid  ($self) { return $self->{pid} }
sub name ($self) { return $self->{name} }

# The wait status once the process has ended, undef before. Of an adopted one that is 0.
sub status ($self) {
    return $self->{status} if defined $self->{status};
    if ($self->{adopted} ? !_runs($self->{pid}) : waitpid($self->{pid}, WNOHANG) == $self->{pid}) {
        $self->{status} = $self->{adopted} ? 0 : $?;
        _tell_guard("-$self->{pid}");
    }
    return $self->{status};
}

sub alive ($self) { return !defined $self->status }

sub signal ($self, $signal) {
    return $self->alive && kill $signal => $self->{pid};
}

# Waits for the end; false when it did not come in time.
sub wait_end ($self, $seconds = 5) {
    my $deadline = time + $seconds;
    while ($self->alive) {
        return 0 if time > $deadline;
        sleep 0.005;
    }
    return 1;
}

# True when the process went by `$signal` itself; a process that had to be killed is false.
sub stop ($self, $signal = 'TERM', $seconds = 5) {
    return 1 if !$self->alive;
    $self->signal($signal);
    return 1 if $self->wait_end($seconds);
    $self->signal('CONT');
    $self->signal('KILL');
    $self->wait_end(5);
    return 0;
}

# Pids of the direct children of a process.
sub children_of ($pid) {
    my @children;
    for my $stat (glob '/proc/[0-9]*/stat') {
        open my $in, '<', $stat or next;
        my $line = readline($in) // next;
        my ($child, $parent) = $line =~ /^(\d+) .*\) \S (\d+) /s or next;
        push @children, $child if $parent == $pid;
    }
    return sort { $a <=> $b } @children;
}

sub command_of ($pid) {
    open my $in, '<', "/proc/$pid/cmdline" or return '';
    local $/;
    return (readline($in) // '') =~ tr/\0/ /r;
}

sub DESTROY ($self) {
    return if ${^GLOBAL_PHASE} eq 'DESTRUCT' && !defined $self->{pid};
    return if $self->{owner} != $$;
    local ($?, $!);
    $self->stop;
}

# Whether there is such a process that is no zombie.
sub _runs ($pid) {
    open my $in, '<', "/proc/$pid/stat" or return 0;
    return (readline($in) // '') =~ /^\d+ .*\) [^ZX] /s;
}

sub _become (%arg) {
    for my $name (keys %{$arg{env} // {}}) {
        if (defined $arg{env}{$name}) { $ENV{$name} = $arg{env}{$name} }
        else                          { delete $ENV{$name} }
    }
    open STDIN, '<', '/dev/null';
    if (my $out = $arg{stdout}) { ref $out ? open STDOUT, '>&', $out : open STDOUT, '>>', $out }
    if (my $err = $arg{stderr}) { open STDERR, '>>', $err }
    $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE CHLD);
    no warnings 'exec';
    exec {$arg{argv}[0]} @{$arg{argv}};
}

sub _start_guard {
    return if $guard_pipe && $guard_owner == $$;
    pipe my $reader, my $writer or croak "pipe: $!";
    my $parent = $$;
    my $pid    = fork // croak "fork: $!";
    if (!$pid) {
        close $writer;
        $SIG{$_} = 'IGNORE' for qw(INT TERM HUP PIPE);
        open STDIN,  '<', '/dev/null';
        open STDOUT, '>', '/dev/null';
        _guard($reader);
        POSIX::_exit(0);
    }
    close $reader;
    $writer->autoflush(1);
    ($guard_pipe, $guard_owner) = ($writer, $parent);
    return;
}

# Reads "+pid" and "-pid" until the test is gone, then ends what is left.
sub _guard ($reader) {
    my %running;
    while (my $line = readline $reader) {
        my ($sign, $pid) = $line =~ /^([+-])(\d+)$/ or next;
        if ($sign eq '+') { $running{$pid} = 1 }
        else              { delete $running{$pid} }
    }
    my @victims = map { ($_, children_of($_)) } keys %running;
    return if !@victims;
    kill TERM => @victims;
    sleep 0.5;
    kill KILL => grep { kill 0 => $_ } @victims;
    return;
}

sub _tell_guard ($line) {
    return if !$guard_pipe || $guard_owner != $$;
    local $SIG{PIPE} = 'IGNORE';
    print {$guard_pipe} "$line\n";
    return;
}

1;
