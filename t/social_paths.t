# Other spellings of a path, other hosts and other protocols: whatever nginx makes of them, the
# guard is the one of the clean path.
use lib 't/lib';
use Social::Test;

my $t      = Social::Test->new;
my $server = <<~'CONF';
    location /app/    { social_bearer on; empty_gif; }
    location /public/ { empty_gif; }
    CONF
$t->gateway(
    providers => ['facebook', 'twitter'],
    server    => $server,
    http      => <<~"CONF",
        server {
            listen 127.0.0.1:%%PORT:unmerged%%;
            merge_slashes off;
            include %%ROOT%%/conf-examples/endpoints.conf;
            $server
        }
        server {
            listen 127.0.0.1:%%PORT:guarded%%;
            social_bearer on;
            include %%ROOT%%/conf-examples/endpoints.conf;
            location / { empty_gif; }
        }
        server {
            listen 127.0.0.1:%%PORT:h2%% http2;
            include %%ROOT%%/conf-examples/endpoints.conf;
            $server
        }
        CONF
)->start;

my $id    = $t->login('facebook');
my $path  = "/api/facebook/session/$id";
my $token = $t->bearer;
my $clean = $t->api(GET => $path, token => $token)->body;

# One request, target as given: the response.
sub send_target ($target, %arg) {
    my $wire    = $t->wire(port => $t->port($arg{port} // 'gateway'));
    my $version = $arg{version} // '1.1';
    my @lines   = (
        ($arg{method} // 'GET') . " $target HTTP/$version",
        @{$arg{host}  // ['Host: gateway']},
        ($arg{token} ? "Authorization: Bearer $token" : ()),
        @{$arg{headers} // []},
        'Connection: close',
    );
    $wire->put(join("\r\n", @lines, '', '') . ($arg{body} // ''));
    return $wire->read_response(method => $arg{method});
}

subtest 'spellings of the path of a session' => sub {
    my @spellings = (
        ["//api/facebook/session/$id",                  'a slash more in front'],
        ["/api//facebook/session/$id",                  'a slash more'],
        ["/api/facebook//session//$id",                 'more of them'],
        ["/api/./facebook/session/$id",                 'a dot'],
        ["/public/../api/facebook/session/$id",         'a way around through a public place'],
        ["/public/%2e%2e/api/facebook/session/$id",     'the same, escaped'],
        ["/public/..%2fapi/facebook/session/$id",       'the same with an escaped slash'],
        ["/public/..;/api/facebook/session/$id",        'a path parameter on the dots', 'public'],
        ["/public/..%5capi%5cfacebook%5csession%5c$id", 'backslashes',                  'public'],
        ["/api/%2e%2e/api/facebook/session/$id",        'there and back'],
        ["/api/facebook%2fsession%2f$id",               'escaped slashes'],
        ["/%61pi/%66acebook/session/$id",               'escaped letters'],
        ["/api/facebook/session/$id%23y",               'an escaped fragment'],
        ["/api/facebook/session/$id%3fy",               'an escaped query'],
        ["/api/facebook/session/$id#y",                 'a fragment'],
        ["/api/facebook/session;x=1/$id",               'a path parameter'],
        ["/api;x/facebook/session/$id",                 'a path parameter in front'],
        ["/API/facebook/session/$id",                   'capitals'],
        ["/api/facebook/Session/$id",                   'a capital'],
        ["/api/facebook/session/../session/$id",        'a detour'],
        ["/api/session/../facebook/session/$id",        'another'],
        ["/facebook/session/../../api/session/$id",     'from the landing page'],
        ["/api/authenticate/../facebook/session/$id",   'from the token API'],
        ["/facebook/auth/../../api/session/$id",        'from the login'],
        ["/x/api/facebook/session/$id",                 'a segment in front'],
        ["/api/facebook/session/$id/../$id",            'around the id'],
    );
    for my $port (qw(gateway unmerged guarded)) {
        for my $case (@spellings) {
            my ($target, $what, $public) = @$case;
            my $stranger = send_target($target, port => $port);
            unlike($stranger->body, qr/508654789659284/, "no token, no session, $port: $what");
            isnt($stranger->status, 200, "no token, no content, $port: $what") if !$public || $port eq 'guarded';
            my $caller = send_target($target, port => $port, token => 1);
            ok( $caller->status =~ /^40[04]$/
                    || $caller->body eq $clean
                    || $caller->body =~ /^GIF/ && ($public || $port eq 'guarded'),
                "with one it is the clean path or none, $port: $what"
            );
        }
    }
};

subtest 'spellings of a guarded path' => sub {
    my @guarded = (
        '/app/x',                 '//app/x',
        '/public/../app/x',       '/public/%2e%2e/app/x',
        '/public/..%2fapp/x',     '/%61pp/x',
        '/app%2fx',               '/./app/x',
        '/app/./x',               '/app//x',
        '/app/../app/x',          '/app/',
        '/app/x;y',               '/app/;/../x',
        '/public/..//app/x',      '/app/x?/public/',
        '/app/x?path=/public/x',  '/app/x#/public/',
        '/app/x?/../../public/x', '/app/%2e%2e/app/x',
        'http://gateway/app/x',   'http://gateway//app/x',
        'http://public/app/x?http://gateway/public/',
    );
    is_envelope(send_target($_), 401, 'Token required', "guarded: $_") for @guarded;
    like(send_target($_, token => 1)->body, qr/^GIF/, "a token opens $_") for @guarded;
    isnt(send_target($_, port => 'unmerged')->status, 200, "guarded or nowhere where slashes are not merged: $_")
        for @guarded;
    is_envelope(send_target($_, port => 'guarded'), 401, 'Token required', "guarded as a whole: $_")
        for @guarded, '/', '/x', '/public/x';

    # The endpoints have guards of their own in a server that asks everybody for a token.
    is(send_target('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F', port => 'guarded')->status,
        302, 'a login needs no token in a guarded server');
    is(send_target('/facebook/callback', port => 'guarded')->status,
        400, 'a callback needs no token in a guarded server');
    is(send_target("/facebook/session?sessionId=$id", port => 'guarded')->status,
        200, 'the landing page needs no token in a guarded server');
};

sub is_refused_host ($response, $what) {
    return $response->status == 400 && is($response->location, undef, "nginx refuses $what");
}

my $login = '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F';

subtest 'targets and hosts' => sub {
    is(send_target("http://gateway$path", token => 1)->body, $clean, 'a target in absolute form is the same resource');
    is(send_target("http://evil.example$path", token => 1)->body,
        $clean, 'a target of another host is the same resource');
    is(send_target("HTTP://GATEWAY$path", token => 1)->body, $clean, 'a target in capitals is the same resource');
    is(send_target("http://gateway$path")->status,           401,    'a target in absolute form has the same guard');
    is(send_target($path, token => 1, version => '1.0', host => [])->body, $clean, 'HTTP/1.0 needs no Host');
    is(send_target($path, token => 1, host => [])->status, 400, 'HTTP/1.1 without a Host is a bad request');
    is(send_target($path, token => 1, host => ['Host: gateway', 'Host: evil.example'])->status,
        400, 'HTTP/1.1 with two Host headers is a bad request');
    is(send_target($path, token => 1, host => ["Host: $_"])->status, 400, "no host: $_") for 'a b', "a\0b", '..', 'a/b';
    isnt(send_target($_, method => 'OPTIONS')->status, 200, "OPTIONS $_") for '*', $path;
    isnt(send_target('gateway:80', method => 'CONNECT')->status, 200, 'CONNECT');

    my ($callback) = send_target($login)->location =~ /redirect_uri=([^&]+)/;
    for my $case (
        ['an absolute target of another host' => "http://evil.example$login"],
        ['a Host of another'                  => $login, host    => ['Host: evil.example']],
        ['a Host with a user part'            => $login, host    => ['Host: gateway@evil.example']],
        ['a Host with a strange port'         => $login, host    => ['Host: gateway:99999']],
        ['no Host'                            => $login, version => '1.0', host => []],
        [   'headers of proxies' => $login,
            headers              => [map {"$_: evil.example"} qw(X-Forwarded-Host X-Host X-Forwarded-Server)]
        ],
        ['Forwarded'      => $login, headers => ['Forwarded: host=evil.example;proto=http']],
        ['X-Original-URL' => $login, headers => ['X-Original-URL: /x', 'X-Rewrite-URL: /x', 'X-Forwarded-Prefix: /x']],
        )
    {
        my ($what, $target, %arg) = @$case;
        my $response = send_target($target, %arg);

        # nginx 1.31 refuses a malformed Host itself.
        next if $what =~ /user part|strange port/ && is_refused_host($response, $what);
        my ($uri) = ($response->location // '') =~ /redirect_uri=([^&]+)/;
        is($uri, $callback, "the callback is the configured one whatever the request has: $what");
    }
};

sub h2 (@args) {
    my $url = 'http://127.0.0.1:' . $t->port('h2');
    my ($target, @more) = @args;
    open my $curl, '-|', 'curl', '-s', '-i', '--http2-prior-knowledge', '--path-as-is', '--max-time', 10, @more,
        "$url$target"
        or die "curl: $!";
    local $/;
    my $text = readline $curl;
    my ($status, $body) = $text =~ m{^HTTP/2 (\d+) .*?\r\n\r\n(.*)}s or return {status => 0, body => '', head => ''};
    return {status => $status, body => $body, head => $text};
}

subtest 'HTTP/2' => sub {
    my @with = ('-H', "Authorization: Bearer $token");
    is(h2($path, @with)->{body},                $clean, 'HTTP/2: the same session');
    is(h2($path)->{status},                     401,    'HTTP/2: not without a token');
    is(h2('/app/x')->{status},                  401,    'HTTP/2: guarded');
    is(h2("/public/../app/x")->{status},        401,    'HTTP/2: guarded in another spelling');
    is(h2($path, @with, '-I')->{body},          '',     'HTTP/2: HEAD has no body');
    is(h2("$path.x", @with)->{status},          404,    'HTTP/2: no such session');
    is(h2($path, @with, '-X', 'PUT')->{status}, 405,    'HTTP/2: no such method');
    is(h2($login)->{status},                    302,    'HTTP/2: a login begins');
    like(
        h2('/twitter/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->{head},
        qr/^location: http/m,
        'HTTP/2: a login of OAuth 1.0a begins'
    );
    my $doomed = $t->login('facebook');
    is(h2("/api/session/$doomed", @with, '-X', 'DELETE')->{status}, 204,    'HTTP/2: a session is deleted');
    is(h2("/api/session/$doomed", @with)->{status},                 404,    'HTTP/2: a deleted session is gone');
    is($t->api(GET => $path, token => $token)->body,                $clean, 'the session survives all spellings');
};

# What nginx itself says of requests that never get to a location of ours.
$t->tolerate(qr/ open\(\) "| client sent /);
done_testing;
