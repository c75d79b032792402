# Reloads, ends and crashes of nginx in the middle of logins. Where the key is in no file, it is made at the
# start and kept over reloads.
use lib 't/lib';
use Social::Test;

use Social::Test::Callback qw(answered in_progress is_finished);
use Time::HiRes            qw(time);

sub is_there ($t, $id, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status, 200, $name);
    return;
}

subtest 'a reload in the middle of a login' => sub {
    my $t       = Social::Test->new(workers => 2)->gateway->start;
    my $earlier = $t->login('facebook');
    my ($open, $open_callback) = answered($t);
    my ($third, $used, $waiting) = in_progress($t);
    my %cookies = %{$third->cookies};
    ok($t->reload, 'nginx reloads');
    my $id = is_finished($waiting->read_response, 'the callback that was waiting is answered');
    is($t->sandbox->calls('facebook.access_token'), 2, 'the callback over the reload exchanges its code once');
    is_there($t, $id,      'its session is there for the new workers');
    is_there($t, $earlier, 'sessions from before the reload are there');
    is_finished($open->get($open_callback), 'a login that was begun before ends after');
    $third->set_cookie(%cookies);
    is($third->get($used)->status, 400, 'a used state stays used');
    ok($t->wait_for(sub { !$t->nginx->leaving }), 'the old workers go');
};

subtest 'the key of the start is kept over reloads' => sub {
    my $t  = Social::Test->new(workers => 2)->gateway(social => {social_keyring => undef})->start;
    my $id = $t->login('facebook');
    my ($open, $callback) = answered($t);
    ok($t->reload(drained => 1), "reload $_") for 1 .. 3;
    is_there($t, $id, 'a session is there');
    is_finished($open->get($callback), 'a login that was begun before them ends');

    my ($lost, $late) = answered($t);
    $t->quit;
    $t->start;
    is($lost->get($late)->status, 400, 'a restart makes another key: logins of before are over');
    is($t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status,
        404, 'a restart with another key forgets the sessions');
    like($t->login('facebook'), qr/^\w{92}$/, 'new ones work');
};

subtest 'with the key in a file, another instance can finish a login' => sub {
    my $t = Social::Test->new->gateway->start;
    my ($browser, $callback) = answered($t);
    $t->quit;
    $t->start;
    is_finished($browser->get($callback), 'a login from before the restart is finished');
};

subtest 'a reload that takes the site away' => sub {
    my $t = Social::Test->new->gateway(sites => {169 => {}, 170 => {origin => 'https://other.example'}})->start;
    my ($gone,  $callback) = answered($t);
    my ($moved, $second)   = answered($t);
    $t->gateway(sites => {170 => {origin => 'https://other.example'}});
    ok($t->reload, 'nginx reloads');
    my $page = $gone->get($callback);
    is_page($page, 400, qr/Wrong site url/, 'a login for it ends with the page');
    ok(!defined $page->location, 'a login for a removed site is not redirected');
    $t->gateway(sites => {170 => {origin => 'https://mysite.example'}});
    ok($t->reload, 'now another site has its origin');
    is_page($moved->get($second), 400, qr/Wrong site url/, 'the new site does not get the login');
    is($t->sandbox->calls('facebook.access_token'), 0, 'no code was exchanged');
    like($t->login('facebook'), qr/^\w{92}$/, 'its own logins work');
};

subtest 'a reload that takes the provider away' => sub {
    my $t = Social::Test->new->gateway->start;
    my ($browser, $callback) = answered($t);
    my (undef, undef, $waiting) = in_progress($t);
    $t->gateway(providers => []);
    ok($t->reload, 'nginx reloads');
    is_finished($waiting->read_response, 'the callback that was waiting is answered');
    is($browser->get($callback)->status, 404, 'a callback for a removed provider is a 404');
};

subtest 'a graceful end waits for logins' => sub {
    my $t = Social::Test->new(workers => 2)->gateway->start;
    $t->login('facebook');
    my (undef, undef, $waiting) = in_progress($t);
    my $began = time;
    ok($t->quit, 'nginx ends by itself');
    cmp_ok(time - $began, '>=', 0.5, 'nginx waits for the provider before it quits');
    cmp_ok(time - $began, '<',  5,   'nginx quits soon after the answer of the provider');
    is_finished($waiting->read_response, 'the callback is answered');
};

subtest 'a fast end does not' => sub {
    my $t       = Social::Test->new->gateway->start;
    my @waiting = map { (in_progress($t, 10_000))[2] } 1 .. 5;
    my $began   = time;
    ok($t->stop, 'nginx ends');
    cmp_ok(time - $began, '<', 3, 'nginx stops without waiting for the provider');
    ok(!$_->read_response, 'a callback that was waiting has no answer') for @waiting;
};

subtest 'a worker that is killed takes nothing with it' => sub {
    my $t = Social::Test->new->gateway->start;
    $t->tolerate(qr/exited on signal 9/);
    my $id = $t->login('facebook');
    my ($browser, $callback, $waiting) = in_progress($t);
    my ($other, $open) = answered($t);
    my %cookies = %{$browser->cookies};
    $t->nginx->kill_worker;
    ok(!$waiting->read_response, 'the callback that it had is lost');
    is_there($t, $id, 'sessions are there');
    is_finished($other->get($open), 'logins in progress end');
    $browser->set_cookie(%cookies);
    is($browser->get($callback)->status, 400, 'the lost one is used up');
    $t->nginx->kill_worker for 1 .. 3;
    like($t->login('facebook'), qr/^\w{92}$/, 'logins work');
    is_there($t, $id, 'sessions outlive killed workers');
};

done_testing;
