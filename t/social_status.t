# social_status: what became of the requests of all workers, for programs and people.
use lib 't/lib';
use Social::Test;

my $locations = <<~'CONF';
    location = /status { social_status; }
    location = /status.json { social_status json; }
    location = /status.html { social_status html; }
    CONF
my %gateway = (
    providers => ['facebook', 'twitter'],
    server    => $locations,
    sites     => {169 => {quota => 'limit=5'}},
);
my $t = Social::Test->new(workers => 2)->gateway(%gateway)->start;

# {'name{labels}' => value}, when the text is what Prometheus reads.
sub figures () {
    my $response = $t->get('/status');
    is( $response->header('Content-Type'),
        'text/plain; version=0.0.4; charset=utf-8',
        'the status has the type of Prometheus'
    );
    my (%value, %type, %help, @wrong);
    for (split /\n/, $response->body) {
        if    (/^# HELP (\w+) \S.*$/)                                                                { $help{$1} = 1 }
        elsif (/^# TYPE (\w+) (counter|gauge)$/)                                                     { $type{$1} = $2 }
        elsif (/^((\w+)(?:\{\w+="[^"\\]*"(?:,\w+="[^"\\]*")*\})?) (\d+)$/ && $type{$2} && $help{$2}) { $value{$1} = $3 }
        else                                                                                         { push @wrong, $_ }
    }
    is_deeply(\@wrong, [], 'each line of the status is well formed');
    is_deeply([grep { ($type{$_} eq 'counter') != /_total$/ } keys %type], [], 'only counters end in _total');
    return \%value;
}

sub requests ($figures, $provider, $result) {
    return $figures->{qq(social_requests_total{provider="$provider",result="$result"})} // 0;
}

subtest 'figures before the first request' => sub {
    my $begin = figures();
    is(requests($begin, '', 'session'), 0, 'the figures begin at zero');
};

subtest 'figures of requests' => sub {
    my @ids = map { $t->login('facebook') } 1 .. 3;
    $t->login('twitter');
    $t->session('facebook', $ids[0]) for 1 .. 2;
    $t->api(GET    => "/api/facebook/session/$ids[0]x", token => $t->bearer);
    $t->api(GET    => "/api/facebook/session/$ids[0]");
    $t->api(DELETE => "/api/facebook/session/$ids[1]", token => $t->bearer);
    $t->api(GET    => "/api/facebook/session/$ids[0]", token => $t->bearer) for 1 .. 3;
    $t->get('/facebook/auth?redirectUrl=https://elsewhere.example/');
    $t->get('/elsewhere');

    my $now = figures();
    is(requests($now, 'facebook', 'redirected'),      3, 'begun logins are counted');
    is(requests($now, 'facebook', 'connected'),       3, 'finished logins are counted');
    is(requests($now, 'twitter',  'connected'),       1, 'logins are counted by provider');
    is(requests($now, 'facebook', 'session'),         3, 'session reads are counted');
    is(requests($now, 'facebook', 'not_found'),       1, 'sessions that were not found are counted');
    is(requests($now, '',         'unauthenticated'), 1, 'requests without a token are counted without a provider');
    is(requests($now, 'facebook', 'deleted'),         1, 'deleted sessions are counted');
    is(requests($now, '',         'quota_exceeded'),  2, 'requests over the limit are counted');
    is(requests($now, 'facebook', 'wrong_site'),      1, 'wrong site urls are counted');
    is($now->{'social_session_lookups_total{store="hit"}'},  4, 'lookups with a session are counted');
    is($now->{'social_session_lookups_total{store="miss"}'}, 1, 'lookups without a session are counted');
    is($now->{social_memory_sessions},                       3, 'sessions in memory are counted');
    cmp_ok($now->{'social_memory_bytes{state="used"}'}, '>', 0, 'sessions take memory');
    cmp_ok(
        $now->{'social_memory_bytes{state="used"}'},
        '<',
        $now->{'social_memory_bytes{state="total"}'},
        'used memory is below the total'
    );
    is_deeply([grep {/redis/} keys %$now], [], 'the memory store has no figures of Redis');
};

subtest 'figures after unknown paths' => sub {
    $t->get($_)
        for '/x%22,result=%22/auth?redirectUrl=x', '/nobody/callback?code=x', '/' . 'n' x 60 . '/session?sessionId=x',
        '/facebook%0a/auth', '/Facebook/auth';
    $t->api(GET => "/api/$_/session/x", token => $t->bearer) for 'nobody', 'x' x 60;
    my %providers = map { /provider="([^"]*)"/ ? ($1 => 1) : () } keys %{figures()};
    is_deeply([sort keys %providers], ['', 'facebook', 'twitter'], 'no path makes a figure of its own');
};

subtest 'formats of the status' => sub {
    my $json = $t->get('/status.json');
    is($json->header('Content-Type'), 'application/json; charset=utf-8', 'the status is served as JSON');
    my ($connected)
        = grep { $_->{provider} eq 'twitter' && $_->{result} eq 'connected' } @{$json->json->{social_requests_total}};
    is($connected->{value}, 1, 'the JSON has the figure of X logins');

    my $html = $t->get('/status.html');
    is($html->header('Content-Type'), 'text/html; charset=utf-8', 'the status is served as a page');
    like($html->header('Content-Security-Policy'), qr/^default-src 'none'/, 'the page has a policy');
    unlike($html->header('Content-Security-Policy'), qr/unsafe-inline/, 'the policy of the page allows nothing inline');
    like($html->body, qr/twitter connected 1/, 'the page lists X logins');
    is($_->header('Cache-Control'), 'no-store', 'no answer is stored') for $json, $html;

    my $post = $t->request(POST => '/status', body => 'x');
    is($post->status . $post->header('Allow'), '405GET, HEAD', 'POST of the status is refused');
    is($t->request(HEAD => '/status')->body,   '',             'HEAD of the status has no body');
};

subtest 'figures after a reload' => sub {
    ok($t->reload(drained => 1), 'nginx reloads');
    is(requests(figures(), 'facebook', 'connected'), 3, 'the figures count on after a reload');
    $t->gateway(%gateway, providers => ['facebook']);
    ok($t->reload(drained => 1), 'a reload with other providers succeeds');
    is(requests(figures(), 'facebook', 'connected'), 0, 'other providers reset the figures');
};

subtest 'figures of Redis' => sub {
    my $redis = Social::Test->new(redis => 1)->gateway(server => $locations)->start;
    my $id    = $redis->login('facebook');
    sleep 1;    # until the cache is told of changes, which ends the copies of before
    $redis->session('facebook', $id) for 1, 2;
    my $text = $redis->get('/status')->body;
    like($text, qr/^social_session_lookups_total\{store="hit"\} 1$/m,  'a session read from its copy is counted');
    like($text, qr/^social_session_lookups_total\{store="miss"\} 1$/m, 'a session read from Redis is counted');
    like($text, qr/^social_redis_commands_total [1-9]\d*$/m,           'commands to Redis are counted');
    like($text, qr/^social_redis_failures_total 0$/m,                  'no failed command of Redis is counted');
};

subtest 'the directive social_status' => sub {
    like(
        $t->conf_error(server => 'location /s { social_status xml; }'),
        qr/"social_status" knows prometheus, json and html: xml/,
        'an unknown format is refused'
    );
    like(
        $t->conf_error(server => 'location /s { social_status; social_session; }'),
        qr/stands beside another handler/,
        'social_status is refused beside another handler'
    );
    like(
        $t->conf_error(server => 'social_status;'),
        qr/"social_status" directive is not allowed here/,
        'social_status is refused in a server block'
    );
};

done_testing;
