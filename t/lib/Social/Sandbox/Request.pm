# A request as the sandbox's providers see it: parameters in the order and number they
# came in, since providers refuse repeated and unknown ones.
package Social::Sandbox::Request;
use v5.36;

use Mojo::JSON ();

# new(method => 'GET', path => '/me', query => 'a=b', headers => {name in lower case => [values]},
#     body => '', origin => 'http://127.0.0.1:1234')
sub new ($class, %arg) {
    my $self = bless {query => '', headers => {}, body => '', %arg}, $class;
    $self->{query_pairs} = parse_form($self->{query});
    $self->{form_pairs}  = $self->is_form ? parse_form($self->{body}) : [];
    return $self;
}

sub method ($self) { return $self->{method} }
sub path   ($self) { return $self->{path} }
sub body   ($self) { return $self->{body} }

# Scheme, host and port that the client used; with mount_path, what the signature of an
# OAuth 1.0a request covers.
sub origin ($self) { return $self->{origin} }
sub url    ($self) { return "$self->{origin}$self->{full_path}" }

sub header     ($self, $name) { return $self->{headers}{$name} && $self->{headers}{$name}[0] }
sub header_all ($self, $name) { return @{$self->{headers}{$name} // []} }

sub is_form ($self) {
    return ($self->header('content-type') // '') =~ m{^application/x-www-form-urlencoded\b}i;
}

# [[name, value], …] of the query and of a form body.
sub query_pairs ($self) { return $self->{query_pairs} }
sub form_pairs  ($self) { return $self->{form_pairs} }
sub pairs       ($self) { return [@{$self->{query_pairs}}, @{$self->{form_pairs}}] }

# The first value of a parameter, of the query before the body.
sub param ($self, $name) {
    for my $pair (@{$self->{query_pairs}}, @{$self->{form_pairs}}) { return $pair->[1] if $pair->[0] eq $name }
    return undef;    # an empty list would shift its neighbors in a hash
}

sub query ($self, $name) { return _first($self->{query_pairs}, $name) }
sub form  ($self, $name) { return _first($self->{form_pairs},  $name) }

# The first name that comes more than once.
sub repeated ($self) {
    my %seen;
    for my $pair (@{$self->pairs}) { return $pair->[0] if $seen{$pair->[0]}++ }
    return;
}

# The first name that is not among these.
sub unknown ($self, @known) {
    my %known = map { $_ => 1 } @known;
    for my $pair (@{$self->pairs}) { return $pair->[0] if !$known{$pair->[0]} }
    return;
}

sub json ($self) {
    return eval { Mojo::JSON::decode_json($self->{body}) }
}

# The credentials of `Authorization: {scheme} …`.
sub credentials ($self, $scheme) {
    my ($rest) = ($self->header('authorization') // '') =~ /^\Q$scheme\E +(.+)$/is;
    return $rest;
}

sub cookie ($self, $name) {
    my ($value) = ($self->header('cookie') // '') =~ /(?:^|;\s*)\Q$name\E=([^;]*)/;
    return $value;
}

sub parse_form ($text) {
    return [] if !length $text;
    return [
        map {
            my ($name, $value) = split /=/, $_, 2;
            [_decode($name // ''), _decode($value // '')]
        } split /&/,
        $text
    ];
}

sub _first ($pairs, $name) {
    for my $pair (@$pairs) { return $pair->[1] if $pair->[0] eq $name }
    return undef;    # an empty list would shift its neighbors in a hash
}

sub _decode ($text) {
    $text =~ tr/+/ /;
    $text =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
    return $text;
}

1;
