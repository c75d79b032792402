# The session API as a site calls it: Social::Test inherits these methods. The options are those of
# Social::Test::bearer, and `provider`, which adds the provider to the path.
#
#     is($t->session_status($id), 200, 'the session exists');
#     is($t->delete_session($id, site => '170')->status, 404, 'another site deletes no session');
package Social::Test::Sessions;
use v5.36;

use Social::Test::Envelope ();

# The path of a session in the API, with or without its provider.
sub session_path ($self, $id, $provider = undef) {
    return defined $provider ? "/api/$provider/session/$id" : "/api/session/$id";
}

# The response to one call of the session API.
sub read_session   ($self, $id, %arg) { return $self->_session_call('GET',    $id, %arg) }
sub delete_session ($self, $id, %arg) { return $self->_session_call('DELETE', $id, %arg) }

# The HTTP status of a read.
sub session_status ($self, $id, %arg) { return $self->read_session($id, %arg)->status }

# Tests that the session does not exist.
sub is_gone ($self, $id, $name, %arg) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Social::Test::Envelope::is_envelope($self->read_session($id, %arg), 404, 'Session not found', $name);
}

# The response to a request with a token of that site; the options are those of bearer.
sub request_of_site ($self, $site, $path, %arg) {
    my $method = delete $arg{method} // 'GET';
    return $self->api($method => $path, token => $self->bearer(%arg, site => "$site"));
}

sub _session_call ($self, $method, $id, %arg) {
    my $path = $self->session_path($id, delete $arg{provider});
    return $self->api($method => $path, token => $self->bearer(%arg));
}

1;
