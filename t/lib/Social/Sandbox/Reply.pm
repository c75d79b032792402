# An answer of the sandbox: made by a provider, bent by a behavior, sent by the server.
package Social::Sandbox::Reply;
use v5.36;

use Mojo::JSON ();

sub new ($class, $status, $type, $body, %headers) {
    return bless {status => $status, type => $type, body => $body, headers => \%headers}, $class;
}

sub json ($class, $status, $data, %headers) {
    return $class->new($status, 'application/json; charset=UTF-8', Mojo::JSON::encode_json($data), %headers);
}

# RFC 6749 §5.1 and §5.2 want token answers uncached.
sub token ($class, $status, $data, %headers) {
    return $class->json($status, $data, 'Cache-Control' => 'no-store', Pragma => 'no-cache', %headers);
}

sub text ($class, $status, $text, %headers) {
    return $class->new($status, 'text/plain; charset=utf-8', $text, %headers);
}
sub html ($class, $status, $html, %headers) { return $class->new($status, 'text/html; charset=utf-8', $html, %headers) }

sub form ($class, $status, $pairs, %headers) {
    return $class->new($status, 'text/html; charset=utf-8', encode_form($pairs), %headers);
}

sub redirect ($class, $url, %headers) {
    return $class->new(302, 'text/html; charset=utf-8', '', Location => $url, 'Cache-Control' => 'no-store', %headers);
}

# Back to the application: parameters join the query that the URL has, in front of a fragment.
sub redirect_with ($class, $url, $pairs, $fragment = '') {
    my $joint = $url =~ /\?$/ ? '' : $url =~ /\?/ ? '&' : '?';
    return $class->redirect($url . $joint . encode_form($pairs) . $fragment);
}

sub status  ($self) { return $self->{status} }
sub type    ($self) { return $self->{type} }
sub body    ($self) { return $self->{body} }
sub headers ($self) { return $self->{headers} }

sub decoded ($self) {
    return eval { Mojo::JSON::decode_json($self->{body}) }
}

# The value of a parameter of the Location, as it stands there.
sub location_param ($self, $name) {
    my ($value) = ($self->{headers}{Location} // '') =~ /[?&]\Q$name\E=([^&#]+)/;
    return $value;
}

# [name, value, name, value, …] as application/x-www-form-urlencoded.
sub encode_form ($pairs) {
    my @pairs = @$pairs;
    my @parts;
    while (my ($name, $value) = splice @pairs, 0, 2) {
        push @parts, escape($name) . '=' . escape($value) =~ s/%20/+/gr;
    }
    return join '&', @parts;
}

# RFC 3986 §2.3: everything but the unreserved characters.
sub escape ($text) { return $text =~ s/([^A-Za-z0-9\-._~])/sprintf '%%%02X', ord $1/ger }

1;
