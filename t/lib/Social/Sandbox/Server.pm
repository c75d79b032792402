# The sandbox on a socket: Mojolicious reads requests and writes ordinary answers; the
# rough ones (cut off, dripping, never coming) are written to the stream by hand.
package Social::Sandbox::Server;
use v5.36;

use Mojo::IOLoop;
use Social::Sandbox::Behavior;
use Social::Sandbox::Daemon;
use Time::HiRes qw(time);

# start($sandbox, [listen => 'http://127.0.0.1:0'], [tls => {cert => FILE, key => FILE}]): serves
# while the loop runs. With `tls`, on a second port as well.
sub start ($class, $sandbox, %arg) {
    my @listen = $arg{listen} // 'http://127.0.0.1:0';
    push @listen, "https://127.0.0.1:0?cert=$arg{tls}{cert}&key=$arg{tls}{key}" if $arg{tls};
    my $daemon = Social::Sandbox::Daemon->new(
        listen             => \@listen,
        silent             => 1,
        max_clients        => 10_000,
        max_requests       => 1_000_000,
        inactivity_timeout => 120,
        keep_alive_timeout => 120,
    );
    my $self = bless {daemon => $daemon, sandbox => $sandbox}, $class;
    $daemon->unsubscribe('request')->on(request => sub ($daemon, $tx) { $self->_on_request($tx) });
    $daemon->start;
    @$self{qw(port tls_port)} = @{$daemon->ports};
    $sandbox->set_origin("http://127.0.0.1:$self->{port}", map {"https://127.0.0.1:$_"} $self->{tls_port} // ());
    return $self;
}

sub port     ($self) { return $self->{port} }
sub tls_port ($self) { return $self->{tls_port} }

sub _on_request ($self, $tx) {
    my $req     = $tx->req;
    my $headers = $req->headers->to_hash(1);
    my %lower   = map { lc $_ => $headers->{$_} } keys %$headers;
    my $url     = $req->url;
    my $request = $self->{sandbox}
        ->request($req->method, $url->path->to_string, $url->query->to_string, \%lower, $req->body, $req->is_secure,);
    $self->{sandbox}->serve(
        $request,
        sub ($reply, $rule) {
            my $entry = $request->{entry} // {};
            $entry->{began} = $tx->{began};
            if (my $stream = Mojo::IOLoop->stream($tx->connection // '')) {
                $stream->once(write => sub { $entry->{ended} = time });
            }
            my $deliver = sub {
                $rule && Social::Sandbox::Behavior::is_rough($rule)
                    ? $self->_roughly($tx, $reply, $rule)
                    : _plainly($tx, $reply);
            };
            return $deliver->() if !$rule || !$rule->{delay};
            Mojo::IOLoop->timer($rule->{delay} / 1000 => $deliver);
        }
    );
    return;
}

sub _plainly ($tx, $reply) {
    my $res = $tx->res;
    $res->code($reply->status);
    my $headers = $res->headers;
    $headers->content_type($reply->type);
    $headers->add($_ => $reply->headers->{$_}) for keys %{$reply->headers};
    $res->body($reply->body);
    $tx->resume;
    return;
}

sub _roughly ($self, $tx, $reply, $rule) {
    my $stream = Mojo::IOLoop->stream($tx->connection // return) // return;
    return $stream->timeout(0) if $rule->{hang};
    my $close = $rule->{close} // '';
    return $stream->close if $close eq 'before' || $close eq 'after';

    my $head = 'HTTP/1.1 ' . $reply->status . " OK\r\nContent-Type: " . $reply->type . "\r\n";
    return $stream->write($head . 'Content-Le' => sub ($stream) { $stream->close }) if $close eq 'headers';
    my $body = $reply->body;
    $head .= "$_: $reply->{headers}{$_}\r\n" for sort keys %{$reply->headers};
    $head .= 'Content-Length: ' . length($body) . "\r\nConnection: close\r\n\r\n";
    $body = substr $body, 0, $rule->{truncate} if defined $rule->{truncate};
    return $stream->write($head . $body => sub ($stream) { $stream->close }) if !$rule->{drip};
    $stream->timeout(0);
    return _drip($stream, $head, $body, $rule->{drip} / 1000);
}

sub _drip ($stream, $head, $body, $pause) {
    $stream->write($head);
    my $sent = 0;
    my $timer;
    $timer = Mojo::IOLoop->recurring(
        $pause => sub {
            return $stream->write(substr $body, $sent++, 1) if $sent < length $body;
            Mojo::IOLoop->remove($timer);
            $stream->close_gracefully;
        }
    );
    $stream->on(close => sub { Mojo::IOLoop->remove($timer) });
    return;
}

1;
