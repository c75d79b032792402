# The guard of locations: who passes, what everybody else is told, what the application behind
# it learns, and how it lives beside nginx's own access modules.
use lib 't/lib';
use Social::Test;
use Social::Sandbox::Jws;

my $CHALLENGE = 'Bearer realm="social"';
my $INVALID   = qq($CHALLENGE, error="invalid_token", error_description="Invalid token");
my $EXPIRED   = qq($CHALLENGE, error="invalid_token", error_description="Expired token");

my $t       = Social::Test->new(workers => 2);
my @example = example_lines('guarded-app.conf');
my %http    = (
    http => <<~'CONF',
        log_format who '$uri site=$social_site user=$social_user result=$social_result status=$status';
        access_log %%DIR%%/logs/who.log who;
        server {
            listen 127.0.0.1:%%PORT:app%%;
            access_log off;
            underscores_in_headers on;
            location / {
                default_type text/plain;
                set $identity "site=[$http_x_social_site] user=[$http_x_social_user]";
                return 200 "$identity authorization=[$http_authorization]\n";
            }
            location = /app/denied { return 401 "the application says no\n"; }
        }
        CONF
    server => <<~"CONF",
        root %%DIR%%/conf/www;
        @example
        location /app/ { social_bearer on; proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location = /app/health { social_bearer off; proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location /static/ { social_bearer on; }
        location /open/ { proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location /internal/ { internal; social_bearer on; }
        location /nested/ {
            social_bearer on;
            location /nested/open/ { social_bearer off; proxy_pass http://127.0.0.1:%%PORT:app%%; }
            location /nested/same/ { proxy_pass http://127.0.0.1:%%PORT:app%%; }
            if (\$arg_if) { set \$unused 1; }
        }
        location /any-open/ { satisfy any; social_bearer on; allow 127.0.0.1; deny all; }
        location /any-closed/ { satisfy any; social_bearer on; deny all; proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location /all-closed/ { satisfy all; social_bearer on; deny all; }
        location /basic/ {
            satisfy any;
            social_bearer on;
            auth_basic closed;
            auth_basic_user_file htpasswd;
        }
        location /page/ { social_bearer on; error_page 401 /sorry.html; }
        location /login/ { social_bearer on; error_page 401 =302 https://mysite.example/login; }
        location /named/ { social_bearer on; error_page 401 = \@fallback; }
        location /cured/ { social_bearer on; error_page 401 =200 /sorry.html; }
        location /loop/ { social_bearer on; error_page 401 /loop/again; }
        location \@fallback { proxy_pass http://127.0.0.1:%%PORT:app%%; }
        location = /sorry.html { }
        location /auth-request/ { social_bearer on; auth_request /always; }
        location = /always { internal; social_bearer on; return 204; }
        location /ssi/ { social_bearer on; ssi on; }
        location /if/ { social_bearer on; if (\$arg_x) { add_header X-If yes always; } }
        CONF
);
mkdir "@{[$t->dir]}/conf/www";
mkdir "@{[$t->dir]}/conf/www/$_" for qw(static any-open basic auth-request ssi if);
$t->file("www/$_/page.html",  "the page\n") for qw(static any-open basic auth-request if);
$t->file('www/ssi/page.html', "<!--# include virtual=\"/open/part\" -->the page\n");
$t->file('www/sorry.html',    "sorry\n");
$t->file('htpasswd',          'someone:' . crypt('pass word', '$6$rounds=1000$sandboxsalt$') . "\n");
$t->gateway(%http)->start;

subtest 'requests with and without a token' => sub {
    my $good = $t->api(GET => '/app/x', token => $t->bearer);
    is($good->status, 200, 'a good token passes');
    is( $good->body,
        "site=[169] user=[owner\@mysite.example] authorization=[]\n",
        'the application learns site and user, and does not get the token'
    );
    is($good->header('WWW-Authenticate'), undef, 'an admitted request is not challenged');
    is($t->api(GET  => '/static/page.html', token => $t->bearer)->body,   "the page\n", 'files are guarded alike');
    is($t->api(HEAD => '/static/page.html', token => $t->bearer)->status, 200,          'HEAD passes');
    is($t->request(GET => '/app/x', headers => {Authorization => 'bEaReR ' . $t->bearer})->status,
        200, 'the scheme has no case');

    for my $path (qw(/app/x /static/page.html /static/nothing /nested/x /nested/same/x)) {
        my $response = $t->api(GET => $path);
        is_envelope($response, 401, 'Token required', "$path wants a token");
        is_deeply([$response->header_all('WWW-Authenticate')], [$CHALLENGE], "$path has the bare challenge");
    }
    is($t->api(GET => '/app/health')->body,    "site=[] user=[] authorization=[]\n", '"off" opens a location');
    is($t->api(GET => '/nested/open/x')->body, "site=[] user=[] authorization=[]\n", '"off" ends inheritance');
    is( $t->api(GET => '/open/x')->body,
        "site=[] user=[] authorization=[]\n",
        'a location without the directive is open'
    );
    is($t->api(GET => '/static/nothing', token => $t->bearer)->header('Content-Type'),
        'text/html', 'errors behind the guard stay what nginx makes of them');
    is( $t->api(GET => '/app/denied', token => $t->bearer)->body,
        "the application says no\n",
        'a 401 of the application is passed on as it is'
    );

    my $head = $t->api(HEAD => '/app/x');
    is($head->status, 401, 'HEAD without a token is refused');
    is($head->body,   '',  'a refused HEAD has no body');
    is( $head->header('Content-Length'),
        length $t->api(GET => '/app/x')->body,
        'a refused HEAD has the Content-Length of GET'
    );
};

my $token    = $t->bearer;
my $tampered = $token =~ s/\.[^.]+\././r;

subtest 'tokens and headers that are refused' => sub {
    my $expired = $t->api(GET => '/app/x', token => $t->bearer(exp => time - 1));
    is_envelope($expired, 401, 'Expired token');
    is($expired->header('WWW-Authenticate'), $EXPIRED, 'the challenge names the expired token');

    my %bad = (
        'of a site that is not configured' => 'Bearer ' . $t->bearer(site => '170'),
        'not valid yet'                    => 'Bearer ' . $t->bearer(nbf  => time + 60),
        'without an end'                   => 'Bearer ' . $t->bearer(exp  => undef),
        'without a site'                   => 'Bearer ' . $t->bearer(sid  => undef),
        'signed by somebody else'          => 'Bearer ' . Social::Test::Token->mint(key => 'x' x 32),
        'without a signature'              => 'Bearer ' . $token =~ s/[^.]+$//r,
        'without claims'                   => "Bearer $tampered",
        'of another scheme'                => 'Basic ' . $token,
        'missing'                          => 'Bearer',
        'empty'                            => 'Bearer ',
        'behind two spaces'                => "Bearer  $token",
        'behind a tab'                     => "Bearer\t$token",
        'followed by another'              => "Bearer $token, Bearer $token",
        'followed by text'                 => "Bearer $token x",
        'without the scheme'               => $token,
        'in quotes'                        => qq(Bearer "$token"),
        'behind a colon'                   => "Bearer: $token",
        'all dots'                         => 'Bearer ' . '.' x 4000,
        'long'                             => 'Bearer ' . 'x' x 7000,
        'not printable'                    => "Bearer \xff\xfe",
    );
    for my $what (sort keys %bad) {
        my $response = $t->api(GET => '/app/x', headers => {Authorization => $bad{$what}});
        is_envelope($response, 401, 'Invalid token', "a token that is $what");
        is_deeply([$response->header_all('WWW-Authenticate')], [$INVALID], "the challenge for a token that is $what");
    }
    is_envelope(
        $t->api(GET => '/app/x', headers => {Authorization => ''}),
        401,
        'Invalid token',
        'an empty Authorization'
    );
    for my $target ("/app/x?access_token=$token", "/app/x?token=$token") {
        is_envelope($t->api(GET => $target), 401, 'Token required', 'a token in the query is none');
    }
    is_envelope(
        $t->api(GET => '/app/x', headers => {Cookie => "token=$token; Authorization=Bearer $token"}),
        401,
        'Token required',
        'a token in a cookie is none'
    );
    is_envelope(
        $t->request(POST => '/app/x', form => {access_token => $token}, headers => {Accept => 'application/json'}),
        401,
        'Token required',
        'a token in the body is none'
    );

    # nginx writes both to its log, so they are no tokens here.
    is($t->api(GET => '/app/x', headers => {Authorization => ['Bearer one', 'Bearer two']})->status,
        400, 'two Authorization headers are a bad request');

    # A connection remembers nothing: what is refused stays refused after a good request.
    my $wire = $t->wire;
    for my $step (['good', $token, 200], ['forged', $tampered, 401], ['good again', $token, 200], ['none', undef, 401])
    {
        my ($what, $value, $status) = @$step;
        $wire->put(
            Social::Test::RawConnection->format_request(
                method     => 'GET',
                target     => '/app/x',
                authority  => 'gateway',
                keep_alive => 1,
                headers    => defined $value ? {Authorization => "Bearer $value"} : {},
            )
        );
        is($wire->read_response->status, $status, "on one connection: $what");
    }
};

subtest 'paths that look like another one' => sub {
    for my $path (
        '//app/x',           '/app//x', '/x/../app/x', '/%61pp/x',
        '/app/%2e%2e/app/x', '/app/x?path=/app/health', '/app/x;a=b'
        )
    {
        is($t->api(GET => $path)->status, 401, "$path is guarded as /app/x is");
    }
    is($t->api(GET => '/app/x', headers => {'User-Agent' => $_})->status, 401, "no client is special: $_")
        for 'kube-probe/1.30', 'GoogleHC/1.0', 'ELB-HealthChecker/2.0';
    is($t->api($_ => '/app/x')->status, 401, "$_ passes by no guard") for qw(OPTIONS POST PUT DELETE PATCH);
};

subtest 'identity headers of the client' => sub {
    my @forged = (
        'X-Social-User' => 'mallory',
        'x-social-user' => 'mallory',
        'X-SOCIAL-USER' => 'mallory',
        'X-Social-Site' => '170',
        'X_Social_User' => 'mallory',
        'X_Social_Site' => '170',
        'X-Social-User' => '',
        'X-Social-Site' => '',
        'X-Social-User' => 'mallory, owner',
    );
    for my $case (
        ['an admitted request',        '/app/x',       1, "site=[169] user=[owner\@mysite.example] authorization=[]\n"],
        ['an open location',           '/app/health',  0, "site=[] user=[] authorization=[]\n"],
        ['a location without a guard', '/open/x',      0, "site=[] user=[] authorization=[]\n"],
        ['an error page behind the guard', '/named/x', 0, "site=[] user=[] authorization=[]\n"],
        )
    {
        my ($what, $path, $with_token, $expected) = @$case;
        my $lines = '';
        for (my $i = 0; $i < @forged; $i += 2) { $lines .= "$forged[$i]: $forged[$i + 1]\r\n" }
        my $authorization = $with_token ? "Authorization: Bearer $token\r\n" : '';
        for my $method (qw(GET OPTIONS POST)) {
            my $answer = $t->raw("$method $path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n$lines$authorization\r\n");
            like($answer, qr/\r\n\r\n\Q$expected\E\z/, "$what, $method: forged identity headers do not pass");
        }
    }
    my $hop = $t->raw("GET /app/x HTTP/1.1\r\nHost: x\r\nConnection: close, X-Social-User, X-Social-Site\r\n"
            . "Authorization: Bearer $token\r\n\r\n");
    like($hop, qr/site=\[169\] user=\[owner/, 'naming them in Connection does not take them away');
};

subtest 'the guard beside modules of nginx' => sub {
    is($t->api(GET => '/any-open/page.html')->body, "the page\n", 'satisfy any: an admitted address needs no token');
    is($t->api(GET => '/any-open/page.html')->header('WWW-Authenticate'),
        undef, 'satisfy any: an admitted address is not challenged');
    is($t->api(GET => '/any-closed/x', token => $token)->status, 200, 'satisfy any: a token makes up for the address');
    is_envelope($t->api(GET => '/any-closed/x'), 401, 'Token required', 'satisfy any: neither of both is refused');
    is_envelope(
        $t->api(GET => '/any-closed/x', token => $t->bearer(exp => time - 1)),
        401,
        'Expired token',
        'satisfy any: nor is an expired token enough'
    );
    is($t->api(GET => '/all-closed/x', token => $token)->status, 403, 'satisfy all: a token does not');
    is_envelope($t->api(GET => '/all-closed/x'), 401, 'Token required', 'satisfy all: the token is asked for first');

    is($t->api(GET => '/basic/page.html', token => $token)->body, "the page\n", 'beside auth_basic: a token passes');
    my $basic = $t->api(GET => '/basic/page.html', headers => {Authorization => 'Basic c29tZW9uZTpwYXNzIHdvcmQ='});
    is($basic->body,                       "the page\n", 'beside auth_basic: a password passes');
    is($basic->header('WWW-Authenticate'), undef,        'beside auth_basic: a password is not challenged');
    my $neither = $t->api(GET => '/basic/page.html');
    is_envelope($neither, 401, 'Token required', 'without token or password the envelope answers');
    is_deeply(
        [sort $neither->header_all('WWW-Authenticate')],
        ['Basic realm="closed"', $CHALLENGE],
        'without token or password both challenges are sent'
    );

    is($t->api(GET => '/internal/x', token => $token)->status, 404, 'an internal location stays closed to everybody');
    is($t->api(GET => '/auth-request/page.html', token => $token)->body,
        "the page\n", 'auth_request runs beside the guard');
    is($t->api(GET => '/auth-request/page.html')->status, 401, 'auth_request does not replace the guard');
    is( $t->api(GET => '/ssi/page.html', token => $token)->body,
        "site=[169] user=[owner\@mysite.example] authorization=[]\nthe page\n",
        'subrequests know who the caller is'
    );
    is_envelope($t->api(GET => '/if/page.html?x=1'), 401, 'Token required', 'an "if" does not open the location');
    is($t->api(GET => '/if/page.html?x=1', token => $token)->body, "the page\n", 'an "if" does not close the location');
};

subtest 'error_page' => sub {
    my $page = $t->api(GET => '/page/x');
    is($page->status, 401,       'error_page with a page of its own keeps the status');
    is($page->body,   "sorry\n", 'error_page shows its own page');
    is_deeply([$page->header_all('WWW-Authenticate')], [$CHALLENGE], 'error_page keeps the challenge of the 401');
    my $login = $t->api(GET => '/login/x');
    is($login->status,   302,                            'error_page may lead to a login');
    is($login->location, 'https://mysite.example/login', 'error_page leads to the page of the operator');
    is($login->header('WWW-Authenticate'), undef,        'a redirect to the login has no challenge');
    is($t->api(GET => '/named/x')->body, "site=[] user=[] authorization=[]\n",
        'error_page may let in without identity');
    my $cured = $t->api(GET => '/cured/x');
    is($cured->status . $cured->body, "200sorry\n", 'error_page may replace the status');
    is_envelope(
        $t->api(GET => '/loop/x'),
        401,
        'Token required',
        'an error page that is guarded itself ends in the envelope'
    );
    is($t->api(GET => '/page/nothing', token => $token)->status, 404, 'error_page 401 leaves a 404 alone');
};

sub who ($path) {
    return (grep {/^\Q$path\E /} $t->log->lines('who.log'))[-1] // '';
}
subtest 'the access log' => sub {
    $t->api(GET => '/app/log1', token => $token);
    $t->api(GET => '/app/log2', token => $t->bearer(exp => time - 1));
    $t->wait_for(sub { who('/app/log2') });
    is( who('/app/log1'),
        '/app/log1 site=169 user=owner@mysite.example result=admitted status=200',
        'the log has the caller of an admitted request'
    );
    is( who('/app/log2'),
        '/app/log2 site=- user=- result=unauthenticated status=401',
        'the log has no caller for a refused request'
    );
};

subtest 'the directive social_bearer' => sub {
    like(
        $t->conf_error(server => 'location /x/ { social_bearer maybe; }'),
        qr/"social_bearer" takes "on" or "off": maybe/,
        'the directive takes a flag'
    );
    like(
        $t->conf_error(server => 'location /x/ { social_bearer on; social_bearer off; }'),
        qr/"social_bearer" is duplicate/,
        'social_bearer is refused twice in a location'
    );
    like(
        $t->conf_error(server => 'location /x/ { social_bearer; }'),
        qr/invalid number of arguments in "social_bearer"/,
        'social_bearer needs a value'
    );
    is($t->conf_error(http => 'social_bearer on;', server => 'social_bearer off;'),
        undef, 'social_bearer is allowed at every level');

    # From http{} down: everything is guarded that does not say otherwise.
    $t->gateway(%http,
        http => "social_bearer on;\n$http{http}" =~ s/access_log off;/access_log off; social_bearer off;/r);
    ok($t->reload(drained => 1), 'a reload guards the whole server');
    is_envelope($t->api(GET => '/open/x'), 401, 'Token required', 'a guarded server guards every location');
    is($t->api(GET => '/app/health')->status,    200, '"off" opens a location of a guarded server');
    is($t->api(GET => '/facebook/auth')->status, 400, 'logins need no token in a guarded server');
    is($t->api(GET => '/no/location')->status,   401, 'a guarded server answers 401 for unknown paths');
};

done_testing;

# The lines by which an example keeps identity headers of clients from the application.
sub example_lines ($name) {
    open my $in, '<', $t->root . "/conf-examples/$name" or die "$name: $!";
    return grep {/^ {8}proxy_(?:set_header|http_version)/} <$in>;
}
