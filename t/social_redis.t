# Sessions in one Redis server: the ways to reach it and to be let in, and all that it can do
# instead of answering. Whatever it does, a reader gets his session or 503, and no worker ends.
use lib 't/lib';
use Social::Test;
use Social::Test::FakeRedis;

use File::Temp  qw(tempdir);
use List::Util  qw(max);
use Time::HiRes qw(sleep time);

my $UNAVAILABLE = 'Sessions are unavailable, please try again';
my $PASSWORD    = 'pass word/of@redis:' . join '', map { chr 97 + rand 26 } 1 .. 12;
my $ESCAPED     = $PASSWORD =~ s/([^\w])/sprintf '%%%02X', ord $1/ger;

sub server (%arg) { return Social::Test::Redis->new(dir => tempdir(CLEANUP => 1), %arg) }

# A gateway whose social_store is the given text.
sub gateway ($store, %arg) {
    my $t = Social::Test->new(redis => 0, %arg)->secret($PASSWORD, $ESCAPED);
    return $t->gateway(social => {social_store => "$store cache=off"})->start;    # every read asks Redis
}

sub lines_with ($t, $pattern) {
    return scalar grep { $_ =~ $pattern } $t->log->lines;
}

sub workers_of ($t) {
    return join ' ', map { Social::Test::Process::children_of($_->pid) } $t->nginx->processes;
}

# A login and a read go to that server; $arg is what its clients are like.
sub serves ($t, $redis, $like) {
    my $id = $t->login('facebook');
    is($t->session_status($id, provider => 'facebook'), 200, 'a session is stored and found');
    my @clients = grep { $_ =~ $like } split /\n/, $redis->command('CLIENT', 'LIST');
    cmp_ok(scalar @clients, '>=', 1, 'the gateway uses a connection of that kind');
    return $id;
}

subtest 'a user, a password and a database' => sub {
    my $redis = server->start;
    $redis->command('ACL', 'SETUSER', 'social', 'on', ">$PASSWORD", '~*', '&*', '+@all');
    my $t = gateway("redis://social:$ESCAPED\@" . $redis->address . '/3');
    serves($t, $redis, qr/ user=social .*| db=3 .* user=social /);
    is_deeply([$redis->keys], [], 'database 0 has no key');
    $redis->command('SELECT', 3);
    cmp_ok(scalar(my @keys = $redis->keys), '>', 0, 'the keys are in database 3');
    is_deeply([grep { $redis->command('PTTL', $_) < 0 } @keys], [], 'every key has a time to live');
};

subtest 'a Unix socket' => sub {
    my $path  = tempdir(CLEANUP => 1) . '/redis.sock';
    my $redis = server(args => ['--unixsocket', $path, '--unixsocketperm', '777'])->start;
    chmod 0755, $path =~ s{/[^/]*\z}{}r;
    my $t = gateway("redis+unix://$path?db=2");
    serves($t, $redis, qr/ addr=\Q$path\E:0 .* db=2 /);
};

subtest 'an IPv6 address' => sub {
    my $redis = eval { server(args => ['--bind', '127.0.0.1', '::1'])->start }
        or plan skip_all => 'this machine has no IPv6';
    my $t = gateway('redis://[::1]:' . $redis->port);
    serves($t, $redis, qr/ addr=\[::1\]:/);
};

subtest 'a wrong password is no way in, and when it has become right nobody restarts anything' => sub {
    my $redis = server->start;
    $redis->command('CONFIG', 'SET', 'requirepass', 'another');
    my $t        = gateway("redis://:$ESCAPED\@" . $redis->address);
    my $response = $t->browser->login('facebook', redirect => 'https://mysite.example/welcome');
    is($response->status,     503,   'no login');
    is($response->session_id, undef, 'a login without Redis gets no session id');
    is(lines_with($t, qr/\[error\].*social: Redis does not answer: WRONGPASS/), 1, 'the log says why, once');
    $redis->command('CONFIG', 'SET', 'requirepass', $PASSWORD);
    my $id = $t->wait_for(
        sub {
            eval { $t->login('facebook') }
        }
    );
    is($t->session_status($id, provider => 'facebook'), 200, 'a session is readable after the password was corrected');
};

subtest 'a server that is not there yet' => sub {
    my $redis    = server();
    my $t        = gateway('redis://' . $redis->address);
    my $response = $t->browser->login('facebook', redirect => 'https://mysite.example/welcome');
    is($response->status, 503, 'a login has to be tried again');
    like($response->header('Retry-After'), qr/^\d+$/, 'the browser is told when');
    sleep 0.3;
    is(lines_with($t, qr/social: Redis does not answer/), 1, 'one log line tells that Redis is down');
    my $begin = time;
    $redis->start;
    my $id = $t->wait_for(
        sub {
            eval { $t->login('facebook') }
        }
    );
    note sprintf 'service %.2f s after the start of Redis', time - $begin;
    is($t->session_status($id, provider => 'facebook'), 200,           'a session is readable after Redis has started');
    is(lines_with($t, qr/\[notice\].*social: Redis answers again/), 1, 'one log line tells that Redis answers again');

    $redis->crash;
    is_envelope($t->read_session($id, provider => 'facebook'), 503, $UNAVAILABLE, 'a read after a crash fails at once');
    $redis->start;
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 404 }),
        'Redis that restarts without data has no session');
};

subtest 'idle connections that the server has closed cost nobody an answer' => sub {
    my $redis = server->start;
    my $t     = gateway('redis://' . $redis->address);
    my $id    = $t->login('facebook');
    my %status;
    for (1 .. 20) {
        $redis->command('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
        $status{$t->session_status($id, provider => 'facebook')}++;
    }
    is_deeply(\%status, {200 => 20}, 'reads right behind it end well');
    is(lines_with($t, qr/social: Redis/), 0, 'a reconnect logs nothing');
};

subtest 'a server that is silent holds up nobody for longer than the timeout' => sub {
    my $redis = server->start;
    my $t     = gateway('redis://' . $redis->address . ' timeout=300ms');
    my $id    = $t->login('facebook');
    $redis->pause;
    my $begin = time;
    is_envelope($t->read_session($id, provider => 'facebook'), 503, $UNAVAILABLE, 'a read ends');
    my $first = time - $begin;
    cmp_ok($first, '<', 0.3 + 0.5, 'the first read ends at its time-out');
    my @seconds = map {
        my $start = time;
        $t->session_status($id, provider => 'facebook') == 503 or fail('an answer from nowhere');
        time - $start
    } 1 .. 20;
    my @quick = grep { $_ < 0.1 } @seconds;
    cmp_ok(scalar @quick, '>=', 15, 'reads behind a silent Redis fail at once');
    note sprintf 'silent: first answer after %.0f ms, slowest of 20 behind it %.0f ms', $first * 1000,
        max(@seconds) * 1000;
    $redis->resume;
    $begin = time;
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 200 }),
        'a session is readable after the silence');
    my $back = time - $begin;
    note sprintf 'service %.2f s after it woke up', $back;
};

my $redis      = server->start;
my $fake_redis = Social::Test::FakeRedis->new(dir => tempdir(CLEANUP => 1), redis => $redis)->start;
my $t          = gateway('redis://' . $fake_redis->address . ' timeout=300ms');
my $id         = $t->login('facebook');
my $workers    = workers_of($t);

sub recovers ($what) {
    $fake_redis->be_redis;
    ok($t->wait_for(sub { $t->session_status($id, provider => 'facebook') == 200 }), "$what: Redis serves again");
}

subtest 'what Redis says instead of an answer is no answer' => sub {
    my @errors = (
        "READONLY You can't write against a read only replica.",
        'LOADING Redis is loading the dataset in memory',
        "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        'MOVED 866 127.0.0.1:1',
        'MOVED nonsense',
        'ASK 866 127.0.0.1:1',
        'CLUSTERDOWN The cluster is down',
        'TRYAGAIN Multiple keys request during rehashing of slot',
        'NOAUTH Authentication required.',
        'WRONGPASS invalid username-password pair or user is disabled.',
        'NOPERM this user has no permissions',
        "OOM command not allowed when used memory > 'maxmemory'.",
        'BUSY Redis is busy running a script.',
        'NOSCRIPT No matching script.',
        'WRONGTYPE Operation against a key holding the wrong kind of value',
        'NOREPLICAS Not enough good replicas to write.',
        'ERR %s%n%p',
        '',
    );
    for my $error (@errors) {
        my $code = $error =~ /^(\w+)/ ? $1 : 'an empty error';
        $fake_redis->answer_with("-$error\r\n");
        my $response = $t->read_session($id, provider => 'facebook');
        is_envelope($response, 503, $UNAVAILABLE, "$code: a read");
        my $login = $t->browser->login('facebook', redirect => 'https://mysite.example/welcome');
        is($login->status,     503,   "$code: a login");
        is($login->session_id, undef, "$code: no session id");
        recovers($code);
    }
    is(workers_of($t), $workers, 'the worker survives all replies');
};

subtest 'a connection that is lost under a read is made anew, and the read repeated' => sub {
    $fake_redis->answer_with('', times => 1);
    is($t->session_status($id, provider => 'facebook'), 200, 'one short reply is retried');
    $fake_redis->answer_with('');
    is_envelope($t->read_session($id, provider => 'facebook'),
        503, $UNAVAILABLE, 'a short reply is answered with 503 in the end');
    recovers('hanging up');
};

subtest 'what is no RESP, or no answer to what was asked' => sub {
    my %garbage = (
        'a web server'          => "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
        'an array of 2^31'      => "*2147483648\r\n",
        'an array of 2^32 - 1'  => "*4294967295\r\n",
        'an array of 2^63'      => "*9223372036854775808\r\n",
        'a negative array'      => "*-2\r\n",
        'a negative text'       => "\$-2\r\n",
        'a text of 2^63'        => "\$9223372036854775807\r\n",
        'a length in words'     => "\$ten\r\n",
        'deep nesting'          => "*1\r\n" x 200 . ":1\r\n",
        'a huge array'          => "*100000\r\n",
        'mixed types'           => "*4\r\n:1\r\n+OK\r\n\$1\r\nx\r\n*-1\r\n",
        'an integer'            => ":1\r\n",
        'an integer of letters' => ":x\r\n",
        'half an answer'        => "\$1000\r\nabc",
        'NUL bytes'             => "\0" x 1000,
        'two answers'           => ":1\r\n:2\r\n",
        'many answers'          => ":1\r\n" x 5000,
        'an error behind it'    => ":1\r\n-ERR what\r\n",
        'a RESP3 map'           => "%1\r\n+a\r\n:1\r\n",
        'a RESP3 set'           => "~1\r\n+a\r\n",
        'a RESP3 null'          => "_\r\n",
        'a RESP3 boolean'       => "#t\r\n",
        'a RESP3 double'        => ",1.5\r\n",
        'a RESP3 big number'    => "(12345678901234567890\r\n",
        'a RESP3 verbatim text' => "=7\r\ntxt:abc\r\n",
        'a RESP3 attribute'     => "|1\r\n+a\r\n:1\r\n:1\r\n",
        'a double in an array'  => "*1\r\n,1.5\r\n",
        'a null in an array'    => "*1\r\n_\r\n",
        'a push'                => ">2\r\n+message\r\n+x\r\n",
        'a message'             => "*3\r\n\$7\r\nmessage\r\n\$1\r\na\r\n\$1\r\nb\r\n",
    );
    for my $name (sort keys %garbage) {
        $fake_redis->answer_with($garbage{$name});
        is_envelope($t->read_session($id, provider => 'facebook'), 503, $UNAVAILABLE, $name);
        recovers($name);
        is(workers_of($t), $workers, "$name: the worker lives") or $workers = workers_of($t);
    }
};

# What would pass for an answer to the next command.
subtest 'not even the beginning of a reply may stand behind the last answer' => sub {
    my $pattern = qr/social: Redis does not answer: protocol error: unsolicited reply/;
    for my $rest ("*2\r\n", '*', '+', "\$5\r\n", ":1\r\n") {
        my $before = lines_with($t, $pattern);
        $fake_redis->answer_with(":1\r\n$rest", times => 1);
        my $name = $rest =~ s/\r\n/ /r;
        is_envelope($t->read_session($id, provider => 'facebook'), 503, $UNAVAILABLE, "$name: a read");
        is(lines_with($t, $pattern), $before + 1, "$name: the connection is given up");
        recovers($name);
    }
};

ok($fake_redis->stop, 'the fake Redis ends');
done_testing;
