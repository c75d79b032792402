# Bytes to a port and back: one connection, or many at once. Request targets and
# headers go out exactly as given, so that malformed ones can be sent too.
package Social::Test::RawConnection;
use v5.36;

use Carp qw(croak);
use IO::Select;
use IO::Socket::INET;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Social::Test::Response;
use Time::HiRes qw(time);

my $TIMEOUT = 15;

# new(port => N, [host => '127.0.0.1'], [tls => {SSL_… options}])
sub new ($class, %arg) {
    my $socket = IO::Socket::INET->new(
        PeerAddr => $arg{host} // '127.0.0.1',
        PeerPort => $arg{port},
        Proto    => 'tcp',
        Timeout  => 5,
    ) or croak "cannot connect to port $arg{port}: $!";
    setsockopt $socket, IPPROTO_TCP, TCP_NODELAY, 1;
    if (my $tls = $arg{tls}) {
        require IO::Socket::SSL;
        IO::Socket::SSL->start_SSL($socket, SSL_verify_mode => 0, %$tls)
            or croak "no TLS with port $arg{port}: " . IO::Socket::SSL::errstr();
    }
    return bless {socket => $socket, buffer => ''}, $class;
}

sub socket ($self) { return $self->{socket} }

sub put ($self, $bytes) {
    local $SIG{PIPE} = 'IGNORE';
    while (length $bytes) {
        my $sent = syswrite($self->{socket}, $bytes) // return 0;
        substr($bytes, 0, $sent) = '';
    }
    return 1;
}

# The next response on this connection, or undef when the peer closed or was silent too long.
sub read_response ($self, %arg) {
    my $deadline = time + ($arg{timeout} // $TIMEOUT);
    while (1) {
        my $response = Social::Test::Response->take(\$self->{buffer}, %arg, eof => $self->{eof});
        return $response if $response;
        return           if $self->{eof} || !$self->_fill($deadline - time);
    }
}

# Everything until the peer closes.
sub read_all ($self, %arg) {
    my $deadline = time + ($arg{timeout} // $TIMEOUT);
    1 while !$self->{eof} && $self->_fill($deadline - time);
    return $self->{buffer};
}

# True while the peer keeps the connection open and says nothing.
sub silent ($self, $seconds) { return !IO::Select->new($self->{socket})->can_read($seconds) }

sub hang_up ($self) {
    close $self->{socket} if $self->{socket};
    $self->{socket} = undef;
    return;
}

# A request as bytes. Header values may be a list. Host and Connection are added unless given.
sub format_request ($class, %arg) {
    my @headers = %{$arg{headers} // {}};
    my %given   = map { lc $_ => 1 } @headers[grep { !($_ & 1) } 0 .. $#headers];
    my $text    = "$arg{method} $arg{target} HTTP/1.1\r\n";
    $text .= "Host: $arg{authority}\r\n" if !$given{host};
    $text .= "Connection: close\r\n"     if !$given{connection} && !$arg{keep_alive};
    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $_\r\n" for grep {defined} ref $value ? @$value : $value;
    }
    if (defined $arg{body} && !$given{'content-length'} && !$given{'transfer-encoding'}) {
        $text .= 'Content-Length: ' . length($arg{body}) . "\r\n";
    }
    return "$text\r\n" . ($arg{body} // '');
}

# Sends each {port, bytes, method, [tls]} over its own connection, all of them before
# any answer is read; the responses in that order (undef where none came).
sub together ($class, @requests) {
    my @wires = map { $class->new(%$_) } @requests;
    $wires[$_]->put($requests[$_]{bytes}) for 0 .. $#wires;
    return map {
        my $response = $wires[$_]->read_response(method => $requests[$_]{method});
        $wires[$_]->hang_up;
        $response;
    } 0 .. $#wires;
}

sub _fill ($self, $seconds) {
    my $socket  = $self->{socket};
    my $pending = $socket->can('pending') && $socket->pending;
    return 0 if $seconds <= 0;
    return 0 if !$pending && !IO::Select->new($socket)->can_read($seconds);
    my $got = sysread $socket, $self->{buffer}, 65_536, length $self->{buffer};
    $self->{eof} = 1 if !$got;
    return 1;
}

# A body in chunks of that many bytes (RFC 9112 section 7.1).
sub chunked ($text, $size) {
    return join '', (map { sprintf "%x\r\n%s\r\n", length, $_ } unpack "(a$size)*", $text), "0\r\n\r\n";
}

1;
