# Sessions whose tokens expire during a test.
package Social::Test::TokenExpiry;
use v5.36;

use Social::Test::RawConnection;
use Test::More  ();
use Time::HiRes qw(sleep time);

# The setting of the sandbox that says how long the tokens of a provider live.
my %lifetime = (
    twitter_oauth2 => ['twitter',   'access_ttl'],
    facebook       => ['facebook',  'long_ttl'],
    instagram      => ['instagram', 'long_ttl'],
);
my $LONG = 7200;

# new($test): of a gateway with these providers.
sub new ($class, $test) { return bless {test => $test}, $class }

# A login with a token that lives so many seconds; later ones live long again.
sub login_for ($self, $seconds, $provider = 'twitter_oauth2') {
    my $sandbox = $self->{test}->sandbox;
    my ($mount, $name) = @{$lifetime{$provider}};
    $sandbox->configure($mount, $name => $seconds);
    my $id = $self->{test}->login($provider);
    $sandbox->configure($mount, $name => $LONG);
    $sandbox->reset_calls;
    return $id;
}

# A session of X whose token has just run out; how X answers the next refresh is told ahead,
# since the gateway does not wait for anybody to ask.
sub run_out ($self, %behavior) {
    my $id = $self->login_for(1);
    $self->{test}->sandbox->behave('twitter.refresh', times => 1, %behavior) if %behavior;
    sleep 1.05;
    return $id;
}

# A read of the session, as a request for Social::Test::together.
sub request ($self, $id) {
    return [GET => "/api/session/$id", headers => {Authorization => 'Bearer ' . $self->{test}->bearer}];
}

sub get ($self, $id) { return $self->{test}->api(GET => "/api/session/$id", token => $self->{test}->bearer) }

# A read whose answer comes later, on the wire that it gives.
sub begin_read ($self, $id) {
    my ($method, $target, %arg) = @{$self->request($id)};
    my $wire = $self->{test}->wire;
    $wire->put(
        Social::Test::RawConnection->format_request(method => $method, target => $target, authority => 'gateway', %arg));
    return $wire;
}

# How often the provider was asked for another token since the last login.
sub refreshes ($self, $endpoint = 'twitter.refresh') { return $self->{test}->sandbox->calls($endpoint) }

# The answer is a session of X with a token that is good for long.
sub is_refreshed ($self, $response, $name) {
    my $builder = Test::More->builder;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $left = $response->status == 200 ? $response->json->{expires_at} - time : 0;
    return $builder->cmp_ok($left, '>', $LONG - 200, $name)
        || $builder->diag($response->status . ' ' . substr $response->body, 0, 200);
}

1;
