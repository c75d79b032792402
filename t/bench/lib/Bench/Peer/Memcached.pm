# nginx that passes each request to memcached: no token and no quota, one native round trip.
package Bench::Peer::Memcached;
use v5.36;

use parent 'Bench::Peer::Nginx';

use Carp qw(croak);
use IO::Socket::INET;
use Social::Test::Port;
use Time::HiRes qw(sleep time);

my $MEMCACHED = '/usr/bin/memcached';

sub name          ($class) { return 'memcached' }
sub checks_tokens ($class) { return 0 }
sub conf_file     ($class) { return 'memcached/nginx.conf' }
sub programs      ($class) { return $class->SUPER::programs, $MEMCACHED }
sub values        ($self)  { return (STORE_PORT => $self->{store_port}) }

sub version ($self) { return $self->SUPER::version . ', memcached ' . $self->package_version('memcached') }

# A key is the whole path of its session.
sub fill ($self) {
    $self->{store_port} = Social::Test::Port::free();
    my $socket = $self->_start_store;
    for my $session (@{$self->{sessions}}) {
        my ($id, $body) = @$session;
        print {$socket} join "\r\n", 'set ' . $self->path_of($id) . ' 0 0 ' . length $body, $body, '';
        my $reply = readline $socket;
        croak 'memcached: ' . ($reply // 'no answer') if ($reply // '') ne "STORED\r\n";
    }
    return;
}

sub _start_store ($self) {
    $self->{store} = $self->run(
        $self->{store_cpu}, $MEMCACHED, '-l', '127.0.0.1', '-p', $self->{store_port},
        '-U', 0, '-t', 1, '-m', 256, ($> == 0 ? ('-u', 'nobody') : ())
    );
    my $deadline = time + 5;
    while (time < $deadline && $self->{store}->alive) {
        my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{store_port});
        $socket->autoflush(1) if $socket;
        return $socket        if $socket;
        sleep 0.01;
    }
    croak 'memcached does not start: ' . $self->file_text($self->error_log);
}

1;
