# Tests of what `nginx -t` reports: Social::Test inherits these methods. @conf is that of
# Social::Test::conf_error.
package Social::Test::Mistakes;
use v5.36;

use Test::More ();

# nginx refuses the configuration with that message, and names file and line.
sub is_mistake ($self, $name, $message, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $error = $self->conf_error(@conf) // return Test::More::fail("$name: accepted");
    Test::More::like($error, $message, $name);
    return Test::More::like($error, qr/\[emerg\].* in \S+check\.conf:\d+/, "$name: the message names file and line");
}

# nginx accepts the configuration.
sub is_fine ($self, $name, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return Test::More::is($self->conf_error(@conf), undef, $name);
}

1;
