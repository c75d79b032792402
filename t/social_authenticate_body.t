# The body of a login at the token API: how it may arrive, and what is said of one that is none.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(json_of post_login);
use Time::HiRes            qw(sleep);

my @JSON = ('Content-Type', 'application/json');

my $t = Social::Test->new(sandbox => 0);
$t->secret($Social::Test::Gateway::PASSWORD);
$t->gateway(providers => [])->start;

my %good = (email => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => '169');

subtest 'a body that arrives byte by byte' => sub {
    my $wire = $t->wire;
    my $body = json_of(%good);
    $wire->put("POST /api/authenticate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
            . length($body)
            . "\r\n\r\n");
    for (split //, $body) { $wire->put($_); sleep 0.002 }
    my $answer = $wire->read_response;
    is($answer->status, 200, 'a body sent in pieces logs in');
    $t->secret($answer->json->{token});
    $wire->put("GET /api/authenticate HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    is($wire->read_response->status, 405, 'the connection serves the next request');
};

subtest 'a body that is not one' => sub {
    my $three = 'email, password and siteId are required';
    is_envelope(post_login($t, '', @JSON), 400, 'The request body is empty');
    is_envelope(
        $t->api(POST => '/api/authenticate', headers => {@JSON}),
        400,
        'The request body is empty',
        'no body at all'
    );
    is_envelope(post_login($t, $_, @JSON), 400, 'The request body is not a JSON object', "JSON that is $_")
        for '[]', '[{"email":1}]';
    is_envelope(
        post_login($t, $_, @JSON),
        400,
        'The request body is not valid JSON',
        "JSON that is " . substr $_,
        0, 20
        )
        for '{', 'null', '"text"', '{"email":"a","email":"b"}', '{"email":"a\u0000"}', "{\"email\":\"\xff\"}", '{} x',
        '{"a":' x 100 . '1' . '}' x 100, '[' x 4000;
    is_envelope(post_login($t, $_, @JSON), 400, $three, $_)
        for '{}', '{"email":"a"}', '{"email":"a","password":"b"}', '{"email":"","password":"b","siteId":"1"}',
        '{"email":"a","password":"","siteId":"1"}', '{"email":"a","password":"b","siteId":""}',
        '{"Email":"a","Password":"b","SiteId":"1"}';
    is_envelope(post_login($t, $_, @JSON), 400, 'email and password must be strings', $_)
        for '{"email":1,"password":"b","siteId":1}', '{"email":"a","password":["b"],"siteId":1}',
        '{"email":"a","password":null,"siteId":1}';
    is_envelope(
        post_login($t, qq({"email":"a","password":"b","siteId":$_}), @JSON),
        400, 'siteId must be a string or a whole number',
        "siteId $_"
    ) for '1.5', '1e3', 'true', 'null', '[1]', '{"a":1}';
    my @form = ('Content-Type', 'application/x-www-form-urlencoded');
    is_envelope(post_login($t, $_, @form), 400, 'The request body is not a valid form', $_)
        for 'email=%', 'email=a&password=%zz&siteId=1', 'email=a%00&password=b&siteId=1';
    is_envelope(post_login($t, $_, @form), 400, $three, $_) for 'email=a', 'email=&password=b&siteId=1', json_of(%good);
    is_envelope(post_login($t, $_, @form), 400, 'email, password and siteId must be given once', $_)
        for 'email=a&email=b&password=c&siteId=1', 'email=a&password=b&siteId=169&siteId=170';
};

subtest 'a body of another kind or size' => sub {
    my $type = 'The request body must be application/json or application/x-www-form-urlencoded';
    is_envelope(post_login($t, json_of(%good), 'Content-Type' => $_), 415, $type, "the type $_")
        for 'text/plain', 'application/jsonx', 'multipart/form-data; boundary=x', 'application/json, text/plain';
    is_envelope(post_login($t, json_of(%good)),                                      415, $type, 'no type');
    is_envelope(post_login($t, json_of(%good), @JSON, 'Content-Encoding' => 'gzip'), 415, $type, 'a compressed body');
    is_envelope(post_login($t, json_of(%good), 'Content-Type' => $_),                415, $type, "two types: @$_")
        for ['application/json', 'application/json'], ['application/json', 'text/plain'],
        ['text/plain', 'application/json'], ['application/json', 'application/x-www-form-urlencoded'];
    is_envelope(post_login($t, json_of(%good), @JSON, 'Content-Encoding' => $_), 415, $type, "codings: @$_")
        for ['gzip'], ['identity', 'gzip'], ['gzip', 'identity'], ['identity, gzip'], ['identity', 'identity'];
    is(post_login($t, json_of(%good), @JSON, 'Content-Encoding' => 'Identity')->status, 200, 'the coding that is none');
    my $large  = 'The request body is larger than 8 KiB';
    my %padded = (%good, pad => '');
    my $fits   = json_of(%padded, pad => 'x' x (8192 - length json_of(%padded)));
    is(length $fits,                         8192, 'a body of 8 KiB');
    is(post_login($t, $fits, @JSON)->status, 200,  'a body of 8 KiB logs in');
    is_envelope(post_login($t, "$fits ", @JSON), 413, $large, 'a body above 8 KiB is refused');
    is_envelope(
        post_login($t, Social::Test::RawConnection::chunked("$fits ", 1000), @JSON, 'Transfer-Encoding' => 'chunked'),
        413, $large, 'a chunked body above 8 KiB is refused');
    is( post_login($t, Social::Test::RawConnection::chunked($fits, 1000), @JSON, 'Transfer-Encoding' => 'chunked')
            ->status,
        200,
        'a chunked body of 8 KiB logs in'
    );
    is_envelope(post_login($t, 'x' x 3_000_000, @JSON), 413, $large, 'megabytes');
    my $announced = $t->wire;
    $announced->put("POST /api/authenticate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            . "Content-Length: 104857600\r\nExpect: 100-continue\r\n\r\n");
    is_envelope($announced->read_response, 413, $large, 'a hundred megabytes are not even asked for');
    my $endless = $t->wire;
    $endless->put("POST /api/authenticate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            . "Transfer-Encoding: chunked\r\n\r\n"
            . ("1000\r\n" . 'x' x 4096 . "\r\n") x 3);
    is_envelope($endless->read_response, 413, $large, 'a body without an end is answered before its end');
    opendir my $temp, $t->dir . '/temp/client_body';
    is_deeply([grep { -f $t->dir . "/temp/client_body/$_" } readdir $temp], [], 'no body has been written to a file');
    my $expect = $t->wire;
    my $body   = json_of(%good);
    $expect->put("POST /api/authenticate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
            . 'Content-Length: '
            . length($body)
            . "\r\nExpect: 100-continue\r\n\r\n");
    is($expect->read_response->status, 100, 'a client that waits for it is told to go on');
    $expect->put($body);
    is($expect->read_response->status, 200, 'a client that sent Expect logs in');
};

subtest 'a body that another directive has read before' => sub {
    my $backend = Social::Test::Backend->new(sub ($request) { [204, {}, ''] });
    $t->gateway(
        providers => [],
        server    => 'mirror /copy; location = /copy { internal; proxy_pass ' . $backend->url . '; }'
    );
    ok($t->reload, 'a mirror in front');
    is(post_login($t, json_of(%good), @JSON)->status, 200, 'a mirrored body logs in');
    ok($t->wait_for(sub { ($backend->requests)[0] }), 'the mirror gets its copy');
    is(($backend->requests)[0]{body}, json_of(%good), 'the mirror gets the whole body');
    is_envelope(post_login($t, 'x' x 9000, @JSON), 413, 'The request body is larger than 8 KiB', 'the limit holds');
};

subtest 'client_body_in_file_only' => sub {
    plan skip_all => 'curl knows no HTTP/2' if `curl --version` !~ /HTTP2/;
    for my $case (['on', ''], ['clean', ''], ['on', ' http2'], ['clean', ' http2']) {
        my ($value, $protocol) = @$case;
        $t->gateway(
            providers => [],
            listen    => $protocol,
            http      => "client_body_in_file_only $value; client_body_buffer_size 1k;"
                . 'limit_req_zone $server_port zone=pace:1m rate=150r/m;',
            server => 'limit_req zone=pace burst=10;'
        );
        ok($t->reload(drained => 1), "the directive says $value$protocol");
        is_slow_login($protocol, 'a login whose body comes slowly');
        is_login($protocol, 'a login that limit_req delays: the body is complete before it is read') for 1 .. 2;
        is(files_of_bodies(), 0, 'no body has been written to a file');
    }
    unlike($t->log->text, qr/buffered to a temporary file/, 'no body is buffered to a file');
};

subtest 'a body over HTTP/2' => sub {
    plan skip_all => 'curl knows no HTTP/2' if `curl --version` !~ /HTTP2/;
    $t->gateway(providers => [], listen => ' http2');
    ok($t->reload(drained => 1), 'HTTP/2 without TLS');
    my $curl = sub ($body, @more) {
        my $file = $t->file('curl.body', $body, 0600);
        open my $out, '-|', qw(curl -s --http2-prior-knowledge -m 10 -w), "\n%{http_code}", '-H',
            'Content-Type: application/json', '--data-binary', "\@$file", @more, $t->url('/api/authenticate')
            or die "curl: $!\n";
        local $/;
        my ($text, $status) = readline($out) =~ /^(.*)\n(\d+)$/s;
        return ($status, $text);
    };
    my ($status, $text) = $curl->(json_of(%good));
    is($status, 200, 'a login');
    $t->secret($text =~ /"token":"([^"]+)/);
    is(($curl->('{}'))[0], 400, 'curl with an empty object is refused');
    ($status, $text) = $curl->(json_of(%good), '-H', 'Content-Length:');
    is($status, 200, 'a body of unknown length logs in');
    $t->secret($text =~ /"token":"([^"]+)/);

    # curl 7.88 gives up when an answer overtakes its body: what was sent stands in the log.
    my $refused = sub () {
        scalar grep {/ 413 /} $t->log->lines('access.log');
    };
    my $before = $refused->();
    $curl->('x' x 9000);
    $curl->('x' x 300_000);
    $curl->('x' x 300_000, '-H', 'Content-Length:');
    ok($t->wait_for(sub { $refused->() == $before + 3 }), 'bodies that are too large');
};

done_testing;

sub files_of_bodies () {
    opendir my $temp, $t->dir . '/temp/client_body' or return 0;
    return scalar grep { -f $t->dir . "/temp/client_body/$_" } readdir $temp;
}

# Logins with curl; the slow one has a body that comes in two parts, behind its header.
sub is_login ($protocol, $name, @pauses) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $body = json_of(%good, pad => 'x' x 4000);
    my $out  = $t->dir . '/logs/curl.out';
    my @how  = $protocol ? '--http2-prior-knowledge' : ('-H', 'Transfer-Encoding: chunked');
    open my $curl, '|-', 'curl', '-s', @how, '-m', 10, '-X', 'POST', '-T', '-', '-o', $out, '-H',
        'Content-Type: application/json', '-H', 'Expect:', $t->url('/api/authenticate')
        or die "curl: $!\n";
    $curl->autoflush;
    for my $pause (@pauses) {
        sleep $pause;
        print {$curl} substr $body, 0, 2000, '';
    }
    print {$curl} $body;
    close $curl;
    open my $in, '<', $out or die "no answer: $!\n";
    my ($token) = join('', readline $in) =~ /"response_code":"200".*"token":"([^"]+)/;
    unlink $out;
    $t->secret($token);
    return ok($token, $name);
}

sub is_slow_login ($protocol, $name) { return is_login($protocol, $name, 0.15, 0.15) }

