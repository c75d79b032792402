# Mojolicious' daemon, which also knows when the first bytes of a request have come.
package Social::Sandbox::Daemon;
use v5.36;

use parent 'Mojo::Server::Daemon';

use Time::HiRes qw(time);

# Made for each request as it begins to be read.
sub build_tx ($self) {
    my $tx = $self->SUPER::build_tx;
    $tx->{began} = time;
    return $tx;
}

1;
