# How long a session lives, and what it outlives: reloads, other workers, new keys, a full
# store, a cache in front.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep time);

subtest 'a session ends after social_session_ttl' => sub {
    my $t     = Social::Test->new->gateway(social => {social_session_ttl => '2s'})->start;
    my $begin = time;
    my $id    = $t->login('facebook');
    is($t->session_status($id, provider => 'facebook'), 200, 'a new session is there');
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 404 }, 6),
        'an unused session is gone in the end');
    cmp_ok(time - $begin, '>', 1, 'an unused session lives for its ttl');
    is_envelope(
        $t->read_session($id, provider => 'facebook'),
        404,
        'Session not found',
        'an expired session is not found'
    );
    is_envelope(
        $t->delete_session($id, provider => 'facebook'),
        404,
        'Session not found',
        'an expired session cannot be deleted'
    );
    is($t->sandbox->calls('facebook.revoke'),                             0,   'an expired session is not revoked');
    is($t->session_status($t->login('facebook'), provider => 'facebook'), 200, 'a new login makes a new one');
};

subtest 'reading a session does not prolong it' => sub {
    my $t        = Social::Test->new->gateway(social => {social_session_ttl => '2s'})->start;
    my $id       = $t->login('facebook');
    my $deadline = time + 4;
    my $reads    = 0;
    $reads++ while time < $deadline && $t->session_status($id, provider => 'facebook') == 200 && sleep 0.05;
    cmp_ok($reads, '>', 10, 'a session is readable until its time to live');
    is($t->session_status($id, provider => 'facebook'), 404, 'a session that is read ends at its time to live');
};

subtest 'a full store drops the sessions that were used least recently, and says so' => sub {
    my $t = Social::Test->new->gateway(social => {social_store => 'memory size=1m'})->start;
    $t->sandbox->user('facebook', 'ovan', pages => 200);
    my @ids   = map { $t->login('facebook') } 1 .. 3;
    my $first = $ids[0];
    is($t->session_status($first, provider => 'facebook'), 200, 'the first session is used again');
    for (1 .. 40) {
        last if $t->log->text =~ /session store is full/;
        push @ids, $t->login('facebook');
    }
    like(
        $t->log->text,
        qr/\[warn\].*social: the session store is full, unexpired sessions evicted: \d+; a larger size of social_store avoids that/,
        'the log says what to do'
    );
    is($t->session_status($ids[1],  provider => 'facebook'), 404, 'the one that nobody used is gone');
    is($t->session_status($first,   provider => 'facebook'), 200, 'the older one that was used is still there');
    is($t->session_status($ids[-1], provider => 'facebook'), 200, 'the newest session is still there');
};

subtest 'a full store drops a session that nobody reads, although its token is refreshed' => sub {
    my $t = Social::Test->new->gateway(
        providers => ['facebook', 'twitter_oauth2'],
        social    => {social_store => 'memory size=1m'}
    )->start;
    $t->sandbox->configure('twitter', access_ttl => 2);
    my $idle = $t->login('twitter_oauth2');
    $t->sandbox->user('facebook', 'ovan', pages => 200);
    $t->login('facebook');    # evicted with it, since the newest session is larger than it
    my $read = $t->login('facebook');
    is($t->session_status($read, provider => 'facebook'), 200, 'the session is read after the new login');
    my $before = $t->sandbox->calls('twitter.refresh');
    ok($t->wait_for(sub { $t->sandbox->calls('twitter.refresh') > $before + 1 }, 10), 'the idle one is refreshed');

    for (1 .. 60) {
        last if $t->log->text =~ /session store is full/;
        $t->login('facebook');
    }
    like($t->log->text, qr/session store is full/, 'the store is full');
    is($t->api(GET => "/api/twitter_oauth2/session/$idle", token => $t->bearer)->status, 404, 'the idle one is gone');
    is($t->session_status($read, provider => 'facebook'), 200, 'the one that was read is still there');
};

subtest 'a session outlives a reload' => sub {
    my $t  = Social::Test->new(workers => 2)->gateway->start;
    my $id = $t->login('facebook');
    ok($t->reload(drained => 1), 'nginx reloads') for 1 .. 3;
    is($t->session_status($id, provider => 'facebook'),         200, 'a session outlives three reloads with a keyring');
    is($t->delete_session($id, provider => 'facebook')->status, 204, 'a session can be deleted after a reload');
    is($t->session_status($id, provider => 'facebook'),         404, 'a deleted session stays gone after a reload');
};

subtest 'without a keyring the key that was made at start is kept across reloads' => sub {
    my $t  = Social::Test->new->gateway(social => {social_keyring => undef})->start;
    my $id = $t->login('facebook');
    ok($t->reload(drained => 1), 'nginx reloads') for 1 .. 2;
    is($t->session_status($id,                   provider => 'facebook'), 200, 'the session is still there');
    is($t->session_status($t->login('facebook'), provider => 'facebook'), 200, 'logins succeed after a reload');
    $t->quit;
    $t->start;
    is($t->session_status($id, provider => 'facebook'), 404, 'a restart makes another key');
};

subtest 'a keyring is rotated without losing a session' => sub {
    my ($old, $new) = map { Social::Test::Gateway::random_key() } 1 .. 2;
    my $t    = Social::Test->new;
    my $ring = $t->file('ring', $old, 0600);
    $t->secret($old =~ s/\n//r, $new =~ s/\n//r)->gateway(social => {social_keyring => $ring})->start;

    my ($kept, $idle) = map { $t->login('facebook') } 1 .. 2;
    my $before = $t->read_session($kept, provider => 'facebook')->body;

    $t->file('ring', "# new keys come first\n$new$old", 0600);
    ok($t->reload(drained => 1), 'a new first key');
    is($t->read_session($kept, provider => 'facebook')->body, $before, 'an old id opens, and its session is the same')
        for 1 .. 2;
    my $fresh = $t->login('facebook');
    is($t->session_status($fresh, provider => 'facebook'), 200, 'a new id opens');

    $t->file('ring', "$old$new", 0600);
    ok($t->reload(drained => 1), 'the other order');
    is($t->session_status($_, provider => 'facebook'), 200, 'sessions survive keys in the other order')
        for $kept, $idle, $fresh;

    $t->file('ring', $new, 0600);
    ok($t->reload(drained => 1), 'the old key is taken away');
    is_envelope($t->read_session($_, provider => 'facebook'), 404, 'Session not found', 'its ids are unknown')
        for $kept, $idle;
    is($t->session_status($fresh, provider => 'facebook'), 404, 'records that the removed key sealed last do not open');
    is($t->session_status($t->login('facebook'), provider => 'facebook'), 200, 'logins go on');

    $t->file('ring', $old, 0600);
    ok($t->reload(drained => 1), 'the old key alone');
    is($t->session_status($idle, provider => 'facebook'), 200, 'the old key alone opens its own ids');
};

subtest 'a login that began under the old key ends under the new one' => sub {
    my ($old, $new) = map { Social::Test::Gateway::random_key() } 1 .. 2;
    my $t    = Social::Test->new;
    my $ring = $t->file('ring', $old, 0600);
    $t->gateway(social => {social_keyring => $ring})->start;
    my $browser = $t->browser;
    my $dialog  = $browser->follow($browser->get('/facebook/auth?redirectUrl=https://mysite.example/'));
    $t->file('ring', "$new$old", 0600);
    $t->reload(drained => 1);
    my $end = $browser->follow($dialog);
    is($t->session_status($end->session_id // '', provider => 'facebook'),
        200, 'a login over the change of keys gets a session');
};

subtest 'workers share their sessions' => sub {
    my $t = Social::Test->new(workers => 2)
        ->gateway(listen => ' reuseport', server => 'add_header X-Worker $pid always;')->start;
    my ($id, %worker) = ($t->login('facebook'));
    for (1 .. 200) {
        my $read = $t->read_session($id, provider => 'facebook');
        push @{$worker{$read->header('X-Worker')}}, $read->status;
        last if keys %worker == 2 && $_ >= 20;
    }
    is(scalar keys %worker, 2, 'two workers were asked');
    is_deeply([grep { $_ != 200 } map {@$_} values %worker], [], 'both workers find the session');

    my %left = map { $_ => 1 } keys %worker;
    is($t->delete_session($id, provider => 'facebook')->status, 204, 'one worker deletes the session');
    for (1 .. 200) {
        my $read = $t->read_session($id, provider => 'facebook');
        is_envelope($read, 404, 'Session not found', 'no worker knows it any more')
            if delete $left{$read->header('X-Worker')};
        last if !%left;
    }
    is_deeply([sort keys %left], [], 'both workers answer 404 after the deletion');
};

subtest 'a worker that dies takes no session along' => sub {
    my $t = Social::Test->new->gateway->start;
    $t->tolerate(qr/exited on signal 9/);
    my $id = $t->login('facebook');
    $t->nginx->kill_worker;
    is($t->session_status($id, provider => 'facebook'), 200, 'the next worker has it');
};

subtest 'a cache in front does not keep sessions' => sub {
    my $t = Social::Test->new->gateway(
        http => <<~'CONF',
            proxy_cache_path %%DIR%%/temp/cache keys_zone=front:1m levels=1;
            server {
                listen 127.0.0.1:%%PORT:front%%;
                location / {
                    proxy_pass http://127.0.0.1:%%PORT%%;
                    proxy_set_header Host gateway;
                    proxy_cache front;
                    proxy_cache_valid any 10m;
                    add_header X-Cache $upstream_cache_status always;
                }
            }
            CONF
    )->start;
    my $id    = $t->login('facebook');
    my $front = 'http://127.0.0.1:' . $t->port('front');
    my @paths = (
        $t->session_path($id, 'facebook'), $t->session_path('unknown', 'facebook'),
        "/facebook/session?sessionId=$id", '/facebook/auth?redirectUrl=x'
    );
    for my $path (@paths) {
        my @cache = map { $t->api(GET => "$front$path", token => $t->bearer)->header('X-Cache') } 1 .. 3;
        is_deeply(\@cache, [('MISS') x 3], 'every request gets through: ' . $path =~ s/\Q$id\E/ID/r);
    }
    is_deeply([glob $t->dir . '/temp/cache/*'], [], 'the cache is empty');
    is($t->api(GET => $front . $t->session_path($id, 'facebook'))->status,
        401, 'a proxy cache serves no session without a token');
};

done_testing;
