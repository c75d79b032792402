# What browsers know the gateway by comes from the configuration. Without social_public_url it is the
# Host header, if that is a host and port; no header that a client or a proxy may add ever changes it.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new(public => 'https://gateway.example')->gateway->start;

my $CALLBACK = 'https://gateway.example/facebook/callback';
my $START    = '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F';

sub callback_in ($response) {
    my ($uri) = ($response->location // '') =~ /[?&]redirect_uri=([^&]*)/;
    return ($uri // '') =~ s/%([0-9A-Fa-f]{2})/chr hex $1/ger;
}

# A request whose bytes are all the test's own.
sub send_lines (@lines) {
    my $bytes = join("\r\n", @lines, 'Connection: close', '', '');
    return Social::Test::Response->take(\$t->raw($bytes), eof => 1);
}

is(callback_in($t->get($START)), $CALLBACK, 'the callback URL is that of social_public_url');

my @forwarded = (
    ['X-Forwarded-Host'   => 'evil.com'],
    ['Forwarded'          => 'host=evil.com;proto=http'],
    ['X-Original-URL'     => '/evil'],
    ['X-Rewrite-URL'      => 'https://evil.com/'],
    ['X-Forwarded-Uri'    => '/evil'],
    ['X-Forwarded-Prefix' => '/evil'],
    ['X-Forwarded-Port'   => '8443'],
    ['X-Forwarded-Proto'  => 'http'],
    ['X-Forwarded-Server' => 'evil.com'],
    ['X-Host'             => 'evil.com'],
    ['Host'               => 'evil.com'],
    ['Host'               => 'gateway.example:99999'],
);
for my $header (@forwarded) {
    my $response = $t->get($START, headers => {@$header});

    # nginx 1.31 refuses a port above 65535 itself.
    my $refused = $header->[1] =~ /:99999$/ && $response->status == 400;
    is(callback_in($response), $refused ? '' : $CALLBACK, "$header->[0]: $header->[1] does not change it");
    unlike($response->head, qr/evil/, "$header->[0]: $header->[1] appears in no header of the answer");
}

subtest 'strange requests do not change the public URL' => sub {
    is(callback_in(send_lines("GET $START HTTP/1.0")), $CALLBACK, 'HTTP/1.0 without Host');
    is(callback_in(send_lines("GET http://evil.com$START HTTP/1.1", 'Host: gateway.example')),
        $CALLBACK, 'a target with another authority');
    for my $host ('good.com@evil.com', 'evil.com/', 'evil.com#', "evil.com\tx", 'a b', '') {
        my $response = send_lines("GET $START HTTP/1.1", "Host: $host");
        ok($response->status == 400 || callback_in($response) eq $CALLBACK, "Host: $host");
    }
    is(send_lines("GET $START HTTP/1.1", 'Host: gateway.example', 'Host: evil.com')->status, 400, 'two Host headers');
};

subtest 'the link to try again is as firm' => sub {
    my $browser = $t->browser;
    $t->sandbox->consent('deny');
    my $page = $browser->get($browser->callback_of('facebook'), headers => {'X-Forwarded-Host' => 'evil.com'});
    like(
        $page->body,
        qr{href="\Qhttps://gateway.example/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F\E"},
        'the link of the page leads to the gateway'
    );
    $t->sandbox->consent('auto');
};

subtest 'without social_public_url it is the Host header' => sub {
    my $u = Social::Test->new;
    $u->gateway(social => {social_public_url => undef})->start;
    my $authority = '127.0.0.1:' . $u->port;
    is( callback_in($u->get($START)),
        "http://$authority/facebook/callback",
        'the callback has the scheme of the connection'
    );
    like($u->login('facebook'), qr/^\w{92}$/, 'logins work with the public URL of the connection');
    for my $header (['X-Forwarded-Host' => 'evil.com'], ['X-Forwarded-Proto' => 'https'],
        ['Forwarded' => 'host=evil.com'])
    {
        is( callback_in($u->get($START, headers => {@$header})),
            "http://$authority/facebook/callback",
            "$header->[0] does not change it"
        );
    }
    is(callback_in($u->get($START, headers => {Host => '[::1]:8080'})), 'http://[::1]:8080/facebook/callback', 'IPv6');

    for my $host (
        'good.com@evil.com', 'evil.com/x',   'evil.com?x',     'evil.com#',
        'evil.com"',         "evil.com\xff", 'a,b',            '%41',
        "evil.com\tx",       'a b',          '',               'good.com:',
        'good.com:1:2',      ':80',          'good.com:99999', 'good.com:http',
        '.',                 '[::1',         'a]b'
        )
    {
        my $response = $u->get($START, headers => {Host => $host});
        is($response->status, 400, 'no login with Host: ' . ($host =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger));
        ok(!defined $response->location && !$response->header_all('Set-Cookie'),
            'a refused Host gets no redirect and no cookie');
    }
    my $wire = $u->wire;
    $wire->put("GET $START HTTP/1.0\r\n\r\n");
    is_page($wire->read_response, 400, qr/<h1>/, 'a request without Host begins no login');
};

subtest 'a server has its own, which may hold variables' => sub {
    my $u = Social::Test->new;
    $u->gateway(server => 'social_public_url $scheme://$server_name:%%PORT%%/;')->start;
    is( callback_in($u->get($START)),
        'http://gateway:' . $u->port . '/facebook/callback',
        'the callback loses the slash at the end of the URL'
    );
};

done_testing;
