# Every error that a program can meet is the envelope, byte for byte: those of the gateway,
# and those that nginx finds before or behind it.
use lib 't/lib';
use Social::Test;

my $t       = Social::Test->new->tolerate(qr/client sent too (?:long|large)/);
my @codes   = (400, 401, 403, 404, 405, 406, 409, 411, 412, 413, 414, 415, 416, 429, 431, 500 .. 505, 507);
my $codes   = join "\n", map {"if (\$http_x_status = $_) { return $_; }"} @codes;
my %gateway = (
    provider => {facebook => {api_url => 'http://127.0.0.1:' . $t->port('nobody')}},
    server   => <<~"CONF",
        root %%DIR%%/conf/www;
        large_client_header_buffers 2 8k;
        location /codes/session/ { $codes social_session; }
        location /page/session/ { $codes social_landing facebook; }
        location /plain/ { $codes }
        location /guarded/ { social_bearer on; $codes }
        location /limited/session/ { limit_except GET { deny all; } social_session; }
        location /closed/session/ { deny all; social_session; }
        location /own-page/session/ {
            error_page 403 404 /sorry.html;
            error_page 401 = /sorry.html;
            deny all;
            social_session;
        }
        location /kept/session/ { error_page 404 /api/session/elsewhere; }
        location /small/session/ { client_max_body_size 10; social_session; }
        location /gzip/session/ { gzip on; gzip_types application/json; gzip_min_length 1; social_session; }
        location /busy/session/ { limit_req zone=one; social_session; }
        location /secret/session/ { internal; social_session; }
        location = /api/other { return 404; }
        location = /sorry.html { }
        CONF
    http => 'limit_req_zone $server_name zone=one:64k rate=1r/m;',
);
mkdir "@{[$t->dir]}/conf/www";
$t->file('www/sorry.html', "sorry\n");
$t->gateway(%gateway)->start;

my $good = $t->bearer;

subtest 'errors of the gateway' => sub {
    is_envelope($t->api(GET => $t->session_path('x', 'facebook')), 401, 'Token required');
    is_envelope($t->api(GET => $t->session_path('x', 'facebook'), token => $t->bearer(exp => time - 1)),
        401, 'Expired token');
    is_envelope($t->api(GET => $t->session_path('x', 'facebook'), token => $t->bearer(nbf => time + 60)),
        401, 'Invalid token');
    is_envelope(
        $t->api(GET => $t->session_path($_, 'facebook'), token => $good),
        404,
        'Session not found',
        'no session: ' . substr $_,
        0, 30
    ) for 'x', 'x' x 92, 'a/b', '', '*', '?', '%2e', '%0d%0aX-Bad:%201', '%25s%25n', 'x%23y', 'x;y';
    is_envelope($t->api(GET => $t->session_path('%00', 'facebook'), token => $good),
        400, 'Bad request', 'a NUL in the path');
    is_envelope($t->api(GET => $t->session_path('..%2f..%2f', 'facebook'), token => $good),
        404, 'Not found', 'a path that leads elsewhere');
    is_envelope($t->api(GET => '/api/nobody/session/x', token => $good), 404, 'Session not found', 'no such provider');
    is_envelope($t->api(GET => '/api/facebook/session', token => $good), 404, 'Not found', 'a path without an id');

    for my $method (qw(POST PUT PATCH OPTIONS PROPFIND NONSENSE)) {
        my $response = $t->api($method => $t->session_path('x', 'facebook'), token => $good);
        is_envelope($response, 405, 'Method not allowed', "$method a session");
        is_deeply([$response->header_all('Allow')], ['GET, HEAD, DELETE'], "Allow of $method lists the methods");
    }
    my $browser = $t->browser->always(Accept => 'application/json');
    my $failed  = $browser->login('facebook', redirect => 'https://mysite.example/welcome');
    is_envelope(
        $failed, 502,
        'facebook is not answering, please try again',
        devMessage => qr/./,
        'a provider that does not answer'
    );
    is_envelope($t->api(GET => '/facebook/auth'), 400, 'Wrong site url', 'a redirectUrl that is missing');
};

subtest 'errors of nginx in a known location' => sub {
    my %text = (
        400 => 'Bad request',
        401 => 'Authorization required',
        403 => 'Forbidden',
        404 => 'Not found',
        405 => 'Method not allowed',
        411 => 'Length required',
        412 => 'Precondition failed',
        413 => 'Request body too large',
        414 => 'Request URI too long',
        415 => 'Unsupported media type',
        416 => 'Range not satisfiable',
        429 => 'Too many requests, please try again later',
        431 => 'Request header too large',
        500 => 'Internal server error',
        501 => 'Not implemented',
        502 => 'Bad gateway',
        503 => 'Service unavailable, please try again',
        504 => 'Gateway timeout',
        505 => 'HTTP version not supported',
    );
    for my $code (@codes) {
        my $text   = $text{$code} // ($code < 500 ? 'Request refused' : 'Server error');
        my $answer = $t->api(GET => '/codes/session/x', headers => {'X-Status' => $code});
        is_envelope($answer, $code, $text, "nginx's own $code in the API");
        is($answer->header('Content-Length'), length $answer->body, "$code: Content-Length is that of the envelope");
        my $head = $t->api(HEAD => '/codes/session/x', headers => {'X-Status' => $code});
        is( join('|', $head->status, $head->body, $head->header('Content-Length')),
            "$code||" . length $answer->body,
            "a $code answers HEAD without a body"
        );
        is_envelope($t->api(GET => '/page/session/x', headers => {'X-Status' => $code}),
            $code, $text, "$code of a page, for a client that wants JSON");
        my $page = $t->api(GET => '/page/session/x', headers => {'X-Status' => $code, Accept => 'text/html'});
        unlike($page->body, qr/_meta/, "a browser gets no envelope for $code");
        is($page->header('Cache-Control'), 'no-store', "a page for $code is not stored");

        for my $path (qw(/plain/x /guarded/x)) {
            my $other = $t->api(GET => $path, headers => {'X-Status' => $code});
            unlike($other->body, qr/_meta/, "$code elsewhere is nginx's: $path");
            is($other->header('Cache-Control'), undef, "$code elsewhere keeps its Cache-Control: $path");
        }
    }
    is_deeply([$t->api(GET => '/codes/session/x', headers => {'X-Status' => 405})->header_all('Allow')],
        ['GET, HEAD, DELETE'], '405 has Allow, whoever found it');
    is_envelope($t->api(POST => '/limited/session/x', token => $good), 403, 'Forbidden', 'limit_except');
    is_envelope(
        $t->api(GET => '/limited/session/x', token => $good),
        404,
        'Session not found',
        'limit_except lets GET through'
    );
    is_envelope($t->api(GET => '/closed/session/x', token => $good), 403, 'Forbidden', 'deny');
    is_envelope($t->api(GET => '/secret/session/x', token => $good), 404, 'Not found', 'internal');
    is_envelope(
        $t->api(POST => '/small/session/x', token => $good, body => 'x' x 11),
        413,
        'Request body too large',
        'a body over client_max_body_size'
    );
    is_envelope($t->api(GET => '/busy/session/x', token => $good), 404, 'Session not found', 'limit_req lets one pass');
    is_envelope(
        $t->api(GET => '/busy/session/x', token => $good),
        503,
        'Service unavailable, please try again',
        'limit_req answers 503 to the second request'
    );

    is($t->api(GET => '/own-page/session/x', token => $good)->body, "sorry\n", 'error_page replaces the envelope');
    my $kept = $t->api(GET => '/kept/session/x', token => $good);
    is_envelope($kept, 404, 'Session not found', 'an error page may be of the API itself');
    my $kept401 = $t->api(GET => '/kept/session/x');
    is_envelope($kept401, 401, 'Token required', 'a 401 is not taken over by error_page 404');

    my $zipped = $t->api(GET => '/gzip/session/x', token => $good, headers => {'Accept-Encoding' => 'gzip'});
    is(join('|', $zipped->status, $zipped->header('Content-Encoding')), '404|gzip', 'an envelope may be compressed');
};

sub answer_of ($bytes) {
    my $buffer = $t->raw($bytes);
    return Social::Test::Response->take(\$buffer, eof => 1);
}

subtest 'errors of nginx before the location is known' => sub {
    my %early = (
        'a target that is no URI' => ["GET /api/session/\x01 HTTP/1.1\r\nHost: x\r\n\r\n",         400, 'Bad request'],
        'a bad escape'            => ["GET /api/session/%zz HTTP/1.1\r\nHost: x\r\n\r\n",          400, 'Bad request'],
        'dots above the root'     => ["GET /api/session/../../../x HTTP/1.1\r\nHost: x\r\n\r\n",   400, 'Bad request'],
        'no Host'                 => ["GET /api/facebook/session/x HTTP/1.1\r\n\r\n",              400, 'Bad request'],
        'two Hosts'               => ["GET /api/session/x HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, 'Bad request'],
        'a Host that is none'     => ["GET /api/session/x HTTP/1.1\r\nHost: a/b\r\n\r\n",          400, 'Bad request'],
        'a header that is none'   =>
            ["GET /api/session/x HTTP/1.1\r\nHost: x\r\nNo\x00ne: x\r\n\r\n", 400, 'Bad request'],
        'a length that is none' =>
            ["GET /api/session/x HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n", 400, 'Bad request'],
        'an absolute target' => ["GET http://x/api/session/%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400, 'Bad request'],
        'two Authorizations' => [
            "GET /api/session/x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
            400, 'Bad request'
        ],
        'a long target' =>
            ['GET /api/session/' . 'x' x 20_000 . " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 'Request URI too long'],
        'a long query' =>
            ['GET /api/session/x?' . 'x' x 20_000 . " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 'Request URI too long'],
        'a long header' => [
            "GET /api/session/x HTTP/1.1\r\nHost: x\r\nX-Long: " . 'x' x 20_000 . "\r\n\r\n",
            400, 'Request header too large'
        ],
        'many headers' => [
            "GET /api/session/x HTTP/1.1\r\nHost: x\r\n" . ('X-Many: ' . 'x' x 3000 . "\r\n") x 10 . "\r\n",
            400, 'Request header too large'
        ],
        'another version' => ["GET /api/session/x HTTP/9.9\r\nHost: x\r\n\r\n", 505, 'HTTP version not supported'],
        'an unknown transfer coding' =>
            ["POST /api/session/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: zip\r\n\r\n", 501, 'Not implemented'],
        'TRACE' => ["TRACE /api/session/x HTTP/1.1\r\nHost: x\r\n\r\n", 405, 'Method not allowed'],
        'a location of its own that is not found' =>
            ["GET /api/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404, 'Not found'],
    );
    for my $what (sort keys %early) {
        my ($bytes, $status, $text) = @{$early{$what}};
        my $answer = answer_of($bytes);
        is_envelope($answer, $status, $text, "before the location is known: $what");
        is($answer->header('Content-Length'), length $answer->body, "$what: Content-Length is that of the envelope");
        my $elsewhere = answer_of($bytes =~ s{/api/}{/elsewhere/}r);
        is($elsewhere->status, $status, "$what elsewhere");
        unlike($elsewhere->body, qr/_meta/, "$what elsewhere has no envelope");
    }
    is(answer_of($early{TRACE}[0])->header('Allow'), 'GET, HEAD, DELETE', 'TRACE gets the methods in Allow');
    is(answer_of("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n")->header('Content-Type'),
        'text/html', 'a target that says nothing of the API is not taken for one');
    unlike($t->api(GET => '/api/other')->body, qr/_meta/, 'a location of the operator below /api/ is its own');
};

subtest 'errors over HTTP/2' => sub {

    # The same over HTTP/2, whose requests have no line.
SKIP: {
        skip 'curl knows no HTTP/2', 5 if `curl --version` !~ /HTTP2/;
        my $two = Social::Test->new(sandbox => 0);
        $two->gateway(providers => [], listen => ' http2')->start;
        for my $case (
            ['--path-as-is ' . $two->url('/api/session/%zz'), 400, 'Bad request'],
            ['-X TRACE ' . $two->url('/api/session/x'),       405, 'Method not allowed'],
            [$two->url('/api/nothing'),                       404, 'Not found'],
            [$two->url('/api/session/x'),                     401, 'Token required'],
            )
        {
            my ($request, $status, $text) = @$case;
            my $answer = qx(curl -s -i --http2-prior-knowledge $request) =~ s{^HTTP/2 }{HTTP/1.1 }r;
            is_envelope(Social::Test::Response->take(\$answer, eof => 1), $status, $text, "HTTP/2: $status $text");
        }
        unlike(qx(curl -s --http2-prior-knowledge --path-as-is @{[$two->url('/x/%zz')]}),
            qr/_meta/, 'HTTP/2: elsewhere');
    }
};

subtest 'methods that pages refuse' => sub {
    for my $case (['/facebook/auth', 'GET'], ['/facebook/callback', 'GET'], ['/facebook/session', 'GET, HEAD']) {
        my ($path, $allow) = @$case;
        for my $method (qw(POST PUT DELETE OPTIONS)) {
            my $answer = $t->api($method => $path, headers => {Accept => 'text/html'});
            is(join('|', $answer->status, $answer->header('Content-Type'), $answer->header_all('Allow')),
                "405|text/html|$allow", "$method $path is not allowed");
            is_envelope(
                $t->api($method => $path),
                405,
                'Method not allowed',
                "$method $path: a program gets the envelope of 405"
            );
        }
    }
};

subtest 'connections after an error' => sub {
    my $wire = $t->wire;
    for my $case ([404, '/codes/session/x', 'keep-alive'], [403, '/closed/session/x', 'keep-alive']) {
        my ($status, $path, $connection) = @$case;
        $wire->put("GET $path HTTP/1.1\r\nHost: x\r\nX-Status: $status\r\nAuthorization: Bearer $good\r\n\r\n");
        my $answer = $wire->read_response;
        is($answer->status . $answer->header('Connection'), "$status$connection", "a $status keeps the connection");
    }
    $wire->put("GET /codes/session/x HTTP/1.1\r\nHost: x\r\nX-Status: 400\r\n\r\n");
    is($wire->read_response->header('Connection'), 'close', 'a bad request closes the connection');
    is($wire->read_all,                            '',      'nothing follows the envelope of a bad request');

    my $body = $t->wire;
    $body->put("POST /api/session/x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
            . "GET /api/session/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    is_envelope($body->read_response, 405, 'Method not allowed', 'the body of a refused request is read');
    is_envelope($body->read_response, 401, 'Token required', 'a request behind a refused body is answered by itself');

    like($t->raw("GET /api/session/x\r\n"), qr/^\{"_meta"/, 'HTTP/0.9 gets the envelope without headers');
};

done_testing;
