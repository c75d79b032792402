# A provider that is slow, or says nothing: the login has a limit, two calls run side by side, and nobody
# else waits.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(time);

my $SITE = 'https://mysite.example/welcome';

my $t = Social::Test->new->gateway(provider => {facebook => {timeout => '1500ms'}})->start;

# (the answer, the seconds it took)
sub timed ($what) {
    my $began = time;
    my $got   = $what->();
    return ($got, time - $began);
}

sub end_of_login ($endpoint, $how, %headers) {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    $t->sandbox->behave("facebook.$endpoint", %$how, times => 1);
    return timed(sub { $browser->get($callback, headers => \%headers) });
}

for my $endpoint (qw(access_token exchange me accounts)) {
    for my $row (
        ['says nothing',              {hang  => 1}],
        ['sends a byte now and then', {drip  => 300}],
        ['is late',                   {delay => 6_000}]
        )
    {
        my ($name, $how) = @$row;
        $t->sandbox->reset_calls;
        my ($page, $seconds) = end_of_login($endpoint, $how);
        is_page($page, 502, qr/Facebook is not answering/, "$endpoint $name: the login ends with the page");
        ok(1.4 < $seconds && $seconds < 4, "$endpoint $name: the login ends after the time-out") or diag $seconds;
        is($t->sandbox->calls('facebook.access_token'), 1, "$endpoint $name: the code is sent once");
    }
}
my ($envelope) = end_of_login('access_token', {hang => 1}, Accept => 'application/json');
is_envelope(
    $envelope, 502,
    'facebook is not answering, please try again',
    devMessage => qr/^the provider did not answer in time: 127\.0\.0\.1: /
);

subtest 'a slow provider is waited for' => sub {
    my ($end, $seconds) = end_of_login('access_token', {delay => 700});
    ok($end->session_id, 'a slow answer within the time-out logs in');
    cmp_ok($seconds, '>=', 0.7, 'the login waits for the slow answer');
};

subtest 'the profile and the accounts are asked for at the same time' => sub {
    $t->sandbox->behave("facebook.$_", delay => 800, times => 1) for qw(me accounts);
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($end, $seconds) = timed(sub { $browser->get($callback) });
    ok($end->session_id, 'the login ends well');
    cmp_ok($seconds, '<', 1.5, 'profile and accounts are read at the same time');
};

subtest 'one that fails ends the login without waiting for the other' => sub {
    $t->sandbox->behave('facebook.accounts', delay  => 1_300, times => 1);
    $t->sandbox->behave('facebook.me',       status => 500,   times => 1);
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($page, $seconds) = timed(sub { $browser->get($callback) });
    is_page($page, 502, qr/Facebook is not answering/, 'the page comes');
    cmp_ok($seconds, '<', 1, 'a refused connection fails at once');
};

subtest 'nobody waits for the logins of others' => sub {
    my $id = $t->login('facebook');
    my @callbacks;
    for (1 .. 50) {
        my $browser = $t->browser;
        push @callbacks, [$browser, $browser->callback_of('facebook', redirect => $SITE)];
    }
    $t->sandbox->behave('facebook.access_token', hang => 1, times => 50);
    my @waiting = map {
        my ($browser, $callback) = @$_;
        my $to   = $browser->target_of($callback);
        my $wire = $t->wire;
        $wire->put($browser->bytes_of(GET => $to));
        $wire;
    } @callbacks;
    my $began = time;
    is($t->session('facebook', $id)->{profile}{name}, 'Ovan Donnovan', 'a session is there') for 1 .. 20;
    cmp_ok(time - $began, '<', 1, 'sessions are read while 50 logins wait');
    is(grep({ $_->read_response->status == 502 } @waiting), 50, '50 waiting logins end with the page');
};

done_testing;
