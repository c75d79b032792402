# A request that waits for a minute gets its answer then, however long the provider or Redis still takes:
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
ok($wire->silent(0.3), 'a callback waits within its minute');

$clock->forward(2);
$t->get('/plain');
my $page = $wire->read_response(timeout => 10);
is_page($page, 502, qr/not answering/, 'a callback ends after a minute');
like($t->log->text, qr/the login took too long/, 'the log names the deadline of the login');
$wire->hang_up;

is($t->get('/plain')->body,    'plain', 'the worker serves others');
is($box->calls('facebook.me'), 1,       'the provider is not asked again');

# The same for requests that wait in a phase of nginx, in front of their content.
sub ends_after_a_minute ($t, $clock, $target, %headers) {
    my $wire = $t->wire;
    $wire->put(
        join "\r\n",
        "GET $target HTTP/1.1",
        'Host: gateway',
        (map {"$_: $headers{$_}"} sort keys %headers),
        '', ''
    );
    ok($wire->silent(0.5), 'the request waits');
    $clock->forward(56);
    $t->get('/plain');
    ok($wire->silent(0.3), 'the request waits for most of a minute');
    $clock->forward(5);
    $t->get('/plain');
    my $response = $wire->read_response(timeout => 10);
    $wire->hang_up;
    return $response;
}

my $PLAIN = 'location = /plain { return 200 "plain"; }';

subtest 'a guarded request whose counters do not answer' => sub {
    for my $on_error ('deny', 'allow') {
        my $clock = Social::Test::Clock->new(timers => 1);
        my $t     = Social::Test->new(clock => $clock, redis => 1, sandbox => 0);
        $t->tolerate(qr/social: (?:Redis|the counters did not answer)/);
        $t->gateway(
            main      => $clock->main,
            providers => [],
            sites     => {
                169   => {quota  => "limit=10 on_error=$on_error"},
                other => {origin => 'https://other.example', users => undef, quota => 'limit=10'},
            },
            social => {social_store => $t->redis->url . ' timeout=60s'},
            server => "$PLAIN location = /file { social_bearer on; empty_gif; }",
        )->start;
        is($t->api(GET => '/file', token => $t->bearer(site => 'other'))->status,
            200, 'a request of a site with a quota asks Redis');
        $t->redis->pause;
        my $response = ends_after_a_minute($t, $clock, '/file', Authorization => 'Bearer ' . $t->bearer);
        if ($on_error eq 'deny') {
            is_envelope(
                $response, 503,
                'Sessions are unavailable, please try again',
                'on_error=deny refuses the request after a minute'
            );
        }
        else {
            is($response->status, 200, 'on_error=allow admits the request after a minute');
        }
        like($t->log->text, qr/the counters did not answer in time/, 'the log names the deadline of the counters');
        is($t->get('/plain')->body, 'plain', 'the worker serves others');
        $t->redis->resume;
    }
};

subtest 'a request whose credential does not come' => sub {
    my $clock = Social::Test::Clock->new(timers => 1);
    my $t     = Social::Test->new(clock => $clock)->gateway(
        main      => $clock->main,
        providers => ['twitter'],
        provider  => {twitter => {timeout => '60s'}},
        server    => "$PLAIN location = /app { social_credential twitter app; proxy_pass http://127.0.0.1:1; }",
    )->start;
    $t->sandbox->behave('twitter.app_token', hang => 1);
    is_envelope(
        ends_after_a_minute($t, $clock, '/app'), 502,
        'twitter is not answering, please try again',
        devMessage => 'the provider did not answer in time',
        'a signed call is refused after a minute'
    );
    is($t->get('/plain')->body, 'plain', 'the worker serves others');
};

done_testing;
