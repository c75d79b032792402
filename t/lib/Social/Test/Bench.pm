# Measures one thing against another in the same nginx: a worker pinned to one processor, wrk
# pinned to the next, short runs of both in turn, medians of all runs. What else happens on
# the machine then meets both alike.
#
#     my $bench = Social::Test::Bench->new(seconds => 2, rounds => 5);
#     say for $bench->table($bench->measure($row), …);
#
# A row is what a file of t/bench/ returns:
#     {
#         name  => 'what is measured',
#         conf  => 'locations for the server',
#         sides => [[floor => 'what it is measured against', @requests], [ours => 'what it is', @requests]],
#     }
# with requests as [path, {header => value}], sent in turn.
package Social::Test::Bench;
use v5.36;

use Carp     qw(croak);
use JSON::PP ();
use POSIX    ();
use Social::Test;
use Time::HiRes qw(sleep);

my ($SERVER_CPU, $CLIENT_CPU) = (0, 1);
my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());

# new([seconds => 2], [rounds => 5], [connections => 64], [gateway => {options of the harness}])
sub new ($class, %arg) {
    my $self = bless {seconds => 2, rounds => 5, connections => 64, gateway => {}, %arg}, $class;
    $self->{test} = Social::Test->new(log_level => 'error');
    $self->_configure('');
    $self->{test}->start;
    return $self;
}

# The gateway, for rows that need a session or a token; it serves already.
sub test ($self) { return $self->{test} }

# Runs all sides of a row in turn: [{label, what, rate, micros, kernel, p50, p99}, …], medians all.
sub measure ($self, $row) {
    $self->_configure($row->{conf} // '');
    $self->{test}->reload(drained => 1);
    my @sides = map { $self->_side(@$_) } @{$row->{sides}};
    $self->_run($_, 1) for @sides;
    for my $round (1 .. $self->{rounds}) {
        push @{$_->{runs}}, $self->_run($_, $self->{seconds}) for @sides;
    }
    return map {
        my $side = $_;
        +{
            label => $side->{label},
            what  => $side->{what},
            map {
                my $figure = $_;
                ($figure => _median(map { $_->{$figure} } @{$side->{runs}}))
            } qw(rate micros kernel p50 p99)
        }
    } @sides;
}

# The lines of a table for one row.
sub table ($row, @sides) {
    my ($floor) = @sides;
    return (
        "## $row->{name}",
        '',
        '| | req/s | of the floor | CPU µs/req | more | kernel | p50 ms | p99 ms |',
        '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
        map {
            sprintf '| %s | %d | %.2f | %.2f | %+.2f | %d %% | %.2f | %.2f |', $_->{what},
                $_->{rate}, $_->{rate} / $floor->{rate}, $_->{micros}, $_->{micros} - $floor->{micros},
                100 * $_->{kernel}, @$_{qw(p50 p99)}
        } @sides,
    );
}

sub stop ($self) {
    $self->{test}->stop;
    return $self->{test}->sandbox->stop;
}

sub _configure ($self, $locations) {
    my %gateway = %{$self->{gateway}};
    $self->{test}->gateway(
        %gateway,
        main   => 'worker_cpu_affinity ' . (1 << $SERVER_CPU) . ';',
        http   => "keepalive_requests 1000000;\n" . ($gateway{http}   // ''),
        server => "access_log off;\n$locations\n" . ($gateway{server} // ''),
    );
    return;
}

# What wrk needs to send a side's requests.
sub _side ($self, $label, $what, @requests) {
    my $text = 'local requests = ' . _lua(\@requests) . "\n" . <<~'LUA';
        local text, turn = {}, 0
        function init()
            for i, r in ipairs(requests) do text[i] = wrk.format("GET", r[1], r[2]) end
        end
        function request()
            turn = turn % #text + 1
            return text[turn]
        end
        function done(summary, latency)
            local e = summary.errors
            io.write(string.format('{"requests":%d,"micros":%d,"p50":%f,"p99":%f,"errors":%d}\n', summary.requests,
                summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
                e.connect + e.read + e.write + e.status + e.timeout))
        end
        LUA
    return {label => $label, what => $what, script => $self->{test}->file("bench-$label.lua", $text), runs => []};
}

sub _lua ($value) {
    return JSON::PP->new->allow_nonref->encode($value) if !ref $value;
    return '{' . join(',', map { _lua($_) } @$value) . '}' if ref $value eq 'ARRAY';
    return '{' . join(',', map { '[' . _lua($_) . ']=' . _lua($value->{$_}) } sort keys %$value) . '}';
}

sub _run ($self, $side, $seconds) {
    my ($worker) = $self->{test}->nginx->workers;
    my ($user, $system) = _processor_time($worker);
    my @command = (
        'taskset',       '-c',                     $CLIENT_CPU,     'wrk',
        '-t1',           "-c$self->{connections}", "-d${seconds}s", '-s',
        $side->{script}, $self->{test}->url('/'),
    );
    open my $wrk, '-|', @command or croak "cannot run wrk: $!";
    my @said = readline $wrk;
    close $wrk or croak 'wrk failed: ' . ($said[0] // $?);
    my ($line) = grep {/^\{/} @said;
    my $seen = JSON::PP::decode_json($line // croak 'wrk says nothing');
    croak "$side->{what}: $seen->{errors} of $seen->{requests} requests failed" if $seen->{errors};
    croak "$side->{what}: nothing was answered"                                 if !$seen->{requests};
    my ($user_after, $system_after) = _processor_time($worker);
    my ($spent,      $kernel)       = ($user_after + $system_after - $user - $system, $system_after - $system);
    return {
        rate   => 1e6 * $seen->{requests} / $seen->{micros},
        micros => 1e6 * $spent / $TICKS / $seen->{requests},
        kernel => $spent ? $kernel / $spent : 0,
        p50    => $seen->{p50},
        p99    => $seen->{p99},
    };
}

# Ticks that a process has spent: (in its own code, in the kernel).
sub _processor_time ($pid) {
    open my $in, '<', "/proc/$pid/stat" or croak "no process $pid";
    my @field = split ' ', readline($in) =~ s/^.*\) //r;
    return @field[11, 12];
}

sub _median (@values) {
    my @sorted = sort { $a <=> $b } @values;
    return ($sorted[$#sorted / 2] + $sorted[@sorted / 2]) / 2;
}

1;
