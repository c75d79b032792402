# HAProxy by itself: the token by jwt_verify, the quota in a stick table, the sessions in a map.
# It loads no session from anywhere: behind it there would still be an application.
package Bench::Peer::HAProxy;
use v5.36;

use parent 'Bench::Peer';

use Carp qw(croak);

my $HAPROXY = '/usr/sbin/haproxy';

sub name     ($class) { return 'haproxy' }
sub programs ($class) { return $HAPROXY }
sub version  ($self)  { return 'HAProxy ' . $self->package_version('haproxy') }
sub command  ($self)  { return ($HAPROXY, '-db', '-q', '-f', $self->file('haproxy.cfg', $self->_conf)) }

sub fill ($self) {
    $self->file('sessions.map', join '', map { $self->path_of($_->[0]) . " $_->[1]\n" } @{$self->{sessions}});
    $self->file('sites.list',   join '', map {"$_\n"} @{$self->{sites}});
    return;
}

sub _conf ($self) {
    croak 'HAProxy cannot be given this key' if $self->{key} !~ /^[\w .:+=-]+$/;
    my $refusal = $self->refusals;
    my $headers = join ' ', map { 'hdr ' . $_->[0] . ' ' . _quoted($_->[1] =~ s/%/%%/gr) } @{$self->{extra_headers}};
    return $self->filled(
        'haproxy/haproxy.cfg',
        USER    => $> == 0 ? "user nobody\n    group nogroup" : '',
        DIR     => $self->{dir},
        PORT    => $self->port,
        LIMIT   => $self->{limit},
        KEY     => $self->{key},
        TYPE    => _quoted($self->{content_type}),
        HEADERS => $headers,
        map { (uc $_ => $self->_refusal(@{$refusal->{$_}}) . " $headers") } keys %$refusal,
    );
}

# A refusal as `http-request return` is given it.
sub _refusal ($self, $status, $body, $challenge = undef) {
    return join ' ', "status $status content-type", _quoted($self->{content_type}), 'string', _quoted($body),
        $challenge ? ('hdr WWW-Authenticate', _quoted($challenge)) : ();
}

# Nothing is special in strong quotes but their end.
sub _quoted ($text) {
    croak "HAProxy cannot be given: $text" if $text =~ /['\r\n]/;
    return "'$text'";
}

1;
