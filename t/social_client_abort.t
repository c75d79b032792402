# The browser leaves in the middle of a login: what was begun for it ends, nothing is done twice, nothing
# is left behind, and nobody else notices.
use lib 't/lib';
use Social::Test;

use Socket qw(SOL_SOCKET SO_LINGER);

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new->gateway(server => 'location = /connections { stub_status; access_log off; }')->start;

my ($worker) = $t->nginx->workers;

# nginx's own words on a request that never reached a location, as it came.
$t->tolerate(qr/\[info\] .* client prematurely closed connection while reading client request headers/);

sub answered {
    my $browser = $t->browser;
    return ($browser, $browser->callback_of('facebook', redirect => $SITE));
}

# Sends a callback and does not wait for the answer: the connection.
sub send_callback ($browser, $callback) {
    my $to   = $browser->target_of($callback);
    my $wire = $t->wire;
    $wire->put($browser->bytes_of(GET => $to));
    return $wire;
}

# A close that the peer sees as a reset.
sub reset_connection ($wire) {
    setsockopt $wire->socket, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
    $wire->hang_up;
    return;
}

sub calls ($endpoint) { return $t->sandbox->calls("facebook.$endpoint") }

# How many callbacks were given up.
sub aborted {
    return scalar grep {m{"GET /facebook/callback\S* HTTP/1\.1" 499 }} $t->log->lines('access.log');
}

# Connections that nginx has, without the one that asks.
sub connections { return ($t->get('/connections')->body =~ /Active connections: (\d+)/)[0] - 1 }

sub is_as_before ($name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok($t->wait_for(sub { connections() == 0 }), "$name: no connection is left") or diag connections();
    is_deeply([$t->nginx->workers], [$worker], "$name: the worker survives");
    like($t->login('facebook'), qr/^\w{92}$/, "$name: later logins succeed");
    return;
}

# What is called once the endpoint has answered.
my %later = (access_token => ['exchange', 'me', 'accounts'], exchange => ['me', 'accounts'], me => [], accounts => []);

for my $leave ([close => sub ($wire) { $wire->hang_up }], [reset => \&reset_connection]) {
    my ($how, $go) = @$leave;
    for my $endpoint (sort keys %later) {
        subtest "a $how while the provider is asked for $endpoint" => sub {
            my ($browser, $callback) = answered();
            my %cookies = %{$browser->cookies};
            my $aborted = aborted();
            $t->sandbox->reset_calls;
            $t->sandbox->behave("facebook.$endpoint", delay => 300, times => 1);
            my $wire = send_callback($browser, $callback);
            ok($t->wait_for(sub { calls($endpoint) == 1 }), 'the provider is asked');
            $go->($wire);
            ok($t->wait_for(sub { aborted() == $aborted + 1 }), 'the request ends with 499');
            select undef, undef, undef, 0.4;
            is(calls($_),             0, "$_ is not asked for any more") for @{$later{$endpoint}};
            is(calls('access_token'), 1, 'the code was sent once');
            $browser->set_cookie(%cookies);
            is($browser->get($callback)->status, 400, 'a repeated callback is refused');
            is(calls('access_token'),            1,   'a repeated callback sends no code');
            is_as_before('after the repeated callback');
        };
    }
}

# nginx discards the body of a GET; once it has all of it, it looks at the connection no more.
subtest 'with a body that comes while the provider is asked' => sub {
    for my $case (['all of it' => 100], ['a part of it' => 50], ['none of it' => 0]) {
        my ($how,     $sent)     = @$case;
        my ($browser, $callback) = answered();
        my $aborted = aborted();
        $t->sandbox->reset_calls;
        $t->sandbox->behave('facebook.access_token', delay => 1500, times => 1);
        my $to    = $browser->target_of($callback);
        my $bytes = $browser->bytes_of(GET => $to, headers => {'Content-Length' => 100});
        my $wire  = $t->wire;
        $wire->put($bytes);
        ok($t->wait_for(sub { calls('access_token') == 1 }), "$how: the provider is asked");

        for (1 .. $sent / 25) {
            $wire->put('x' x 25);
            select undef, undef, undef, 0.03;
        }
        $wire->hang_up;
        ok($t->wait_for(sub { aborted() == $aborted + 1 }, 1), 'an aborted request is logged as 499 at once');
        select undef, undef, undef, 1.5;
        is(calls('me'), 0, 'an aborted login does not read the profile');
        is_as_before('after the aborted profile');
    }
};

subtest 'a body that comes late does no harm to the answer' => sub {
    my ($browser, $callback) = answered();
    $t->sandbox->behave('facebook.access_token', delay => 400, times => 1);
    my $to    = $browser->target_of($callback);
    my $bytes = $browser->bytes_of(GET => $to, headers => {'Content-Length' => 100, Connection => 'keep-alive'});
    my $wire  = $t->wire;
    $wire->put($bytes);
    for (1 .. 4) {
        select undef, undef, undef, 0.05;
        $wire->put('x' x 25);
    }
    like($wire->read_response->session_id, qr/^\w{92}$/, 'the login ends');
    $wire->put("GET /facebook/session HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n");
    is($wire->read_response->status, 400, 'the connection serves the request after the login');
    is_as_before('after the pipelined request');
};

subtest 'before the request is complete' => sub {
    my ($browser, $callback) = answered();
    my $bytes = $browser->bytes_of(GET => $browser->target_of($callback));
    $t->sandbox->reset_calls;
    for my $length (1, 20, length($bytes) - 2) {
        my $wire = $t->wire;
        $wire->put(substr $bytes, 0, $length);
        $wire->hang_up;
    }
    is_as_before('half a request');
    is(calls('access_token'), 1, 'the code of the half requests was never sent');
    like($browser->get($callback)->location, qr{^\Q$SITE\E\?sessionId=}, 'their login can be finished');
};

subtest 'without waiting for anything' => sub {
    for my $go (sub ($wire) { $wire->hang_up }, \&reset_connection, sub ($wire) { shutdown $wire->socket, 1 }) {
        for (1 .. 10) { $go->(send_callback(answered())) }
        $go->(send_callback($t->browser, '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')) for 1 .. 10;
    }
    is_as_before('sixty requests');
};

subtest 'when the answer is there' => sub {
    my ($browser, $callback) = answered();
    my $wire = send_callback($browser, $callback);
    ok(!$wire->silent(5), 'the answer comes');
    reset_connection($wire);
    is($browser->get($callback)->status, 400, 'the login was finished nevertheless');
    is_as_before('after the finished login');
};

subtest 'many at once' => sub {
    $t->sandbox->reset_calls;
    $t->sandbox->behave('facebook.access_token', hang => 1, times => 30);
    my @wires = map { send_callback(answered()) } 1 .. 30;
    ok($t->wait_for(sub { calls('access_token') == 30 }), 'thirty wait for the provider');
    cmp_ok(connections(), '>=', 30, 'thirty connections to the provider are open');
    $_->hang_up for @wires;
    is_as_before('after thirty aborted logins');
    is(calls('exchange'), 1, 'only the last login continues');
};

subtest 'whoever sends the next request too early gets both answers' => sub {
    my ($browser, $callback) = answered();
    $t->sandbox->behave('facebook.access_token', delay => 200, times => 1);
    my $wire  = $t->wire;
    my $to    = $browser->target_of($callback);
    my $first = $browser->bytes_of(GET => $to, headers => {Connection => 'keep-alive'});
    $wire->put($first . "GET /facebook/session HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n");
    my ($one, $two) = ($wire->read_response, $wire->read_response);
    is($one->status, 302, 'the pipelined callback succeeds');
    is($two->status, 400, 'the pipelined second request is answered with 400');
    is_as_before('after two pipelined requests');
};

done_testing;
