# Copies of sessions in shared memory, over Redis: used for their time, ended when another
# instance changes the session, and good for a while when Redis does not answer.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep time);

my $tell = 'add_header X-Store $social_store always;';

# Status and $social_store.
sub read_as ($t, $id) {
    my $response = $t->api(GET => "/api/facebook/session/$id", token => $t->bearer);
    return $response->status . ' ' . $response->header('X-Store');
}

sub gets ($t) { return ($t->redis->command('INFO', 'commandstats') =~ /cmdstat_get:calls=(\d+)/)[0] // 0 }

# Until the instance hears of changes.
sub listening ($t) {
    return $t->wait_for(sub { $t->redis->command('CLIENT', 'LIST') =~ /sub=1/ });
}

subtest 'a session is read from Redis once' => sub {
    my $t = Social::Test->new(redis => 1, workers => 2);
    $t->gateway(server => $tell, social => {social_store => $t->redis->url . ' cache_ttl=30s'})->start;
    listening($t);
    my $id = $t->login('facebook');
    is(read_as($t, $id), '200 miss', 'the first read asks Redis');
    my $before = gets($t);
    is(read_as($t, $id), '200 hit', 'the next ones do not') for 1 .. 20;
    is(gets($t),         $before,   'no worker asks Redis again');
    my $token = $t->bearer(site => '170');
    is($t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer)->status, 204, 'the session is deleted');
    is($t->session_status($id, provider => 'facebook'), 404, 'a deleted session is gone at once');
    $before = gets($t);
    is(read_as($t, $id), '404 miss', 'a missing session is remembered');
    cmp_ok(gets($t) - $before, '<=', 1, 'a missing session costs one GET');
};

subtest 'many readers of one session ask once' => sub {
    my $t = Social::Test->new(redis => 1, workers => 1);
    $t->gateway(social => {social_store => $t->redis->url . ' cache_ttl=30s'})->start;
    my $id     = $t->login('facebook');
    my $before = gets($t);
    my $token  = $t->bearer;
    my @answer
        = $t->together(map { [GET => "/api/facebook/session/$id", headers => {Authorization => "Bearer $token"}] }
            1 .. 50);
    is(scalar(grep { $_->status == 200 } @answer), 50, 'fifty reads at once succeed');
    is(gets($t) - $before,                         1,  'fifty reads at once make one GET');
};

subtest 'what one instance changes the other sees within a moment' => sub {
    my $t      = Social::Test->new(redis  => 1,  workers => 2);
    my $other  = Social::Test->new(beside => $t, workers => 2);
    my %social = (social_store => $t->redis->url . ' cache_ttl=60s');
    $_->gateway(server => $tell, social => \%social)->start for $t, $other;
    ok($t->wait_for(sub { 2 == (() = $t->redis->command('CLIENT', 'LIST') =~ /sub=1/g) }),
        'one worker of each instance subscribes');
    my @late;
    for my $round (1 .. 5) {
        my $id = $t->login('facebook');
        $other->session_status($id, provider => 'facebook') for 1, 2;
        is(read_as($other, $id), '200 hit', 'the other instance has a copy');
        is($t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer)->status,
            204, 'the session is deleted at this instance');
        my $begin = time;
        $t->wait_for(sub { $other->session_status($id, provider => 'facebook') == 404 }, 5);
        push @late, time - $begin;
    }
    my ($worst) = sort { $b <=> $a } @late;
    note sprintf 'seen by the other instance after at most %.0f ms', 1000 * $worst;
    cmp_ok($worst, '<', 0.1, 'the other instance forgets the session within 100 ms');

    my $id = $t->login('facebook');
    $other->session_status($id, provider => 'facebook') for 1, 2;
    $t->redis->command('CLIENT', 'KILL', 'TYPE', 'pubsub');
    ok($t->wait_for(sub { 2 == (() = $t->redis->command('CLIENT', 'LIST') =~ /sub=1/g) }),
        'a killed listener comes back');
    ok($t->wait_for(sub { read_as($other, $id) eq '200 miss' || read_as($other, $id) eq '200 hit' }),
        'copies are made anew');
    $t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer);
    ok($t->wait_for(sub { $other->session_status($id, provider => 'facebook') == 404 }, 0.3),
        'invalidations arrive again after the reconnect');

    $id = $t->login('facebook');
    $other->session_status($id, provider => 'facebook') for 1, 2;
    $t->redis->command('FLUSHALL');
    ok($t->wait_for(sub { $other->session_status($id, provider => 'facebook') == 404 }, 0.3),
        'the other instance notices a FLUSHALL');
};

subtest 'without anybody who listens a copy ends after cache_ttl' => sub {
    my $t      = Social::Test->new(redis  => 1);
    my $other  = Social::Test->new(beside => $t);
    my %social = (social_store => $t->redis->url . ' cache_ttl=2s');
    $t->redis->command('ACL', 'SETUSER', 'default', '-subscribe');
    $_->gateway(server => $tell, social => \%social)->tolerate(qr/social: Redis/)->start for $t, $other;
    my $id = $t->login('facebook');
    $other->session_status($id, provider => 'facebook');
    is(read_as($other, $id), '200 hit', 'the other instance has a copy before the outage');
    $t->api(DELETE => "/api/facebook/session/$id", token => $t->bearer);
    my $begin = time;
    ok($t->wait_for(sub { $other->session_status($id, provider => 'facebook') == 404 }, 5),
        'the copy ends without invalidations');
    cmp_ok(time - $begin, '<', 2.5, 'the copy ends at its cache_ttl');
};

subtest 'while Redis does not answer a copy is good for stale= more' => sub {
    my $t = Social::Test->new(redis => 1)->tolerate(qr/social: (?:Redis|Sessions are unavailable)/);
    $t->gateway(server => $tell, social => {social_store => $t->redis->url . ' cache_ttl=1s stale=3s timeout=300ms'})
        ->start;
    my ($id, $unread) = ($t->login('facebook'), $t->login('facebook'));
    is(read_as($t, $id), '200 miss', 'a copy is made');
    $t->redis->crash;
    is(read_as($t, $id), '200 hit', 'the copy is used while Redis is down');
    sleep 1.1;
    my $begin = time;
    is(read_as($t, $id), '200 stale', 'the copy is used as stale after cache_ttl');
    cmp_ok(time - $begin, '<', 0.3, 'a stale copy is served without a wait');
    my $answer = $t->api(GET => "/api/facebook/session/$unread", token => $t->bearer);
    is_envelope($answer, 503, 'Sessions are unavailable, please try again', 'a read without a copy is a 503');
    ok($answer->header('Retry-After'), 'a read without a copy gets Retry-After');
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 503 }, 5), 'the copy ends after stale=');
    $t->redis->start;
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 404 }, 5),
        'a Redis that comes back empty has no session');
};

subtest 'a token that has run out is not handed out from a copy' => sub {
    my $t = Social::Test->new(redis => 1)->tolerate(qr/social: /);
    $t->gateway(
        providers => ['twitter_oauth2'],
        social    => {social_store => $t->redis->url . ' cache_ttl=1s stale=60s timeout=300ms'}
    );
    $t->sandbox->configure('twitter', access_ttl => 3);
    $t->start;
    my $id   = $t->login('twitter_oauth2');
    my $read = sub { $t->api(GET => "/api/twitter_oauth2/session/$id", token => $t->bearer) };
    is($read->()->status, 200, 'the copy is good before the outage');
    $t->redis->crash;
    ok($t->wait_for(sub { $read->()->status != 200 }, 8), 'the copy ends although Redis is down');
    is($read->()->status, 503, 'Redis would be needed to renew it');
};

subtest 'a token that is due for a refresh, and good, is handed out from a copy while Redis is down' => sub {
    my $t = Social::Test->new(redis => 1)->tolerate(qr/social: /);
    $t->gateway(
        providers => ['twitter_oauth2'],
        server    => $tell,
        social    => {social_store => $t->redis->url . ' cache_ttl=1s stale=60s timeout=300ms'}
    );
    $t->sandbox->configure('twitter', access_ttl => 8);
    $t->start;
    my $id    = $t->login('twitter_oauth2');
    my $begin = time;
    my $read  = sub {
        my $response = $t->api(GET => "/api/twitter_oauth2/session/$id", token => $t->bearer);
        return $response->status . ' ' . ($response->header('X-Store') // '');
    };
    is($read->(), '200 miss', 'a copy is made');
    $t->redis->crash;
    sleep 6.3 - (time - $begin);
    my @seen;
    while (time - $begin < 7.5) {
        push @seen, $read->();
        sleep 0.05;
    }
    is_deeply([grep { $_ ne '200 stale' } @seen], [], 'a stale copy serves the last quarter of the token');
    ok($t->wait_for(sub { $read->() =~ /^503/ }, 3), 'a stale copy ends with its token');
    is($t->sandbox->calls('twitter.refresh'), 0, 'the provider was not called');
};

subtest 'a full cache drops what was used least, and no session is lost' => sub {
    my $t = Social::Test->new(redis => 1);
    $t->gateway(social => {social_store => $t->redis->url . ' cache=1m cache_ttl=60s'})->start;
    $t->sandbox->user('facebook', 'ovan', pages => 100);
    my @ids = map { $t->login('facebook') } 1 .. 60;
    is(scalar(grep { $t->session_status($_, provider => 'facebook') == 200 } @ids, @ids),
        120, 'every read finds its session');
    unlike($t->log->text, qr/store is full/, 'a full cache logs nothing');
};

done_testing;
