# Callbacks in mid-flow, for tests of what happens to nginx meanwhile.
package Social::Test::Callback;
use v5.36;

use Exporter qw(import);
use Test::More ();

our @EXPORT_OK = qw(answered in_progress is_finished);

# Where the logins of these go back to.
my $SITE = 'https://mysite.example/welcome';

# A login that the provider has answered: (browser, URL of the callback that it has not called).
sub answered ($t) {
    my $browser = $t->browser;
    return ($browser, $browser->callback_of('facebook', redirect => $SITE));
}

# A callback that waits for the provider, so many milliseconds: (browser, callback, connection).
sub in_progress ($t, $delay = 1_000) {
    my ($browser, $callback) = answered($t);
    my $calls = $t->sandbox->calls('facebook.access_token');
    $t->sandbox->behave('facebook.access_token', delay => $delay, times => 1);
    my $wire = $t->wire;
    $wire->put($browser->bytes_of(GET => $browser->target_of($callback)));
    $t->wait_for(sub { $t->sandbox->calls('facebook.access_token') > $calls });
    return ($browser, $callback, $wire);
}

# A test that the answer ends a login: its session id, or "none".
sub is_finished ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    Test::More::like($response && $response->location, qr{^\Q$SITE\E\?sessionId=\w{92}#_=_$}, $name);
    return $response ? $response->session_id // 'none' : 'none';
}

1;
