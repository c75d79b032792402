# Quotas while their Redis does not answer: on_error= decides, the log says which requests were
# not counted, and counting goes on afterwards.
use lib 't/lib';
use Social::Test;
use Social::Test::FakeRedis;

use File::Temp  qw(tempdir);
use Time::HiRes qw(time);

my $LIMIT   = 5;
my $WORKERS = 2;

# A site of each kind for each trouble, and two more: one to ask whether all is well, and one
# without a quota.
my %quota = (
    (map { ("deny$_"    => "limit=$LIMIT on_error=deny", "allow$_" => "limit=$LIMIT on_error=allow") } 1, 2),
    (map { ("default$_" => "limit=$LIMIT",               "later$_" => "limit=$LIMIT on_error=allow status=429") } 1, 2),
    probe => 'limit=1000000',
    open  => undef,
);

my $t = Social::Test->new(sandbox => 0, redis => 1, workers => $WORKERS);
$t->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
mkdir "@{[$t->dir]}/conf/www";
mkdir "@{[$t->dir]}/conf/www/file";
$t->file('www/file/page.html', "page\n");
$t->gateway(
    providers => [],
    sites     => {map { $_ => {origin => "https://$_.example", users => undef, quota => $quota{$_}} } keys %quota},
    social    => {social_store => $t->redis->url . ' timeout=300ms'},
    http      => q(log_format site '$social_site $social_result $status';),
    server    => <<~'CONF',
        root %%DIR%%/conf/www;
        access_log %%DIR%%/logs/site.log site;
        location /file/ { social_bearer on; }
        CONF
)->start;

sub left ($response) { return ($response->header('RateLimit') // '') =~ /;r=(\d+);/ ? $1 : 'no RateLimit' }

# What the log says of the requests since the last call: {"site result status" => count}.
my $read = 0;

sub logged ($count) {
    my @lines;
    $t->wait_for(sub { (@lines = $t->log->lines('site.log')) >= $read + $count });
    my %seen;
    $seen{$_}++ for @lines[$read .. $#lines];
    $read = @lines;
    return \%seen;
}

sub is_denied ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_envelope($response, 503, 'Sessions are unavailable, please try again', $name);
    like($response->header('Retry-After'), qr/^\d+$/, "$name: the answer has Retry-After");
    is($response->header('RateLimit'), undef, "$name: the answer has no RateLimit");
    return;
}

sub is_let_through ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($response->status . $response->body, "200page\n", $name);
    is($response->header($_),               undef,       "$name: the answer has no $_") for qw(RateLimit Retry-After);
    return;
}

# Until both workers count again.
sub counts_again () {
    my $good = 0;
    return $t->wait_for(
        sub {
            $good = $t->request_of_site('probe', '/file/page.html')->header('RateLimit') ? $good + 1 : 0;
            $good >= 10;
        },
        10
    );
}

# What Redis was told while it was silent it still does: each worker's last question may be counted.
sub trouble ($number, $name, $lost, $break, $mend) {
    my ($deny, $allow, $default, $later) = map {"$_$number"} qw(deny allow default later);
    subtest $name => sub {
        is_deeply(
            [map { $t->request_of_site($_, '/file/page.html')->status } $deny, $allow, $default, $later],
            [(200) x 4],
            'all sites are counted before the outage'
        );
        logged(4);

        $break->();
        my $begin = time;
        is_denied($t->request_of_site($deny, '/file/page.html'), 'deny: a guarded file is a 503');
        cmp_ok(time - $begin, '<', 0.6, 'a denied request ends within the time-out');
        is_denied($t->request_of_site($default, '/file/page.html'), 'on_error=deny is the default');
        is_denied($t->request_of_site($_, '/api/session/x'), 'deny: the API answers 503') for $deny, $default;
        is_let_through($t->request_of_site($allow, '/file/page.html'), 'allow: the file is served') for 1 .. 2 * $LIMIT;
        is_let_through($t->request_of_site($later, '/file/page.html'),
            'on_error=allow with status=429 serves the file');
        is_let_through($t->request_of_site('open', '/file/page.html'), 'a site without a quota is served');
        is_deeply(
            logged(16),
            {   "$deny store_failed 503"     => 2,
                "$default store_failed 503"  => 2,
                "$allow quota_unchecked 200" => 2 * $LIMIT,
                "$later quota_unchecked 200" => 1,
                'open admitted 200'          => 1,
            },
            'the log says what became of each'
        );

        $mend->();
        ok(counts_again(), 'Redis is back');
        my $most = $LIMIT - ($lost ? 1 : 0);
        for my $site ($deny, $allow) {
            my @answers = map  { $t->request_of_site($site, '/file/page.html') } 1 .. $LIMIT + 1;
            my $passed  = grep { $_->status == 200 } @answers;
            cmp_ok($passed, '<=', $most,         "$site: no more than the limit pass");
            cmp_ok($passed, '>=', $most - $lost, "$site: uses during the outage are not counted");
            is(left($answers[0]),    $passed - 1, 'RateLimit is sent again after the outage');
            is($answers[-1]->status, 401,         'the limit holds again after the outage');
        }
        ok($t->wait_for(sub { $t->request_of_site($later, '/file/page.html')->status == 429 }, 2),
            'over_status=429 refuses again after the outage');
        my $seen = logged(1);
        ok($seen->{"$_ quota_exceeded 401"}, "the log has $_ over it") for $deny, $allow;
        is_deeply([grep {/unchecked/} keys %$seen], [], 'no request is unchecked after the outage') if !$lost;
    };
    return;
}

trouble(1, 'Redis is silent', $WORKERS, sub { $t->redis->pause }, sub { $t->redis->resume });
trouble(2, 'Redis is killed, and started again without its data', 0, sub { $t->redis->crash },
    sub { $t->redis->start });

subtest 'a reply that grants what Redis cannot grant is an outage and admits nobody' => sub {
    my $fake_redis = Social::Test::FakeRedis->new(dir => tempdir(CLEANUP => 1), redis => $t->redis)->start;
    my $g          = Social::Test->new(sandbox => 0, redis => 0);
    $g->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
    mkdir "@{[$g->dir]}/conf/www";
    $g->file('www/page.html', "page\n");
    $g->gateway(
        providers => [],
        sites     => {
            169   => {origin => 'https://169.example',   users => undef, quota => 'limit=2'},
            probe => {origin => 'https://probe.example', users => undef, quota => 'limit=1000000'},
        },
        social => {social_store => 'redis://' . $fake_redis->address . ' timeout=5s'},
        server => 'root %%DIR%%/conf/www; location /page.html { social_bearer on; }',
    )->start;
    my $status   = sub ($site) { $g->api(GET => '/page.html', token => $g->bearer(site => $site))->status };
    my $recovers = sub {
        $fake_redis->be_redis;
        ok($g->wait_for(sub { $status->('probe') == 200 }), 'Redis counts');
    };
    $recovers->();

    my %reply = (
        'a negative grant'      => "*3\r\n:-1\r\n:0\r\n:0\r\n",
        'a grant over the call' => "*3\r\n:9223372036854775807\r\n:0\r\n:0\r\n",
        'a negative count'      => "*3\r\n:1\r\n:-1\r\n:0\r\n",
        'a text for a number'   => "*3\r\n\$1\r\n1\r\n:0\r\n:0\r\n",
        'two numbers'           => "*2\r\n:1\r\n:1\r\n",
        'one number'            => ":1\r\n",
    );
    for my $name (sort keys %reply) {
        $fake_redis->answer_with($reply{$name}, to => 'EVAL');
        is($status->('169'), 503, "$name is an outage");
        $recovers->();
    }
    is(join(' ', map { $status->('169') } 1 .. 4), '200 200 401 401', 'the limit holds afterwards');
};

done_testing;
