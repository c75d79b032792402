# Runs of wrk against one server: pinned to a processor of its own, while the server has
# another, and what they cost the server.
package Bench::Wrk;
use v5.36;

use Carp     qw(croak);
use JSON::PP ();
use POSIX    ();

our ($SERVER_CPU, $CLIENT_CPU) = (0, 1);
my $TICKS = POSIX::sysconf(POSIX::_SC_CLK_TCK());

# What a script says at its end; the rest of it has to define request().
my $DONE = <<~'LUA';
    function done(summary, latency)
        local e = summary.errors
        io.write(string.format('{"requests":%d,"micros":%d,"p50":%f,"p99":%f,"errors":%d}\n', summary.requests,
            summary.duration, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
            e.connect + e.read + e.write + e.timeout + (refused and 0 or e.status)))
    end
    LUA

# A script that sends requests in turn: [[path, {header => value}], …]. With `refused` answers
# of 400 and more are what is expected.
sub in_turn ($requests, %arg) {
    return ($arg{refused} ? "refused = true\n" : '') . 'local requests = ' . _lua($requests) . "\n" . <<~'LUA' . $DONE;
        local text, turn = {}, 0
        function init()
            for i, r in ipairs(requests) do text[i] = wrk.format("GET", r[1], r[2]) end
        end
        function request()
            turn = turn % #text + 1
            return text[turn]
        end
        LUA
}

# One that reads the sessions of a file of ids, one of 92 characters a line, with a stride that
# leaves no neighbours together: `count` of them, the n-th with the token of tokens[n % #tokens].
sub of_ids ($file, $count, $prefix, $tokens) {
    return join "\n", "local file, count, prefix = '$file', $count, '$prefix'", 'local tokens = ' . _lua($tokens),
        <<~'LUA' . $DONE;
        local ids = io.open(file):read(count * 93)
        local head, tails, at = "GET " .. prefix, {}, 0
        function init()
            for i, token in ipairs(tokens) do
                tails[i - 1] = wrk.format("GET", "/", {Authorization = "Bearer " .. token}):gsub("^GET /", "")
            end
        end
        function request()
            at = (at + 611953) % count
            return head .. ids:sub(at * 93 + 1, at * 93 + 92) .. tails[at % #tokens]
        end
        LUA
}

# One run: {rate, micros, kernel, p50, p99}. Rate is in requests per second, `micros` what the
# processes `pids` spent on each, `kernel` which part of it in the kernel, p50 and p99 in
# milliseconds.
# run(url => …, script => PATH, pids => [...], seconds => N, connections => N)
sub run (%arg) {
    my ($user, $system) = processor_time(@{$arg{pids}});
    my @command = (
        'taskset', '-c', $CLIENT_CPU, 'wrk', '-t1', "-c$arg{connections}", "-d$arg{seconds}s", '-s', $arg{script},
        $arg{url}
    );
    open my $wrk, '-|', @command or croak "cannot run wrk: $!";
    my @said = readline $wrk;
    close $wrk or croak 'wrk failed: ' . ($said[0] // $?);
    my ($line) = grep {/^\{/} @said;
    my $seen = JSON::PP::decode_json($line // croak 'wrk says nothing');
    croak "$seen->{errors} of $seen->{requests} requests failed" if $seen->{errors};
    croak 'nothing was answered'                                 if !$seen->{requests};
    my ($user_after, $system_after) = processor_time(@{$arg{pids}});
    my ($spent,      $kernel)       = ($user_after + $system_after - $user - $system, $system_after - $system);
    return {
        rate   => 1e6 * $seen->{requests} / $seen->{micros},
        micros => 1e6 * $spent / $TICKS / $seen->{requests},
        kernel => $spent ? $kernel / $spent : 0,
        p50    => $seen->{p50},
        p99    => $seen->{p99},
    };
}

sub ticks () { return $TICKS }

# Ticks that processes have spent: (in their own code, in the kernel).
sub processor_time (@pids) {
    my ($user, $system) = (0, 0);
    for my $pid (@pids) {
        open my $in, '<', "/proc/$pid/stat" or croak "no process $pid";
        my @field = split ' ', readline($in) =~ s/^.*\) //r;
        $user   += $field[11];
        $system += $field[12];
    }
    return ($user, $system);
}

sub _lua ($value) {
    return JSON::PP->new->allow_nonref->encode($value) if !ref $value;
    return '{' . join(',', map { _lua($_) } @$value) . '}' if ref $value eq 'ARRAY';
    return '{' . join(',', map { '[' . _lua($_) . ']=' . _lua($value->{$_}) } sort keys %$value) . '}';
}

1;
