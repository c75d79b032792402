# The body of a request never becomes the next request of its connection, whatever the
# endpoint, and answers on one connection keep their order.
use lib 't/lib';
use Social::Test;

use Time::HiRes ();

my $t = Social::Test->new->gateway(
    providers => ['facebook', 'twitter'],
    server    => <<~'CONF',
        location /app/    { social_bearer on; empty_gif; }
        location /public/ { empty_gif; }
        CONF
)->start;

my $path  = '/api/facebook/session/' . $t->login('facebook');
my $token = $t->bearer;
my $login = '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F';

my $inner   = "GET /smuggled HTTP/1.1\r\nHost: gateway\r\n\r\n";
my @targets = (
    $path,                                                       '/api/session/x',
    '/api/authenticate',                                         '/api/nobody/session/x',
    $login,                                                      '/facebook/auth',
    '/facebook/callback',                                        '/facebook/callback?code=x&state=y',
    '/facebook/session?sessionId=x',                             '/nobody/auth',
    '/twitter/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F', '/twitter/callback?denied=x',
    '/app/x',
);
my %framing = (
    'a body of known length' => sub ($body) { ('Content-Length: ' . length $body, $body) },
    'one chunk' => sub ($body) { ('Transfer-Encoding: chunked', sprintf "%x\r\n%s\r\n0\r\n\r\n", length $body, $body) },
    'chunks of a byte' => sub ($body) {
        ('Transfer-Encoding: chunked', join('', map {"1\r\n$_\r\n"} split //, $body) . "0\r\n\r\n")
    },
    'a chunk with a trailer' => sub ($body) {
        ('Transfer-Encoding: chunked', sprintf "%x;a=b\r\n%s\r\n0\r\nX-Trailer: x\r\n\r\n", length $body, $body)
    },
);

# The responses on one connection for a request with a body and an honest one behind it.
sub responses_to ($method, $target, $header, $body, @cuts) {
    my $wire = $t->wire;
    my $bytes
        = "$method $target HTTP/1.1\r\nHost: gateway\r\n$header\r\n"
        . "Content-Type: application/json\r\n\r\n$body"
        . "GET /public/last HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n";
    my $at = 0;
    for my $cut (@cuts) {
        $wire->put(substr $bytes, $at, $cut - $at);
        Time::HiRes::sleep(0.02);
        $at = $cut;
    }
    $wire->put(substr $bytes, $at);
    my @responses;
    while (my $response = $wire->read_response(timeout => 5)) { push @responses, $response }
    return @responses;
}

for my $how (sort keys %framing) {
    my ($header, $body) = $framing{$how}->($inner);
    my @wrong;
    for my $target (@targets) {
        for my $method (qw(POST GET DELETE PUT)) {
            next if $method eq 'DELETE' && $target eq $path;
            my $head_length = length(
                "$method $target HTTP/1.1\r\nHost: gateway\r\n$header\r\nContent-Type: application/json\r\n\r\n");
            for my $cuts ([], [$head_length], [$head_length + 7]) {
                my @responses = responses_to($method, $target, $header, $body, @$cuts);
                my $last      = $responses[-1];
                push @wrong, "$method $target @$cuts: " . join ' ', map { $_->status } @responses
                    if @responses != 2 || $last->body !~ /^GIF/;
            }
        }
    }
    is_deeply(\@wrong, [], "a body never becomes a request: $how");
}

for my $case (
    ['two lengths'           => "Content-Length: 0\r\nContent-Length: " . length $inner],
    ['length and chunks'     => 'Content-Length: ' . length($inner) . "\r\nTransfer-Encoding: chunked"],
    ['a length that is none' => 'Content-Length: 0x10'],
    ['a negative length'     => 'Content-Length: -1'],
    ['an unknown coding'     => 'Transfer-Encoding: xchunked'],
    ['two codings'           => 'Transfer-Encoding: chunked, identity'],
    )
{
    my ($what, $header) = @$case;
    for my $target ($path, '/api/authenticate', '/facebook/callback') {
        my @responses = responses_to('POST', $target, $header, $inner);
        like($responses[0]->status, qr/^(?:400|501)$/, "refused: $what");
        is(scalar @responses, 1, "nothing behind the refused request is read: $what");
    }
}

subtest 'a body that comes while the provider is asked is no request either' => sub {
    $t->sandbox->behave('twitter.request_token', delay => 150);
    for my $how (sort keys %framing) {
        my ($header, $body) = $framing{$how}->($inner);
        my $target = '/twitter/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F';
        my $head = length("GET $target HTTP/1.1\r\nHost: gateway\r\n$header\r\nContent-Type: application/json\r\n\r\n");
        my @responses = responses_to('GET', $target, $header, $body, $head, $head + 5, $head + length $body);
        is_deeply([map { $_->status } @responses], [302, 200], $how);
    }
    $t->sandbox->forgive;
};
unlike($t->log->text('access.log'), qr/smuggled/, 'no smuggled request is logged');

# ---- Keep-alive ----

subtest 'answers on one connection keep the order of the requests' => sub {
    $t->sandbox->behave('twitter.request_token', delay => 30);
    my @order = (
        [$path                                                       => 200, 1],
        [$path                                                       => 401],
        ["$path.x"                                                   => 404, 1],
        ['/twitter/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F' => 302],
        [$login                                                      => 302],
        ['/facebook/callback?code=x&state=y'                         => 400],
        ['/facebook/session?sessionId=x'                             => 400],
        ['/public/x'                                                 => 200],
        ['/nobody/auth'                                              => 404],
    );
    my @all  = (@order) x 6;
    my $wire = $t->wire;
    $wire->put(
        join '',
        map {
            "GET $_->[0] HTTP/1.1\r\nHost: gateway\r\n" . ($_->[2] ? "Authorization: Bearer $token\r\n" : '') . "\r\n"
        } @all
    );
    is_deeply(
        [map { my $response = $wire->read_response; $response && $response->status } @all],
        [map { $_->[1] } @all],
        'all in one write'
    );
    ok($wire->silent(0.1), 'pipelined requests leave the connection open');
    $t->sandbox->forgive;
};

# What nginx itself says of what it refuses.
$t->tolerate(qr/ client sent /);
done_testing;
