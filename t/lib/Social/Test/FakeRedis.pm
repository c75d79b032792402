# A fake Redis server: it passes commands on to a real one, until it is told to answer something
# else, or to hang up.
package Social::Test::FakeRedis;
use v5.36;

use Carp       qw(croak);
use File::Path qw(make_path);
use IO::Select;
use IO::Socket::INET;
use Social::Test::Port;
use Social::Test::Process;
use Time::HiRes qw(sleep);

# new(dir => DIR, redis => a Social::Test::Redis)
sub new ($class, %arg) {
    my $self = bless {port => Social::Test::Port::free(), %arg}, $class;
    make_path($self->{dir});
    return $self;
}

sub address ($self) { return "127.0.0.1:$self->{port}" }

sub start ($self) {
    $self->{process} = Social::Test::Process->spawn(
        name => 'fake-redis',
        argv => [
            $^X, (map {"-I$_"} @INC), '-MSocial::Test::FakeRedis', '-e',
            'Social::Test::FakeRedis::serve(@ARGV)', $self->{port}, $self->{redis}->port, $self->_script,
        ],
        stdout => "$self->{dir}/fake-redis.log",
        stderr => "$self->{dir}/fake-redis.log",
    );
    for (1 .. 400) {
        return $self if IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port});
        sleep 0.01;
    }
    croak 'the fake Redis does not listen';
}

sub stop ($self) { return $self->{process}->stop }

# From here on these bytes answer everything but the way in ('': the connection is closed).
# answer_with(BYTES, times => N): N times, and then Redis answers again; to => 'SUBSCRIBE':
# to that command alone.
sub answer_with ($self, $bytes, %arg) {
    open my $out, '>:raw', $self->_script . '.new' or croak "cannot write the script: $!";
    print {$out} ($arg{times} // 1_000_000) . ' ' . ($arg{to} // '') . "\n$bytes";
    close $out or croak "cannot write the script: $!";
    rename $self->_script . '.new', $self->_script or croak "cannot rename the script: $!";
    return;
}

sub be_redis ($self) { unlink $self->_script; return }

sub _script ($self) { return "$self->{dir}/script" }

# ---- The process ----

sub serve ($port, $redis, $script) {
    my $listener = IO::Socket::INET->new(
        LocalAddr => '127.0.0.1',
        LocalPort => $port,
        Listen    => 64,
        ReuseAddr => 1,
    ) or die "cannot listen: $!\n";
    local $SIG{PIPE} = 'IGNORE';
    my $all = IO::Select->new($listener);
    my %other;    # the other end of a connection
    my %client;
    while (1) {
        for my $socket ($all->can_read) {
            if ($socket == $listener) {
                my $client = $listener->accept // next;
                my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $redis) // next;
                $all->add($client, $server);
                @other{$client, $server} = ($server, $client);
                $client{$client} = 1;
                next;
            }
            my $other = $other{$socket} // next;    # closed in this turn
            my $bytes = '';
            sysread $socket, $bytes, 65_536;
            my $instead = length $bytes && $client{$socket} && $bytes !~ /PING\r\n\z/ ? _scripted($script, $bytes) : undef;
            if (length $bytes && !defined $instead) {
                syswrite $other, $bytes;
            }
            elsif (length $bytes && length $instead) {
                syswrite $socket, $instead;
            }
            else {
                $all->remove($socket, $other);
                delete @other{$socket, $other};
                delete @client{$socket, $other};
                close $_ for $socket, $other;
            }
        }
    }
}

sub _scripted ($file, $said) {
    open my $in, '<:raw', $file or return;
    my ($left, $to) = readline($in) =~ /^(\d+) (\w*)/;
    return if index($said, $to) < 0;
    local $/;
    my $bytes = readline($in) // '';
    close $in;
    if ($left > 1) {
        open my $out, '>:raw', $file or die "cannot write the script: $!\n";
        print {$out} $left - 1, " $to\n$bytes";
    }
    else {
        unlink $file;
    }
    return $bytes;
}

1;
