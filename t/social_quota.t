# How often, and when, a site may be used.
use lib 't/lib';
use Social::Test;
use Time::HiRes qw(sleep time);

my $DAY = 86_400;

# A zone in which it is `$hour` o'clock now, so that a window can lie anywhere around now.
# Not in the last minute of an hour, or the clock would strike during the test.
sleep 3601 - time % 3600 if time % 3600 > 3540;

sub zone_at ($hour) {
    my $east = ($hour - (gmtime)[2] + 12) % 24 - 12;
    return 'Etc/GMT' . ($east > 0 ? "-$east" : $east < 0 ? '+' . -$east : '');
}

# Seconds until the clock of that zone shows `$at` o'clock.
sub seconds_until ($hour, $at) { return (($at - $hour) % 24 || 24) * 3600 - time % 3600 }

my $t     = Social::Test->new(workers => 2);
my @zones = map { zone_at($_) } 0 .. 23;
my %quota = (
    169   => 'limit=3',
    201   => 'limit=1000',
    202   => 'limit=1000',
    203   => 'limit=1000',
    204   => 'limit=2 status=429',
    205   => 'limit=2 per=user',
    206   => "limit=2 window=18:00-06:00 timezone=$zones[20]",
    207   => "limit=2 window=18:00-06:00 timezone=$zones[2]",
    208   => "limit=2 window=18:00-06:00 timezone=$zones[12]",
    209   => "limit=2 window=01:00-02:00 timezone=$zones[12]",
    210   => "limit=2 window=11:00-14:00 timezone=$zones[12]",
    211   => "limit=5 window=10:00-11:00 timezone=$zones[12] status=429",
    212   => 'limit=100',
    213   => 'limit=100',
    214   => 'limit=2',
    215   => 'limit=999999999999999',
    216   => 'limit=3',
    'a.b' => 'limit=1',
    open  => undef,
);
my %sites   = map { $_ => {origin => "https://site-$_.example", users => undef, quota => $quota{$_}} } keys %quota;
my %gateway = (
    sites  => \%sites,
    listen => ' reuseport',    # so that each worker gets its share of connections
    http   => <<~'CONF',
        server {
            listen 127.0.0.1:%%PORT:app%%;
            access_log off;
            location / { return 200 "app\n"; }
            location /missing { return 404 "no\n"; }
        }
        CONF
    server => <<~'CONF',
        root %%DIR%%/conf/www;
        access_log %%DIR%%/logs/site.log site;
        location /app/ { social_bearer on; proxy_pass http://127.0.0.1:%%PORT:app%%/; }
        location /file/ { social_bearer on; add_header X-Worker $pid always; }
        location /jump/ { social_bearer on; error_page 404 = /file/page.html; }
        location /named/ { social_bearer on; error_page 404 = @named; }
        location @named { social_bearer on; proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location /guarded-api/session/ { social_bearer on; social_session; }
        location /ssi/ { social_bearer on; ssi on; }
        location /sorry/ { social_bearer on; error_page 401 /sorry.html; }
        location = /sorry.html { }
        location /any/ { satisfy any; social_bearer on; deny all; }
        location /any-open/ { satisfy any; social_bearer on; allow all; }
        CONF
);
$gateway{http} .= q(log_format site '$social_site $social_result $status'; keepalive_requests 10000;);
mkdir "@{[$t->dir]}/conf/www";
mkdir "@{[$t->dir]}/conf/www/$_" for qw(file ssi any-open);
$t->file("www/$_/page.html",  "page\n") for qw(file any-open);
$t->file('www/ssi/page.html', join '', map {"<!--# include virtual=\"/api/session/part-$_\" -->"} 1 .. 3);
$t->file('www/sorry.html',    "sorry\n");
$t->gateway(%gateway)->start;

# [r, t] of RateLimit, when the fields are well formed and of that site.
sub rate ($response, $site) {
    my @all = $response->header_all('RateLimit');
    return if @all != 1;
    return $all[0] =~ /^"\Q$site\E";r=(\d+);t=(\d+)$/;
}
sub left ($response, $site) { return (rate($response, $site))[0] // 'no RateLimit' }

my $REACHED = 'time limit reached please try again tomorrow at 00:00 - 24:00';

subtest 'a quota of a site' => sub {
    my $first = $t->request_of_site('169', '/app/x');
    is($first->status, 200, 'a request within the limit passes');
    is_deeply([$first->header_all('RateLimit-Policy')], ['"169";q=3;w=86400'], 'RateLimit-Policy holds the limit');
    is(left($first, '169'), 2, 'RateLimit tells what remains');
    ok(abs((rate($first, '169'))[1] - ($DAY - time % $DAY)) <= 2, 'RateLimit tells when the window ends');
    is(left($t->request_of_site('169', '/app/x'), '169'), 1, 'the second request leaves one');
    is(left($t->request_of_site('169', '/app/x'), '169'), 0, 'the third request leaves none');

    for my $path (qw(/app/x /file/page.html /api/session/x /api/facebook/session/x)) {
        my $over = $t->request_of_site('169', $path);
        is_envelope($over, 401, $REACHED, devMessage => '', applicationCode => '', "over the limit: $path");
        is_deeply([$over->header_all('WWW-Authenticate')], ['Bearer realm="social"'], 'the challenge names no error');
        is_deeply([$over->header_all('RateLimit-Policy')], ['"169";q=3;w=86400'], 'a refusal has a RateLimit-Policy');
        is(left($over, '169'), 0, 'RateLimit tells that nothing remains');
        my ($retry) = $over->header_all('Retry-After');
        ok(abs($retry - ($DAY - time % $DAY)) <= 2, 'Retry-After leads to the next window');
        is($retry, (rate($over, '169'))[1], 'RateLimit and Retry-After end together');
    }
    my $head = $t->request_of_site('169', '/app/x', method => 'HEAD');
    is($head->status . '|' . $head->body, '401|', 'HEAD is refused with headers alone');
    is( $head->header('Content-Length'),
        length $t->request_of_site('169', '/app/x')->body,
        'a refused HEAD has the Content-Length of GET'
    );
    my $sorry = $t->request_of_site('169', '/sorry/x');
    is($sorry->status . $sorry->body,      "401sorry\n", 'error_page may show its own page');
    is(scalar @{[$sorry->header_all($_)]}, 1,            "error_page keeps $_")
        for qw(RateLimit RateLimit-Policy Retry-After WWW-Authenticate);
    is($t->request_of_site('open', '/app/x')->status,              200,   'a site without a quota has no limit');
    is($t->request_of_site('open', '/app/x')->header('RateLimit'), undef, 'a site without a quota sends no RateLimit');
    is(left($t->request_of_site('a.b', '/app/x'), 'a.b'),          0,     'a limit of one is one');
    is($t->request_of_site('a.b', '/app/x')->status,               401,   'the second request exceeds a limit of one');
    is(left($t->request_of_site('215', '/app/x'), '215'),          999_999_999_999_998, 'a limit may be large');
};

subtest 'a quota with status=429' => sub {
    $t->request_of_site('204', '/app/x') for 1 .. 2;
    is_envelope(
        $t->request_of_site('204', '/app/x'), 429, $REACHED,
        devMessage      => '',
        applicationCode => '',
        'a site may want 429'
    );
    is($t->request_of_site('204', '/app/x')->header('WWW-Authenticate'),            undef, 'a 429 has no challenge');
    is(scalar @{[$t->request_of_site('204', '/app/x')->header_all('Retry-After')]}, 1,     'a 429 has a Retry-After');
    is_envelope(
        $t->request_of_site('204', '/api/session/x'), 429, $REACHED,
        devMessage      => '',
        applicationCode => '',
        'the API answers 429'
    );
    is_envelope(
        $t->request_of_site('204', '/any/x'), 429, $REACHED,
        devMessage      => '',
        applicationCode => '',
        'a 429 answers under "satisfy any"'
    );
    is($t->request_of_site('204', '/any-open/page.html')->body,
        "page\n", 'satisfy any: an admitted address needs no quota');
    is($t->request_of_site('204', '/any-open/page.html')->header('Retry-After'),
        undef, 'an admitted address gets no Retry-After');
};

subtest 'a quota with per=user' => sub {
    my @alice = map { $t->request_of_site('205', '/app/x', sub => 'alice') } 1 .. 3;
    my @bob   = map { $t->request_of_site('205', '/app/x', sub => 'bob') } 1 .. 3;
    is_deeply([map { $_->status } @alice], [200, 200, 401], 'per=user: a user has the limit');
    is_deeply([map { $_->status } @bob],   [200, 200, 401], 'per=user: another user has a limit of its own');
    is_deeply(
        [map { $t->request_of_site('205', '/app/x', sub => undef)->status } 1 .. 3],
        [200, 200, 401],
        'tokens without a user share one'
    );
};

subtest 'a quota with a window' => sub {

    # site => [local hour, next opening at that hour, day, window, seconds that it is long, hour that it ends]
    for my $case (
        [206, 20, 18, 'tomorrow', '18:00 - 06:00', 43_200, 6],
        [207, 2,  18, 'today',    '18:00 - 06:00', 43_200, 6],
        [210, 12, 11, 'tomorrow', '11:00 - 14:00', 10_800, 14],
        )
    {
        my ($site, $hour, $opens, $day, $window, $length, $ends) = @$case;
        my @answers = map { $t->request_of_site($site, '/app/x') } 1 .. 3;
        my $over    = $answers[2];
        is_deeply([map { $_->status } @answers], [200, 200, 401], "window $window is open at $hour o'clock");
        is_envelope(
            $over, 401,
            "time limit reached please try again $day at $window",
            devMessage      => '',
            applicationCode => '',
            "used up at $hour o'clock, it opens again $day"
        );
        is($over->header('RateLimit-Policy'),
            qq("$site";q=2;w=$length), 'RateLimit-Policy has the length of the window');
        ok(abs((rate($over, $site))[1] - seconds_until($hour, $ends)) <= 2, 'RateLimit tells when the window ends');
        ok(abs($over->header('Retry-After') - seconds_until($hour, $opens)) <= 2,
            'Retry-After tells when the window opens again');
    }
    for my $case (
        [208, 18, 'today',    '18:00 - 06:00', 401],
        [209, 1,  'tomorrow', '01:00 - 02:00', 401],
        [211, 10, 'tomorrow', '10:00 - 11:00', 429]
        )
    {
        my ($site, $opens, $day, $window, $status) = @$case;
        for my $path (qw(/app/x /api/session/x)) {
            my $closed = $t->request_of_site($site, $path);
            is_envelope(
                $closed, $status,
                "time limit reached please try again $day at $window",
                devMessage      => '',
                applicationCode => '',
                "window $window is closed at 12 o'clock: $path"
            );
            is(left($closed, $site), 0, 'a closed window leaves nothing');
            ok(abs($closed->header('Retry-After') - seconds_until(12, $opens)) <= 2,
                'Retry-After tells when the closed window opens');
            is( (rate($closed, $site))[1],
                $closed->header('Retry-After'),
                'RateLimit of a closed window ends with Retry-After'
            );
        }
    }
};

subtest 'counted requests' => sub {
    is(left($t->request_of_site('212', '/app/x'), '212'), 99, 'a request counts');
    $t->request_of_site('212', '/app/x', exp => time - 1) for 1 .. 3;
    $t->api(GET => '/app/x', token => Social::Test::Token->mint(key => 'x' x 32, sid => '212')) for 1 .. 3;
    $t->api(GET => '/app/x')                                                                    for 1 .. 3;
    is(left($t->request_of_site('212', '/app/x'), '212'), 98, 'a request with a bad token does not count');
    is($t->request_of_site('212', '/app/x', exp => time - 1)->header('RateLimit'),
        undef, 'an expired token gets no RateLimit');
    my $expected = 98;
    for my $case (
        ['an error of the application',       '/app/missing'],
        ['a file that is not there',          '/file/nothing'],
        ['a session that is not there',       '/api/session/x'],
        ['a session of a provider not there', '/api/nobody/session/x'],
        ['a guard in front of the API',       '/guarded-api/session/x'],
        ['two guarded locations',             '/jump/x'],
        ['a guarded named location',          '/named/x'],
        ['subrequests to the API',            '/ssi/page.html'],
        ['a HEAD',                            '/app/x', 'HEAD'],
        ['a POST',                            '/app/x', 'POST'],
        ['a doubled slash',                   '//app//x'],
        ['a slash at the end',                '/app/x/'],
        ['an escaped letter',                 '/%61pp/x'],
        ['dot segments',                      '/app/../app/x'],
        ['a query',                           '/app/x?site=213&x=/app/health'],
        )
    {
        my ($what, $path, $method) = @$case;
        my $answer = $t->request_of_site('212', $path, method => $method // 'GET');
        is(left($answer, '212'),                                --$expected, "$what counts once");
        is(scalar @{[$answer->header_all('RateLimit-Policy')]}, 1,           "$what: RateLimit-Policy is sent once");
    }
    my $changed = $t->request(
        GET     => '/file/page.html',
        headers => {
            Authorization         => 'Bearer ' . $t->bearer(site => '212'),
            'If-Unmodified-Since' => 'Thu, 01 Jan 1970 00:00:01 GMT',
        }
    );
    is($changed->status . left($changed, '212'), '412' . --$expected, 'an error that a filter makes is told, too');
    is( $t->api(GET => '/app/x', token => $t->bearer(site => '212'), headers => {'X-Forwarded-For' => "10.0.0.$_"})
            ->status,
        200,
        'a request with X-Forwarded-For passes'
    ) for 1 .. 2;
    is(left($t->request_of_site('212', '/app/x'), '212'), $expected - 3, 'X-Forwarded-For does not change the counter');

    $t->request_of_site('214', '/app/x') for 1 .. 10;
    is(left($t->request_of_site('214', '/app/x'), '214'), 0, 'refused requests are not counted');
    is($t->api(GET => '/api/session/x', token => $t->bearer(site => '214'))->status, 401, 'guards share the counter');

    # Not by site id alone: "213" in another spelling is another token claim, and no site.
    is($t->request_of_site($_, '/app/x')->status, 401, "no site is called '$_'") for '213 ', '0213', "213\x00", 'OPEN';
    is(left($t->request_of_site('213', '/app/x'), '213'), 99, 'misspelled site ids use nothing of the quota');
};

sub burst ($site) {
    my $request = Social::Test::RawConnection->format_request(
        method     => 'GET',
        target     => '/file/page.html',
        authority  => 'gateway',
        keep_alive => 1,
        headers    => {Authorization => 'Bearer ' . $t->bearer(site => "$site")},
    );
    my @clients = map { $t->wire } 1 .. 64;
    my (%status, %worker, %left);
    for (1 .. 20) {
        $_->put($request) for @clients;
        for my $client (@clients) {
            my $response = $client->read_response;
            $status{$response->status}++;
            $worker{$response->header('X-Worker')}++;
            $left{left($response, $site)}++ if $response->status == 200;
        }
    }
    $_->hang_up for @clients;
    return (\%status, \%worker, \%left);
}

subtest 'all workers together' => sub {
    for my $site (201, 202, 203) {
        my ($status, $worker, $left) = burst($site);
        is_deeply($status, {200 => 1000, 401 => 280}, "64 clients at once, site $site: exactly the limit passes");
        is(scalar keys %$worker, 2, 'the burst reaches both workers');
        ok(!(grep { $_ < 0 || $_ >= 1000 } keys %$left), 'each request is told a remainder below the limit');

        # Over Redis workers fetch uses in blocks, and do not know what the other one has just spent.
        is(scalar keys %$left, 1000, 'no two requests are told one remainder') if !$t->redis;
    }
};

subtest 'a reload' => sub {
    is(left($t->request_of_site('216', '/app/x'), '216'), 2, 'before a reload two remain');
    ok($t->reload(drained => 1), 'nginx reloads');
    is(left($t->request_of_site('216', '/app/x'), '216'), 1, 'the quota counts on after a reload');
    $sites{216}{quota} = 'limit=2';
    $t->gateway(%gateway);
    ok($t->reload(drained => 1), 'a reload lowers the limit');
    is(left($t->request_of_site('216', '/app/x'), '216') . $t->request_of_site('216', '/app/x')->status,
        '0401', 'a lower limit keeps the counter');
    $sites{216}{quota} = 'limit=2 window=00:00-24:00 timezone=UTC';
    $t->gateway(%gateway);
    $t->reload(drained => 1);
    is($t->request_of_site('216', '/app/x')->status, 401, 'the same window in other words is the same counter');
    $sites{216}{quota} = "limit=2 window=11:00-14:00 timezone=$zones[12]";
    $t->gateway(%gateway);
    $t->reload(drained => 1);
    is(left($t->request_of_site('216', '/app/x'), '216'), 1, 'another window counts anew');
};

my $small = Social::Test->new(sandbox => 0);

sub ask_as_users ($site, $users) {
    my $client = $small->wire;
    my %verdict;
    for my $number (1 .. $users) {
        my $token = Social::Test::Token->mint(key => $small->token_key, sid => "$site", sub => "user $number");
        $client->put(
            Social::Test::RawConnection->format_request(
                method     => 'GET',
                target     => '/file/page.html',
                authority  => 'gateway',
                keep_alive => 1,
                headers    => {Authorization => "Bearer $token"},
            )
        );
        $verdict{$client->read_response->status}++;
    }
    return \%verdict;
}

subtest 'users beyond the room for counters' => sub {
    $sites{301} = {origin => 'https://deny.example',  users => undef, quota => 'limit=5 per=user'};
    $sites{302} = {origin => 'https://allow.example', users => undef, quota => 'limit=5 per=user on_error=allow'};
    $sites{303} = {origin => 'https://plain.example', users => undef, quota => 'limit=5'};
    my %small = (
        %gateway,
        providers => [],
        sites     => {map { $_ => $sites{$_} } 301 .. 303},
        social    => {social_store => 'memory size=1m'},
    );
    is($small->conf_error(%small), undef, 'nginx -t accepts sites that count each user');
    my $check = do { local (@ARGV, $/) = $small->dir . '/logs/check.out'; readline };
    my ($fit)
        = $check
        =~ /\[warn\] .*room for the counters of (\d+) users of each site with "quota per=user" \(2 sites\) in one window/;
    cmp_ok($fit // 0, '>', 150, 'nginx -t warns of the number of users that fit');
    $small->gateway(%small);
    mkdir "@{[$small->dir]}/conf/www";
    mkdir "@{[$small->dir]}/conf/www/file";
    $small->file('www/file/page.html', "page\n");
    $small->start;

    # One request of each of so many users: {status => count}.
    is_deeply(ask_as_users(301, 1500), {200 => $fit, 503 => 1500 - $fit}, 'so many users of a site are counted');
    for my $path (qw(/file/page.html /api/session/x)) {
        my $denied = $small->api(GET => $path, token => $small->bearer(site => '301', sub => 'too late'));
        is_envelope($denied, 503, 'Sessions are unavailable, please try again', "on_error=deny, the default: $path");
        like($denied->header('Retry-After'), qr/^\d+$/, "on_error=deny sends Retry-After: $path");
    }
    my $known = $small->api(GET => '/file/page.html', token => $small->bearer(site => '301', sub => 'user 1'));
    is($known->status,    200, 'a user with a counter is still served');
    is(left($known, 301), 3,   'a user with a counter keeps its count');
    my $other = $small->api(GET => '/file/page.html', token => $small->bearer(site => '302', sub => 'first'));
    is(left($other, 302), 4, 'the users of another site are counted');
    is(left($small->api(GET => '/file/page.html', token => $small->bearer(site => '303')), 303),
        4, 'a site without per=user is counted');
    is_deeply(ask_as_users(302, 1500), {200 => 1500}, 'on_error=allow admits users beyond the number that fits');
    my $allowed = $small->api(GET => '/file/page.html', token => $small->bearer(site => '302', sub => 'too late'));
    is($allowed->status,              200,   'on_error=allow admits another user');
    is($allowed->header('RateLimit'), undef, 'a request that is not counted sends no RateLimit');
    $small->wait_for(sub { $small->log->text('site.log') =~ /302 quota_unchecked/ });
    my %logged;
    $logged{$_}++ for $small->log->lines('site.log');
    is($logged{'302 quota_unchecked 200'}, 1500 - ($fit - 1) + 1, 'the log shows requests that were not counted');
    is($logged{'301 store_failed 503'},    1500 - $fit + 2,       'the log shows requests that were denied');
    is(left($small->api(GET => '/file/page.html', token => $small->bearer(site => '303')), 303),
        3, 'the site as a whole goes on');
    ok($small->reload(drained => 1), 'a reload succeeds beside full counters');
    is_deeply(ask_as_users(301, $fit + 50), {200 => $fit, 503 => 50}, 'the counters are there');

    my %seen = map { $_ => 1 } $t->log->lines('site.log');
    ok($seen{$_}, "the log has: $_") for '169 admitted 200', '169 quota_exceeded 401', '208 outside_window 401';
};

sub refusal ($quota) { return $t->conf_error(site => {quota => $quota}) // 'accepted' }

subtest 'the directive quota' => sub {
    for my $case (
        ['window=18:00-06:00',             qr/needs limit=N with N over zero/],
        ['limit=0',                        qr/needs limit=N with N over zero: 0/],
        ['limit=-1',                       qr/needs limit=N with N over zero: -1/],
        ['limit=ten',                      qr/needs limit=N with N over zero: ten/],
        ['limit=1.5',                      qr/needs limit=N with N over zero: 1\.5/],
        ['limit=',                         qr/needs limit=N with N over zero/],
        ['limit=1000000000000000',         qr/needs limit=N with N over zero/],
        ['limit=5 limit=6',                qr/has a parameter twice: limit=6/],
        ['limit=5 windows=18:00-06:00',    qr/has an unknown parameter: windows=/],
        ['limit=5 often',                  qr/has an unknown parameter: often/],
        ['limit=5 window=18:00',           qr/a window has two times of the day: write 18:00-06:00: 18:00/],
        ['limit=5 window=25:00-06:00',     qr/a window has two times of the day/],
        ['limit=5 window=18:00-18:00',     qr/a window must not end when it begins/],
        ['limit=5 timezone=Asia/Nowhere',  qr/Asia\/Nowhere/],
        ['limit=5 timezone=../etc/passwd', qr/passwd/],
        ['limit=5 per=session',    qr/has a parameter with a value it does not know: session, use site or user/],
        ['limit=5 status=403',     qr/has a parameter with a value it does not know: 403, use 401 or 429/],
        ['limit=5 on_error=maybe', qr/has a parameter with a value it does not know: maybe, use allow or deny/],
        )
    {
        my ($value, $says) = @$case;
        like(refusal($value), qr/"quota" .*$says/, "quota $value is a mistake");
    }
    is(refusal('limit=5 window=18:00-06:00 timezone=Asia/Jakarta per=user status=429 on_error=allow'),
        'accepted', 'quota takes all parameters together');
    like($t->conf_error(site => {quota => ['limit=1', 'limit=2']}), qr/"quota" is duplicate/, 'a site has one quota');
};

done_testing;
