# A small HTTP server of a test, in a process of its own: what nginx proxies to, or what the
# gateway fetches from. One request at a time, one per connection.
#
#     my $backend = Social::Test::Backend->new(sub ($request) { [200, {'X-Name' => 'value'}, 'body'] });
#     proxy_pass @{[$backend->url]};
#     my @seen = $backend->requests;         # {method, target, headers, body} of each so far
package Social::Test::Backend;
use v5.36;

use Carp       qw(croak);
use File::Temp ();
use IO::Socket::INET;
use JSON::PP ();
use POSIX    ();

my $json = JSON::PP->new->latin1->canonical;

sub new ($class, $handler) {
    my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 128, ReuseAddr => 1)
        or croak "cannot listen: $!";
    my $self = bless {port => $listener->sockport, journal => File::Temp->new, owner => $$}, $class;
    $self->{pid} = fork // croak "fork: $!";
    if (!$self->{pid}) {
        local $SIG{TERM} = sub { POSIX::_exit(0) };
        local $SIG{PIPE} = 'IGNORE';
        $self->_serve($listener, $handler);
        POSIX::_exit(0);
    }
    return $self;
}

sub url ($self, $path = '') { return "http://127.0.0.1:$self->{port}$path" }

sub requests ($self) {
    open my $in, '<:raw', $self->{journal}->filename or croak "no journal: $!";
    return map { $json->decode($_) } readline $in;
}

sub stop ($self) {
    my $pid = delete $self->{pid} or return;
    kill TERM => $pid;
    waitpid $pid, 0;
    return;
}

sub DESTROY ($self) {
    local ($?, $!);
    $self->stop if $self->{owner} == $$;
    return;
}

sub _serve ($self, $listener, $handler) {
    open my $journal, '>>:raw', $self->{journal}->filename or return;
    $journal->autoflush;
    while (my $client = $listener->accept) {
        my $request = _read($client) or next;
        print {$journal} $json->encode($request) . "\n";
        my ($status, $headers, $body) = @{$handler->($request)};
        my @lines = map {
            my $name = $_;
            map {"$name: $_\r\n"} ref $headers->{$name} ? @{$headers->{$name}} : $headers->{$name}
        } sort keys %$headers;
        print {$client} "HTTP/1.1 $status Answer\r\n", @lines, 'Content-Length: ', length($body // ''),
            "\r\nConnection: close\r\n\r\n", $body // '';
        close $client;
    }
    return;
}

sub _read ($client) {
    my $text = '';
    until ($text =~ /\r\n\r\n/) { sysread $client, $text, 8192, length $text or return }
    my ($head,   $body)    = split /\r\n\r\n/, $text, 2;
    my ($line,   @headers) = split /\r\n/,     $head;
    my ($method, $target)  = split / /,        $line;
    my %header = map { /^([^:]+):\s*(.*)$/ ? (lc $1 => $2) : () } @headers;
    while (length $body < ($header{'content-length'} // 0)) { sysread $client, $body, 8192, length $body or return }
    return {method => $method, target => $target, headers => \%header, body => $body};
}

1;
