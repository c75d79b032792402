# nginx with Lua: the redirect to a provider's login, with a signed state and a sealed cookie.
#
# `location` and `cookie` are the Location and the Set-Cookie of the answer that it stands
# against: it gives texts of the same shape and length. `origins` are the sites' origins, [origin => site].
package Bench::Peer::LuaAuth;
use v5.36;

use parent 'Bench::Peer::Lua';

use Carp qw(croak);

my $PATH = '/facebook/auth';

sub name          ($class) { return 'lua-auth' }
sub lua_module    ($class) { return 'login' }
sub location      ($class) { return "= $PATH" }
sub checks_tokens ($class) { return 0 }

# Here an id is a redirectUrl.
sub path_of ($self, $url) {
    return "$PATH?redirectUrl=" . $url =~ s/([^A-Za-z0-9_.~-])/sprintf '%%%02X', ord $1/ger;
}

sub told ($self) {
    my ($before, $state) = ($self->{location} // '') =~ /^(.*[?&]state=)([^&#]+)$/
        or croak 'the Location has to end with its state';
    my ($name, $value, $attributes) = ($self->{cookie} // '') =~ /^([^=]+)=([^;]+)(;.*)$/
        or croak 'no Set-Cookie';
    return (
        origins           => {map {@$_} @{$self->{origins} // [['https://mysite.example' => $self->{sites}[0]]]}},
        location          => $before,
        state_length      => length $state,
        cookie            => $name,
        cookie_length     => length $value,
        cookie_attributes => $attributes,
    );
}

1;
