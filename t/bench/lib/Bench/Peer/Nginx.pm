# Debian's nginx as a peer, with one worker and a configuration from t/bench/peers/.
package Bench::Peer::Nginx;
use v5.36;

use parent 'Bench::Peer';

use Carp qw(croak);
use Social::Test::Process;
use Time::HiRes qw(sleep time);

# Debian's modules fit Debian's binary, whatever nginx the tests run.
my $NGINX = '/usr/sbin/nginx';

# The file of t/bench/peers/ that says what is special; its %%names%% are those of `values`.
sub conf_file ($class) { croak "$class has no configuration" }
sub values    ($self)  { return () }
sub programs  ($class) { return $NGINX }

sub version ($self) { return 'nginx ' . $self->package_version('nginx') }

sub command ($self) {
    my $conf = $self->file('nginx.conf', $self->_conf);
    return ($NGINX, '-p', $self->{dir}, '-c', $conf, '-e', $self->error_log);
}

# The master does nothing while the worker serves.
sub pids ($self) {
    return if !$self->{process};
    return grep { Social::Test::Process::command_of($_) =~ /^nginx: worker process/ }
        Social::Test::Process::children_of($self->{process}->pid);
}

sub await_answer ($self) {
    $self->SUPER::await_answer;
    my $deadline = time + 5;
    until ($self->pids) {
        croak $self->name . ' has no worker' if time > $deadline;
        sleep 0.01;
    }
    return;
}

# A text as one parameter of a directive. nginx would take a $ for a variable's.
sub quoted ($text) {
    croak "nginx cannot be given: $text" if $text =~ /[\$\r\n]/;
    return '"' . $text =~ s/(["\\])/\\$1/gr . '"';
}

sub _conf ($self) {
    return $self->filled(
        $self->conf_file,
        USER         => $> == 0 ? 'user nobody nogroup;' : '',
        DIR          => $self->{dir},
        ERROR_LOG    => $self->error_log,
        PORT         => $self->port,
        PREFIX       => $Bench::Peer::PREFIX,
        SOURCES      => $Bench::Peer::SOURCES,
        CONTENT_TYPE => quoted($self->{content_type}),
        HEADERS => join("\n        ", map { "add_header $_->[0] " . quoted($_->[1]) . ' always;' } @{$self->{extra_headers}}),
        $self->values,
    );
}

1;
