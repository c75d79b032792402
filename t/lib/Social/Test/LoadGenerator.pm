# Many browsers at once: forked processes that go through whole logins on non-blocking
# sockets, as fast as the gateway and the provider let them.
#
#     my $load = Social::Test::LoadGenerator->new(port => $t->port, logins => 10_000, at_once => 64);
#     my $tally = $load->run(sub ($done) { … });     # called as logins come to their end
#
# Every request has a connection of its own, so that nothing but the gateway decides which of
# its processes answers, and a request that gets no answer is the gateway's fault.
#
# A login ends as one of: "good"; "cut", when a connection ended without an answer or none
# could be made; or the reason why the gateway refused it.
package Social::Test::LoadGenerator;
use v5.36;

use Carp qw(croak);
use EV;
use Errno qw(EAGAIN EINPROGRESS EINTR ECONNREFUSED);
use IO::Select;
use IO::Socket::INET;
use JSON::PP ();
use POSIX    ();
use Socket qw(IPPROTO_TCP PF_INET SOCK_STREAM SOCK_NONBLOCK SOL_SOCKET SO_ERROR TCP_NODELAY inet_aton pack_sockaddr_in);
use Time::HiRes qw(time);

my $json = JSON::PP->new->canonical;

# How long a request may take, and how long a refused connection is tried again: seconds.
my ($PATIENCE, $RETRIES) = (30, 20);

# new(port => gateway's, [providers => ['facebook']], [logins => N], [at_once => 64],
#     [processes => 2], [token => bearer token: each session is read once, too],
#     [retry => 1: where nobody listens, wait until somebody does])
sub new ($class, %arg) {
    return bless {providers => ['facebook'], logins => 100, at_once => 64, processes => 2, %arg}, $class;
}

# Runs all logins: {good => N, cut => N, other reasons => N, seconds => S, ids => [the latest]}.
# `$tick` is called with the number of logins that have ended.
sub run ($self, $tick = sub ($) { }) {
    my $begin = time;
    my %tally = (good => 0, cut => 0, ids => []);
    my %buffer;
    my $readers = IO::Select->new(map { $self->_fork($_) } 0 .. $self->{processes} - 1);
    my $done    = 0;
    while ($readers->count) {
        for my $reader ($readers->can_read(1)) {
            if (!sysread $reader, $buffer{$reader}, 65_536, length($buffer{$reader} // '')) {
                $readers->remove($reader);
                next;
            }
            while ($buffer{$reader} =~ s/^([^\n]*)\n//) {
                my ($how, $id) = @{$json->decode($1)};
                $tally{$how}++;
                $done++;
                push @{$tally{ids}}, $id if defined $id;
            }
            splice @{$tally{ids}}, 0, @{$tally{ids}} - 100 if @{$tally{ids}} > 100;
        }
        $tick->($done);
    }
    waitpid $_, 0 for @{$self->{pids}};
    $tally{seconds} = time - $begin;
    $tally{missing} = $self->{logins} - $done if $done != $self->{logins};
    return \%tally;
}

# What went wrong in a tally: "reason: count" lines; `cut` as well unless it is allowed.
sub complaints ($tally, %allowed) {
    return
        map {"$_: $tally->{$_}"} grep { !/^(?:good|ids|seconds)$/ && $tally->{$_} && !$allowed{$_} } sort keys %$tally;
}

sub _fork ($self, $number) {
    pipe my $reader, my $writer or croak "pipe: $!";
    my $pid = fork // croak "fork: $!";
    if (!$pid) {
        close $reader;
        my $share = int(($self->{logins} + $self->{processes} - 1 - $number) / $self->{processes});
        my $width = int(($self->{at_once} + $self->{processes} - 1 - $number) / $self->{processes});
        my $fine  = eval { $self->_work($writer, $share, $width); 1 };
        print STDERR $@ if !$fine;
        POSIX::_exit($fine ? 0 : 1);
    }
    close $writer;
    push @{$self->{pids}}, $pid;
    return $reader;
}

# One process: so many logins, never more than `$width` at a time.
sub _work ($self, $writer, $share, $width) {
    local $SIG{PIPE} = 'IGNORE';
    my ($started, $running) = (0, 0);
    my $begin;
    my $report = sub ($how, $id) {
        syswrite $writer, $json->encode([$how, $id]) . "\n";
        $running--;
        $begin->();
    };
    $begin = sub () {
        while ($running < $width && $started < $share) {
            $running++;
            $self->_login($self->{providers}[$started++ % @{$self->{providers}}], $report);
        }
    };
    $begin->();
    EV::run();
    return;
}

# The steps of a browser. `$report` gets how it ended, and the session id.
sub _login ($self, $provider, $report) {
    my $auth = "/$provider/auth?redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome";
    my $cut  = sub ($step) { $report->('cut', undef) };
    $self->_fetch(
        $self->{port},
        $auth,
        [],
        sub ($status, $head) {
            return $cut->('auth') if !$status;
            my ($port, $dialog) = $head =~ m{^Location: http://127\.0\.0\.1:(\d+)(/\S+)}mi
                or return $report->("auth answers $status", undef);
            my $cookies = join '; ', $head =~ /^Set-Cookie: ([^;\r]+)/mgi;
            $self->_fetch(
                $port, $dialog,
                [],
                sub ($consent, $back) {
                    my ($callback) = $back =~ m{^Location: http://[^/]+(/[^\s#]+)}mi
                        or return $report->("the provider answers $consent", undef);
                    $self->_fetch(
                        $self->{port},
                        $callback,
                        ["Cookie: $cookies"],
                        sub ($end, $site) {
                            return $cut->('callback') if !$end;
                            my ($id) = $site =~ m{^Location: https://mysite\.example/welcome\?sessionId=(\w{92})}mi
                                or return $report->("callback answers $end", undef);
                            return $report->('good', $id) if !$self->{token};
                            $self->_read($provider, $id, $report);
                        }
                    );
                }
            );
        }
    );
    return;
}

sub _read ($self, $provider, $id, $report) {
    $self->_fetch(
        $self->{port},
        "/api/$provider/session/$id",
        ["Authorization: Bearer $self->{token}"],
        sub ($status, $text) {
            return $report->('cut', undef) if !$status;
            $report->($status == 200 && $text =~ /"accounts":\[.*\]\}$/ ? 'good' : "a read answers $status", $id);
        }
    );
    return;
}

# GET over a new connection: $then->(status, the whole answer), or (0, '') when there is none.
sub _fetch ($self, $port, $path, $headers, $then, $tries = 0) {
    socket my $socket, PF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0 or croak "socket: $!";
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    my $connected = connect $socket, pack_sockaddr_in($port, inet_aton('127.0.0.1'));
    my $refused   = !$connected && $! != EINPROGRESS;
    my ($answer, $io, $timer) = ('');
    my $finish = sub ($status) {
        undef $_ for $io, $timer;
        close $socket;
        $then->($status, $answer);
    };
    my $again = sub () {
        undef $_ for $io, $timer;
        close $socket;
        return $then->(0, '') if !$self->{retry} || $tries >= $RETRIES * 20;
        my $pause;
        $pause = EV::timer 0.05, 0, sub { undef $pause; $self->_fetch($port, $path, $headers, $then, $tries + 1) };
    };
    return $again->() if $refused;
    my $receive = sub {
        while (1) {
            my $got = sysread $socket, $answer, 65_536, length $answer;
            next   if $got;
            last   if defined $got;
            return if $! == EAGAIN || $! == EINTR;
            return $finish->(0);
        }
        $finish->($answer =~ m{^HTTP/1\.1 (\d{3}) .*?\r\n\r\n}s ? $1 : 0);
    };
    my $request = join "\r\n", "GET $path HTTP/1.1", "Host: 127.0.0.1:$port", 'Connection: close', @$headers, '', '';
    $timer = EV::timer $PATIENCE, 0, sub { $finish->(0) };
    $io    = EV::io fileno $socket, EV::WRITE, sub {
        my $error = unpack 'i', getsockopt $socket, SOL_SOCKET, SO_ERROR;
        return $again->()   if $error == ECONNREFUSED;
        return $finish->(0) if $error;
        my $sent = syswrite $socket, $request;
        return $finish->(0) if !defined $sent || $sent != length $request;
        $io = EV::io fileno $socket, EV::READ, $receive;
    };
    return;
}

1;
