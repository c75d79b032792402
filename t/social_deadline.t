# A request that waits for a minute gets its answer then, however long the provider still takes:
# nginx has a clock that moves ahead, timers included.
use lib 't/lib';
use Social::Test;

use Social::Test::Clock;
use Time::HiRes qw(sleep);

my $lack = Social::Test::Clock->lack;
plan(skip_all => $lack) if defined $lack;

my $clock = Social::Test::Clock->new(timers => 1);
my $t     = Social::Test->new(clock => $clock)->gateway(
    main     => $clock->main,
    provider => {facebook => {timeout => '60s'}},
    server   => 'location = /plain { return 200 "plain"; }',
)->start;
my $box = $t->sandbox;

# The first call takes so long that the time-out of the second one is behind the deadline.
my $browser  = $t->browser;
my $callback = $browser->callback_of('facebook', redirect => 'https://mysite.example/welcome');
$box->reset_calls;
$box->behave('facebook.access_token', delay => 2_000, times => 1);
$box->behave('facebook.me', hang => 1);
my $wire = $t->wire;
$wire->put($browser->bytes_of('GET', $browser->target_of($callback =~ s/#.*//sr)));
ok($t->wait_for(sub { $box->calls('facebook.me') == 1 }, 10), 'a login waits for the provider');
$clock->forward(57);
$t->get('/plain');    # a worker that sleeps looks at no clock
ok($wire->silent(0.3), 'within a minute it goes on waiting');

$clock->forward(2);
$t->get('/plain');
my $page = $wire->read_response(timeout => 10);
is_page($page, 502, qr/not answering/, 'after a minute it is over');
like($t->log->text, qr/the login took too long/, 'and the log says so');
$wire->hang_up;

is($t->get('/plain')->body, 'plain', 'the worker serves others');
is($box->calls('facebook.me'), 1, 'and the provider was not asked again');

done_testing;
