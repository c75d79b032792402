# The harness itself, with an nginx that has no module: what it is to catch, it catches.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use Social::Test;
use Time::HiRes qw(sleep time);

my $SECRET = 'AQ' . join '', map { ('a' .. 'z', 0 .. 9)[rand 36] } 1 .. 60;

sub stock (%arg) { return Social::Test->new(module => undef, sandbox => 0, %arg) }

my $HELLO = 'server { listen 127.0.0.1:%%PORT%%; location / { return 200 "hello\n"; } }';

# Runs a test file of its own: (exit status, output).
sub run_file ($body) {
    my ($out, $path) = File::Temp::tempfile('harness-XXXXXX', TMPDIR => 1, SUFFIX => '.t', UNLINK => 1);
    print {$out} "use lib '$FindBin::Bin/lib';\nuse Social::Test;\n$body\n";
    close $out;
    my $output = qx($^X $path 2>&1);
    return ($? >> 8, $output);
}

sub gone ($pid) {
    open my $in, '<', "/proc/$pid/stat" or return 1;
    return (readline($in) // '') =~ /^\d+ .*\) Z /s;
}

subtest 'a quiet nginx passes' => sub {
    my $t = stock(workers => 2)->conf($HELLO)->start;
    is $t->get('/')->body,         "hello\n", 'it answers';
    is scalar($t->nginx->workers), 2,         'with as many workers as asked for';
    my %old = map { $_ => 1 } $t->nginx->workers;
    ok $t->reload(drained => 1), 'it reloads';
    is scalar(grep { $old{$_} } $t->nginx->workers), 0, 'to new workers';
    $t->file('../conf/nginx.conf', 'bogus;');
    ok !$t->reload, 'nginx refuses to reload a broken configuration';
    $t->tolerate(qr/unknown directive "bogus"/);
    is $t->get('/')->body, "hello\n", 'nginx keeps the old configuration';
    ok $t->quit, 'it quits';
    my %problem = $t->problems;
    is_deeply [map {@$_} values %problem], [], 'without a problem';
};

subtest 'a configuration is tried out without starting anything' => sub {
    my $t = stock();
    is $t->conf_error($HELLO), undef, 'a good one';
    like $t->conf_error('server { bogus; }'), qr/\[emerg\] .*unknown directive "bogus" in .*:\d+/, 'a bad one';
    is_deeply { $t->problems }->{'the error log holds no alarm'}, [], 'which is no alarm';
};

subtest 'a killed worker is an alarm' => sub {
    my $t   = stock()->conf($HELLO)->start;
    my $pid = $t->nginx->kill_worker;
    is $t->get('/')->status, 200, 'though another one serves';
    my %problem = $t->problems;
    like "@{$problem{'the error log holds no alarm'}}", qr/$pid exited on signal 9/, 'it is found';
};

subtest 'a secret in a log is found' => sub {
    my $t = stock()->conf(<<~'CONF')->start;
        log_format loud '$request';
        server {
            listen 127.0.0.1:%%PORT%%;
            location /files/ { root %%DIR%%; }
            location /loud { access_log %%DIR%%/logs/loud.log loud; return 204; }
            location /header { access_log off; return 404 "$http_x_code"; }
        }
        CONF
    $t->get("/files/none?code=$SECRET");
    my $token = $t->bearer(site => '1');
    $t->get('/loud?part=' . substr $SECRET, 0, 30);
    $t->get("/loud?jwt=$token");
    $t->secret('with/odd=characters&in+it');
    $t->get('/loud?odd=with%2Fodd%3Dcharacters%26in%2Bit');
    $t->get('/header', headers => {'X-Code' => $SECRET});
    ok $t->quit, 'after a few requests';
    my @leaks = @{{$t->problems}->{'no log holds a secret'}};
    is scalar(grep {/^error\.log:/} @leaks),  1, 'the log check finds the secret in the error log' or diag "@leaks";
    is scalar(grep {/^loud\.log:1:/} @leaks), 1, 'the head of it alone';
    is scalar(grep {/^loud\.log:2:/} @leaks), 1, 'a token';
    is scalar(grep {/^loud\.log:3:/} @leaks), 1, 'an escaped one';
    is scalar(@leaks),                        4, 'the log check reports nothing that is no secret';
    unlike "@leaks", qr/\Q$SECRET\E/, 'the report does not repeat it';
};

subtest 'what sanitizers leave behind is found' => sub {
    delete local @ENV{qw(ASAN_OPTIONS UBSAN_OPTIONS)};    # this report is for nobody but us
    my $t = stock()->conf($HELLO)->start;
    open my $report, '>', $t->dir . '/logs/asan.4711';
    print {$report} "==4711==ERROR: AddressSanitizer: heap-use-after-free\n";
    close $report;
    open my $console, '>>', $t->dir . '/logs/console.log';
    print {$console} "x.cpp:1:2: runtime error: signed integer overflow\n";
    close $console;
    my @reports = @{{$t->problems}->{'no sanitizer reported anything'}};
    is scalar(grep {/asan\.4711/} @reports),    1, 'a report file';
    is scalar(grep {/runtime error/} @reports), 1, 'a line on the console';
};

subtest 'a process that does not end is ended, and told about' => sub {
    my $t   = stock()->conf($HELLO)->start;
    my $pid = $t->nginx->master;
    kill STOP => $pid, $t->nginx->workers;
    ok !$t->stop(0.3), 'it had to be killed';
    ok gone($pid),     'the stopped master is gone';

    my $u = Social::Test->new(module => undef);
    my ($sandbox) = $u->sandbox->processes;
    $sandbox->signal('STOP');
    $u->sandbox->{patience} = 0.3;
    like "@{{$u->problems}->{'every process has ended'}}", qr/had to be killed/, 'so had a stopped sandbox';
};

subtest 'a broken sandbox is told about' => sub {
    my $t = Social::Test->new(module => undef);
    $t->sandbox->configure('facebook', user => 'ghost', redirect_uris => ['http://127.0.0.1/cb']);
    my $url = $t->sandbox->url('facebook')
        . '/v26.0/dialog/oauth?client_id=1234567890123456&state=s&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb';
    is $t->get($url)->status, 500, 'the sandbox answers 500 to an unknown user';
    like "@{{$t->problems}->{'the sandbox had no complaint'}}", qr/no such user/,
        'the final checks report the complaint of the sandbox';
};

subtest 'a test file fails for what it left in the logs' => sub {
    my ($status, $output) = run_file(<<~'FILE');
        my $t = Social::Test->new(module => undef, sandbox => 0);
        $t->conf('server { listen 127.0.0.1:%%PORT%%; root %%DIR%%; }')->start;
        is $t->get('/none?state=abcdefghijklmnopqrstuvwxyz')->status, 404;
        done_testing;
        FILE
    isnt $status, 0, 'by its exit status';
    like $output, qr/^not ok \d+ - no log holds a secret$/m, 'the output names the failed check';
    ($status, $output) = run_file(<<~'FILE');
        my $t = Social::Test->new(module => undef, sandbox => 0);
        $t->conf('server { listen 127.0.0.1:%%PORT%%; return 204; }')->start;
        is $t->get('/')->status, 204;
        done_testing;
        FILE
    is $status, 0, 'a run without problems passes' or diag $output;
};

subtest 'nothing outlives a test that is killed' => sub {
    my ($status, $output) = run_file(<<~'FILE');
        my $t = Social::Test->new(module => undef, redis => 1);
        $t->conf('server { listen 127.0.0.1:%%PORT%%; return 204; }')->start;
        my @pids = map { $_->pid } map { $_->processes } $t->nginx, $t->sandbox, $t->redis;
        syswrite STDOUT, join(' ', 'pids', @pids) . "\n";
        kill KILL => $$;
        FILE
    my @pids = $output =~ /(\d+)/g;
    is scalar(@pids), 3, 'nginx, sandbox and redis-server' or diag $output;
    my $deadline = time + 5;
    sleep 0.05 while time < $deadline && grep { !gone($_) } @pids;
    is scalar(grep { !gone($_) } @pids), 0, 'end with it';
};

subtest 'an envelope is compared to the byte' => sub {
    my $good
        = '{"_meta":{"status":"ERROR","count":1},"records":{"errorCode":401,"userMessage":"Expired token",'
        . '"devMessage":null,"more":null,"applicationCode":null}}';
    my %body = (
        good   => $good,
        blank  => $good =~ s/,/, /r,
        order  => $good =~ s/("devMessage":null),("more":null)/$2,$1/r,
        string => $good =~ s/:401/:"401"/r,
        empty  => $good =~ s/"more":null/"more":""/r,
        quota  => $good =~ s/"(devMessage|applicationCode)":null/"$1":""/gr,
    );
    my $locations = join "\n", map {
        "location = /$_ { default_type 'application/json; charset=utf-8'; "
            . "add_header Cache-Control no-store always; return 401 '$body{$_}'; }"
    } sort keys %body;
    my ($status, $output) = run_file(<<~"FILE");
        my \$t = Social::Test->new(module => undef, sandbox => 0)->conf(<<'CONF')->start;
        server { listen 127.0.0.1:%%PORT%%; $locations location = /plain { return 401 '$good'; } }
        CONF
        is_envelope(\$t->get("/\$_"), 401, 'Expired token', \$_) for qw(good blank order string empty plain);
        is_envelope(\$t->get('/quota'), 401, 'Expired token', devMessage => '', applicationCode => '', 'quota');
        is_envelope(\$t->get('/quota'), 401, 'Expired token', devMessage => qr/x/, applicationCode => '', 'pattern');
        is_envelope(\$t->get('/string'), 401, 'Expired token', errorCode => '401', 'code as a string');
        is_envelope(\$t->get('/good'), 400, 'Expired token', 'status');
        done_testing;
        FILE
    is_deeply [$output =~ /^(ok|not ok) \d+ - (?:good|quota|code as a string)$/mg], [('ok') x 3],
        'correct envelopes pass'
        or diag $output;
    is_deeply [$output =~ /^(ok|not ok) \d+ - (?:blank|order|string|empty|plain|pattern|status)$/mg], [('not ok') x 7],
        'the plan and the other tests pass'
        or diag $output;
};

subtest 'the browser keeps cookies by the rules' => sub {
    my $t = stock(public => 'https://gateway.example')->conf(<<~'CONF')->start;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /show { return 200 "$http_host|$http_cookie"; }
            location /set {
                add_header Set-Cookie "__Host-good=cookie-number-one; Path=/; Secure; HttpOnly; SameSite=Lax";
                add_header Set-Cookie "__Host-path=cookie-number-two; Path=/show; Secure";
                add_header Set-Cookie "__Host-bare=cookie-number-three; Path=/";
                add_header Set-Cookie "deep=cookie-number-four; Path=/show/deep";
                add_header Set-Cookie "foreign=cookie-number-five; Domain=other.example";
                return 204;
            }
            location /drop { add_header Set-Cookie "__Host-good=; Path=/; Secure; Max-Age=0"; return 204; }
            location /go { absolute_redirect off; return 302 /show; }
        }
        CONF
    my $browser = $t->browser;
    $browser->get('/set');
    is $browser->get('/show')->body, 'gateway.example|__Host-good=cookie-number-one',
        'to the host they are for, under its own name';
    is $browser->get('/show/deep')->body, 'gateway.example|deep=cookie-number-four; __Host-good=cookie-number-one',
        'longer paths first';
    is $t->browser->get('/show')->body, 'gateway.example|', 'another browser has none';
    my $go = $browser->get('/go#_=_');
    is $browser->follow($go)->url, 'https://gateway.example/show#_=_', 'a fragment is carried along';
    $browser->get('/drop');
    is $browser->get('/show')->body, 'gateway.example|', 'an expired cookie is gone';

    my $plain = $t->browser(base => 'http://127.0.0.1:' . $t->port);
    $plain->get('/set');
    is $plain->get('/show')->body, '127.0.0.1:' . $t->port . '|', 'plain http gets no secure cookie';
};

subtest 'requests go out as they are, answers come back whole' => sub {
    my $t = stock()->conf(<<~'CONF')->start;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /echo { return 200 "$request_uri"; }
            location /files/ { alias %%DIR%%/conf/; gzip on; gzip_types *; gzip_min_length 1; }
        }
        CONF
    is $t->get('/echo/a%2Fb//x?a=%zz&b=[\\]')->body, '/echo/a%2Fb//x?a=%zz&b=[\\]', 'odd targets';
    is $t->request(HEAD => '/echo')->body,           '',                            'HEAD has no body';
    like $t->raw("GET /echo HTTP/1.0\r\nHost: a\r\n\r\n"), qr{^HTTP/1\.1 200 OK\r\n.*\r\n\r\n/echo$}s, 'raw bytes';
    is $t->get('/files/nginx.conf', headers => {'Accept-Encoding' => 'gzip'})->header('Transfer-Encoding'), 'chunked',
        'chunks';
    my $wire = $t->wire;
    $wire->put("GET /echo/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /echo/2 HTTP/1.1\r\nHost: a\r\n\r\n");
    is_deeply [map { $wire->read_response->body } 1, 2], ['/echo/1', '/echo/2'], 'two on one connection';
    my @all = $t->together(map { [GET => "/echo/$_"] } 1 .. 50);
    is_deeply [map { $_->body } @all], [map {"/echo/$_"} 1 .. 50], 'fifty at once';
};

subtest 'tokens are signed as RFC 7515 says' => sub {
    my $key = MIME::Base64::decode_base64url(
        'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow');
    my $token = Social::Test::Token->mint_text(
        $key,
        qq({"typ":"JWT",\r\n "alg":"HS256"}),
        qq({"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true})
    );
    is $token =~ s/.*\.//r, 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', 'appendix A.1';
    my $mint = Social::Test::Token->read(
        Social::Test::Token->mint(key => 'k' x 32, sid => '170', nbf => undef, header => {kid => 'x'}));
    is_deeply [$mint->{claims}{sid}, $mint->{claims}{nbf}, $mint->{header}{kid}, $mint->{header}{alg}],
        ['170', undef, 'x', 'HS256'], 'claims and header to taste';
};

subtest 'redis-server comes and goes' => sub {
    my $t = stock(redis => 1);
    is $t->redis->command('SET', 'a', "1\r\n2"),         'OK',     'it stores';
    is $t->redis->command('GET', 'a'),                   "1\r\n2", 'Redis returns the stored value';
    is eval { $t->redis->command('HGET', 'a', 'b'); 1 }, undef,    'errors die';
    $t->redis->crash;
    $t->redis->start;
    is_deeply [$t->redis->keys], [], 'after a crash it is empty, on the same port';
};

done_testing;
