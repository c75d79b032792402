# One nginx under a prefix directory of its own: master and workers, started, reloaded
# and ended as an operator would, by pid.
#
# SOCIAL_NGINX    the binary, where it is not the one on the PATH
# SOCIAL_MODULE   the module; "static" where it is in the binary already
# SOCIAL_PRELOAD  LD_PRELOAD of nginx alone: the sanitizers' runtime
# SOCIAL_USER     "user group" of the workers where the tests run as root
package Social::Test::Nginx;
use v5.36;

use Carp       qw(croak);
use File::Copy ();
use File::Path qw(make_path);
use Social::Test::Process;
use Time::HiRes qw(sleep time);

# new(dir => DIR, [module => PATH], [workers => N], [connections => N], [log_level => 'info'], [clock => Social::Test::Clock],
#     [daemon => 1], which an nginx that is to be upgraded has to be)
sub new ($class, %arg) {
    my $self = bless {workers => 1, connections => 4096, log_level => 'info', %arg}, $class;
    make_path(map {"$self->{dir}/$_"} qw(logs temp conf));
    if ($> == 0) {
        chmod 0755, $self->{dir};
        chmod 0777, map {"$self->{dir}/$_"} qw(logs temp);
    }
    return $self;
}

sub binary {
    my ($found) = grep {-x} $ENV{SOCIAL_NGINX} // (), map {"$_/nginx"} split(/:/, $ENV{PATH} // ''), '/usr/sbin';
    return $found // croak 'nginx is not installed';
}

# The whole nginx.conf: what the test wrote, in its http block, inside what every test needs.
# A text with an `events` block of its own is taken as it is.
sub render ($self, %arg) {
    return $arg{http} if $arg{http} =~ /^\s*events\s*\{/m;
    my $log    = $arg{check}                                    ? 'check.log'                    : 'error.log';
    my $load   = $self->{module} && $self->{module} ne 'static' ? "load_module $self->{module};" : '';
    my $user   = $> == 0         ? 'user ' . ($ENV{SOCIAL_USER} // 'nobody nogroup') . ';' : '';
    my $format = $self->{module} ? '$remote_addr "$social_request" $status $social_result' : '$remote_addr $status';
    my $daemon = $self->{daemon} ? join "\n    ", 'daemon on;', $self->_passed_on : 'daemon off;';
    my $temp   = join "\n    ", map {"${_}_temp_path $self->{dir}/temp/$_;"} qw(client_body proxy fastcgi uwsgi scgi);
    return <<~"CONF";
        $load
        $daemon
        master_process on;
        worker_processes $self->{workers};
        $user
        pid $self->{dir}/@{[$arg{check} ? 'check' : 'nginx']}.pid;
        error_log $self->{dir}/logs/$log $self->{log_level};
        $arg{main}
        events { worker_connections $self->{connections}; }
        http {
            $temp
            log_format masked '$format';
            access_log @{[$arg{check} ? 'off' : "$self->{dir}/logs/access.log masked"]};
            $arg{http}
        }
        CONF
}

# What a new binary needs of the environment; nginx gives it nothing that is not named. One that is
# refused leaves without giving back what it has read.
sub _passed_on ($self) {
    my %option = $self->_sanitizer_options('detect_leaks=0');
    return ('env LD_PRELOAD;', map {"env $_=$option{$_};"} sort keys %option);
}

# What `nginx -t` makes of the configuration: whether it accepts it, and its output.
sub check ($self, %arg) {
    my $path = "$self->{dir}/conf/check.conf";
    my $out  = "$self->{dir}/logs/check.out";
    _write($path, $self->render(%arg, check => 1));
    unlink $out;
    my $check = $self->_run([$self->binary, '-t', '-p', $self->{dir}, '-c', $path, '-e', "$self->{dir}/logs/check.log"],
        $out, 'detect_leaks=0');    # nginx leaves without giving back what it has read
    $check->wait_end(20) or croak 'nginx -t does not end';
    return ($check->status == 0, _read($out));
}

# Writes the configuration that start and reload use.
sub configure ($self, %arg) {
    _write("$self->{dir}/conf/nginx.conf", $self->render(main => '', %arg));
    return $self;
}

sub start ($self) {
    unlink "$self->{dir}/nginx.pid";
    $self->{process} = $self->_run(
        [$self->binary, '-p', $self->{dir}, '-c', "$self->{dir}/conf/nginx.conf", '-e', "$self->{dir}/logs/error.log"],
        "$self->{dir}/logs/console.log",
    );

    # nginx listens before it writes the pid file, so whoever connects now is served.
    _await(20, sub { -s "$self->{dir}/nginx.pid" || !$self->{process}->alive && $self->{process}->status });
    if ($self->{daemon} && (my $pid = $self->_pid)) {
        $self->{process}->wait_end;
        $self->{process} = Social::Test::Process->adopt(name => 'nginx', pid => $pid);
    }
    croak "nginx does not start:\n" . _read("$self->{dir}/logs/console.log") if !$self->{process}->alive;
    _await(10, sub { $self->workers >= $self->{workers} }) or croak 'nginx has no workers';
    return $self;
}

sub master ($self) { return $self->{process} ? $self->{process}->pid : undef }

sub processes ($self) {
    return grep {defined} @$self{qw(process before)};
}

# Pids of the workers that take requests; of all children under valgrind, which shows its own
# command in the place of nginx's titles.
sub workers ($self, $master = $self->{process}) {
    return
        grep { Social::Test::Process::command_of($_) =~ m{^nginx: worker process\s*$|^\S*/valgrind} }
        Social::Test::Process::children_of($master->pid);
}

# Pids of the workers that finish what they have and end then.
sub leaving ($self) {
    return
        grep { Social::Test::Process::command_of($_) =~ /shutting down/ }
        Social::Test::Process::children_of($self->{process}->pid);
}

# HUP; true once new workers serve and no old one takes requests, false when nginx kept
# the old configuration. drained => 1 also waits until the old workers are gone.
sub reload ($self, %arg) {
    my %old  = map { $_ => 1 } $self->workers;
    my $mark = -s "$self->{dir}/logs/error.log" // 0;
    $self->{process}->signal('HUP');
    my $refused;
    my $done = _await(
        20,
        sub {
            $refused = _read("$self->{dir}/logs/error.log", $mark) =~ /\[emerg\]/;
            my @now = $self->workers;
            return $refused || @now >= $self->{workers} && !grep { $old{$_} } @now;
        }
    );
    croak 'nginx does not reload'                                   if !$done;
    return 0                                                        if $refused;
    _await(20, sub { !$self->leaving }) or croak 'old workers stay' if $arg{drained};
    return 1;
}

# USR2: a new master beside the old one, with workers that take requests as those of the old one
# still do. False when the new one refuses the configuration, and the old one is alone again.
sub begin_upgrade ($self) {
    my $old  = $self->{process};
    my $mark = -s "$self->{dir}/logs/error.log" // 0;
    $old->signal('USR2');
    my ($refused, $pid);
    my $done = _await(
        20,
        sub {
            $refused ||= _read("$self->{dir}/logs/error.log", $mark) =~ /\[emerg\]/;
            $pid = $self->_pid;
            return $pid && ($pid == $old->pid) == !!$refused;
        }
    );
    croak 'nginx starts no new binary' if !$done;
    return 0                           if $refused;
    $self->{before}  = $old;
    $self->{process} = Social::Test::Process->adopt(name => 'nginx', pid => $pid);
    _await(10, sub { $self->workers >= $self->{workers} }) or croak 'the new nginx has no workers';
    return 1;
}

# WINCH: the workers of the old master finish what they have, and take no requests from now on.
sub wind_down ($self) {
    $self->{before}->signal('WINCH');
    return _await(10, sub { !$self->workers($self->{before}) });
}

# QUIT: the old master goes when its workers are gone. True when it went by itself.
sub end_upgrade ($self, $seconds = 20) {
    my $old = delete $self->{before};
    return $old->stop('QUIT', $seconds);
}

# HUP to the old master, whose workers come back, and QUIT to the new one.
sub go_back ($self, $seconds = 20) {
    my ($old, $new) = (delete $self->{before}, $self->{process});
    $old->signal('HUP');
    _await(10, sub { $self->workers($old) >= $self->{workers} }) or croak 'the old workers do not come back';
    $self->{process} = $old;
    return $new->stop('QUIT', $seconds) && _await(5, sub { $self->_pid == $old->pid });
}

# Graceful: QUIT and wait. False when nginx had to be killed.
sub quit ($self, $seconds = 20) { return $self->_end('QUIT', $seconds) }

# Fast: TERM and wait.
sub stop ($self, $seconds = 10) { return $self->_end('TERM', $seconds) }

# Ends one worker as a crash would; the master starts another.
sub kill_worker ($self, $pid = ($self->workers)[0]) {
    kill KILL => $pid;
    _await(
        10,
        sub {
            my @now = $self->workers;
            @now >= $self->{workers} && !grep { $_ == $pid } @now;
        }
    );
    return $pid;
}

# Copies the sanitizers' reports to where the caller's own options wanted them.
sub hand_over_reports ($self) {
    for my $name (qw(asan ubsan)) {
        my ($wanted) = ($ENV{uc($name) . '_OPTIONS'} // '') =~ /(?:^|:)log_path=([^:]+)/ or next;
        File::Copy::copy($_, $wanted . s/.*(?=\.)//r) for glob "$self->{dir}/logs/$name.*";
    }
    return;
}

sub _end ($self, $signal, $seconds) {
    my $process = $self->{process} or return 1;
    delete($self->{before})->stop($signal, $seconds) if $self->{before};
    my @workers = Social::Test::Process::children_of($process->pid);
    my $clean   = $process->stop($signal, $seconds);
    if (!$clean) {
        kill KILL => grep { Social::Test::Process::command_of($_) =~ /^nginx: / } @workers;
    }
    $self->{process} = undef;
    return $clean;
}

# What the pid file says, 0 while it says nothing.
sub _pid ($self) { return (_read("$self->{dir}/nginx.pid") =~ /^(\d+)\n/)[0] // 0 }

sub _run ($self, $argv, $out, @sanitizer) {
    return Social::Test::Process->spawn(
        name   => 'nginx',
        argv   => $argv,
        stdout => $out,
        stderr => $out,
        env    => {
            NGINX      => undef,
            LD_PRELOAD => $ENV{SOCIAL_PRELOAD},
            $self->_sanitizer_options(@sanitizer),
            (map { $_->environment } grep {defined} @$self{qw(clock watch)}),
        },
    );
}

# A C++ module in a C program: its weak symbols look like violations.
sub _sanitizer_options ($self, @more) {
    my $log = "log_path=$self->{dir}/logs";
    return (
        ASAN_OPTIONS =>
            join(':', _options('ASAN_OPTIONS', "$log/asan", 'detect_odr_violation=0', 'detect_leaks=0'), @more),
        UBSAN_OPTIONS => _options('UBSAN_OPTIONS', "$log/ubsan", 'print_stacktrace=1'),
    );
}

# The caller's own options win, being last; the reports are collected here, though.
sub _options ($name, $log_path, @ours) {
    my @theirs = grep { length && !/^log_path=/ } split /:/, $ENV{$name} // '';
    return join ':', @ours, @theirs, $log_path;
}

sub _await ($seconds, $condition) {
    my $deadline = time + $seconds;
    until ($condition->()) {
        return 0 if time > $deadline;
        sleep 0.004;
    }
    return 1;
}

sub _write ($path, $text) {
    open my $out, '>:raw', $path or croak "cannot write: $!";
    print {$out} $text;
    return close $out;
}

sub _read ($path, $from = 0) {
    open my $in, '<:raw', $path or return '';
    seek $in, $from, 0;
    local $/;
    return readline($in) // '';
}

1;
