# Logins that end without a code exchange cost other users nothing: neither room in the store
# nor keys in Redis. The store of used logins is bounded, and a full one refuses nobody.
use lib 't/lib';
use Social::Test;

use Digest::SHA qw(sha256_hex);

my $SITE     = 'https://mysite.example/welcome';
my $START    = '/%s/auth?redirectUrl=https%%3A%%2F%%2Fmysite.example%%2Fwelcome';
my $MEMORY   = 8192;    # used logins that a store of 1m remembers
my $IN_REDIS = 1024;    # used logins that each of 256 sets in Redis remembers

# Many requests over one connection, a batch at a time: the responses.
sub pipelined ($wire, @requests) {
    my @responses;
    while (my @batch = splice @requests, 0, 64) {
        $wire->put(
            join '',
            map {
                Social::Test::RawConnection->format_request(
                    method     => 'GET',
                    authority  => 'gateway',
                    keep_alive => 1,
                    %$_
                )
            } @batch
        );
        push @responses, map { $wire->read_response(method => 'GET') } @batch;
    }
    return @responses;
}

# So many logins begun by one client, each with its own cookie: [cookie, state].
sub begun ($t, $wire, $provider, $count) {
    return map {
        my ($cookie) = ($_->header_all('Set-Cookie'))[-1] =~ /^([^;]+)/;
        my ($state)  = $_->location                       =~ /[?&]state=([^&#]+)/;
        [$cookie, $state]
    } pipelined($wire, ({target => sprintf $START, $provider}) x $count);
}

# Ends logins with these query strings, one after the other: {status => count}.
sub ended ($t, $wire, $provider, $logins, @replies) {
    my $number = 0;
    my %count;
    $count{$_->status}++ for pipelined(
        $wire,
        map {
            +{  target  => "/$provider/callback?state=$_->[1]&" . $replies[$number++ % @replies],
                headers => {Cookie => $_->[0]},
            }
        } @$logins
    );
    return \%count;
}

my @REFUSALS = ('error=access_denied', 'error=server_error', 'code=c&error=access_denied', '', 'code=', 'iss=x');

subtest 'refused and malformed logins leave the store as it was' => sub {
    my $t = Social::Test->new(workers => 1);
    $t->gateway(social => {social_store => 'memory size=1m'}, http => 'keepalive_requests 1000000;')->start;
    my $wire  = $t->wire;
    my $calls = $t->sandbox->calls('facebook.access_token');
    my %count;
    for (1 .. 18) {
        my $ended = ended($t, $wire, 'facebook', [begun($t, $wire, 'facebook', $MEMORY / 16)], @REFUSALS);
        $count{$_} += $ended->{$_} for keys %$ended;
    }
    is_deeply([sort keys %count], [400, 403, 502], 'flooding callbacks are refused as documented');
    is($t->sandbox->calls('facebook.access_token'), $calls, 'flooding callbacks do not call the provider');
    my @ids = map { $t->browser->login('facebook', redirect => $SITE)->session_id } 1 .. 20;
    is(grep({defined} @ids), 20, 'every login of another user is finished');
};

subtest 'neither do they make keys in Redis' => sub {
    my $t = Social::Test->new(redis => 1, workers => 1);
    $t->gateway(providers => [qw(facebook twitter)], http => 'keepalive_requests 1000000;')->start;
    my $wire = $t->wire;
    ended($t, $wire, 'facebook', [begun($t, $wire, 'facebook', 120)], @REFUSALS);
    my @callbacks
        = map { my $browser = $t->browser; [$browser, $browser->callback_of('twitter', redirect => $SITE)] } 1 .. 3;
    my @altered = (
        sub ($url) { $url =~ s/oauth_token=[^&#]+&oauth_verifier=[^&#]+/denied=x/r },
        sub ($url) { $url =~ s/oauth_verifier=[^&#]+//r },
        sub ($url) { $url =~ s/oauth_token=[^&#]+/oauth_token=another/r },
    );
    my @statuses = map { my ($browser, $url) = @{$callbacks[$_]}; $browser->get($altered[$_]->($url))->status } 0 .. 2;
    is_deeply(\@statuses, [403, 400, 400],        'OAuth 1.0a: a denial, no verifier, another request token');
    is_deeply([$t->redis->keys('social:f*')], [], 'no key for any of them');
    ok($t->login('facebook'), 'a login is finished');
    my @sets = $t->redis->keys('social:f*');
    is_deeply([map { $t->redis->command('ZCARD', $_) } @sets], [1], 'a finished login is one member of one set');
};

# A login up to the provider's answer: (browser, its cookies, callback URL, the set that will remember it).
sub answered ($t) {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my ($id)     = $callback =~ /[?&]state=([\w-]+)/;
    return ($browser, {%{$browser->cookies}}, $callback, 'social:f:' . substr sha256_hex($id), 0, 2);
}

subtest 'the used logins in Redis are bounded' => sub {
    my $t = Social::Test->new(redis => 1, workers => 1);
    $t->gateway->start;
    my ($browser, $cookies, $callback, $set) = answered($t);
    $t->redis->command('EVAL', <<~'LUA', 1, $set, $IN_REDIS, (time + 300) * 1000);
        for i = 1, ARGV[1] do redis.call('ZADD', KEYS[1], ARGV[2] + i, 'x' .. i) end
        redis.call('PEXPIRE', KEYS[1], 660000)
        LUA
    ok($browser->get($callback)->session_id, 'a login is finished while its set is full');
    is($t->redis->command('ZCARD', $set),                $IN_REDIS, 'a full set does not grow');
    is($t->redis->command('ZSCORE', $set, 'x1'),         undef,     'the value that expired first has made room');
    is(defined $t->redis->command('ZSCORE', $set, 'x2'), 1,         'the value that expires second stays');
    $browser->set_cookie(%$cookies);
    is_page($browser->get($callback), 400, qr/no longer valid/, 'the login is used');

    ($browser, $cookies, $callback, $set) = answered($t);
    $t->redis->command('EVAL', <<~'LUA', 1, $set);
        redis.call('DEL', KEYS[1])
        for i = 1, 100 do redis.call('ZADD', KEYS[1], i, 'expired ' .. i) end
        LUA
    ok($browser->get($callback)->session_id, 'a login is finished beside values that have expired');
    is($t->redis->command('ZCARD', $set), 85, 'a login removes a bounded number of expired values');
    cmp_ok($t->redis->command('PTTL', $set), '>', 600_000, 'the set lives as long as its values');
};

done_testing;
