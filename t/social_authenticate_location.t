# social_authenticate /uri: another location checks who it is. It gets the same request, and
# its answer decides; nothing else of it reaches the client.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Social::Test::TokenApi qw($REALIP authenticate json_of login_bytes refused);
use Time::HiRes            qw(sleep time);

# Answers as the email asks it to: "200 owner" is a 200 that names owner.
my $backend = Social::Test::Backend->new(
    sub ($request) {
        my ($asked) = map { s/%(..)/chr hex $1/ger =~ tr/+/ /r } $request->{body} =~ /email(?:":"|=)([^"&]*)/;
        my ($status, $subject) = ($asked // '') =~ /^(\d+) ?(.*)$/ or return [500, {}, 'secret of the backend'];
        select undef, undef, undef, 1.5 if $subject eq 'slow';
        return [
            $status,
            {   'Set-Cookie'         => 'backend=secret',
                'X-Backend'          => 'secret',
                'WWW-Authenticate'   => 'Basic realm="backend"',
                'Location'           => 'https://backend.example/',
                'X-Accel-Limit-Rate' => 1,
                $subject eq 'two' ? ('X-Social-Subject' => ['a', 'b'])
                : length $subject ? ('X-Social-Subject' => $subject)
                :                   (),
            },
            $status == 204 ? '' : 'secret of the backend' x 1000,
        ];
    }
);

my $t     = Social::Test->new(sandbox => 0);
my $dead  = $t->port('dead');
my %where = (
    '/check'  => 'internal; proxy_pass ' . $backend->url('/verify') . ';',
    '/page'   => 'internal; error_page 403 = @sorry; return 403;',
    '/dead'   => "proxy_pass http://127.0.0.1:$dead;",
    '/slow'   => 'proxy_read_timeout 300ms; proxy_pass ' . $backend->url . ';',
    '/static' => 'return 200 text;',
    '/none'   => 'return 404;',
    '/keep'   => 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass ' . $backend->url . ';',
);
my $locations = join "\n", (map {"location = $_ { $where{$_} }"} sort keys %where),
    'location @sorry { proxy_pass ' . $backend->url . '; }',
    map {"location = /auth$_ { social_authenticate $_; }"} sort(keys %where), '/check?why=login&x=1', '/loop',
    '/auth/none';
$locations =~ s{/auth/check\?why=login&x=1}{/auth/check/args};
$locations .= "\nlocation = /loop { social_authenticate /loop; }";
$t->gateway(providers => [], http => $REALIP, server => $locations)->start;

my $serial = 0;

subtest 'an answer of 2xx lets the user in' => sub {
    my $answer = authenticate_from_new_address('200 owner');
    is($answer->status, 200, 'a login checked by a location answers 200');
    my ($token) = $answer->body =~ /^\{"response_code":"200","response_status":"Success","token":"([\w.-]+)"\}$/;
    ok($token, 'the answer has the documented body');
    my $claim = Social::Test::Token->read($token)->{claims};
    is_deeply([@$claim{qw(sub sid)}], ['owner', '169'], 'the subject is the one that the location named');
    is_deeply(
        [sort $answer->header_names],
        [sort qw(server date content-type content-length connection cache-control x-content-type-options)],
        'no header of the location is in the answer'
    );
    unlike($answer->head . $answer->body, qr/secret/, 'the answer holds nothing else of the location');
    is(authenticate_from_new_address('204 someone')->status, 200, 'a 204 will do');
    is(authenticate_from_new_address('200 owner', path => '/auth/keep')->status,
        200, 'a kept connection to the upstream logs in');
};

subtest 'the location sees the request' => sub {
    my $before = () = $backend->requests;
    my $sent   = json_of(my %login = (email => '200 owner', password => 'something else', siteId => 169));
    authenticate_from_new_address('200 owner', password => 'something else', siteId => 169, path => '/auth/check/args');
    my @new = ($backend->requests)[$before .. $before];
    is($new[0]{method},                  'POST',                  'the subrequest is a POST');
    is($new[0]{target},                  '/verify?why=login&x=1', 'the subrequest has the arguments of the directive');
    is($new[0]{body},                    $sent,                   'the subrequest has the body of the login');
    is($new[0]{headers}{'content-type'}, 'application/json',      'the subrequest has the type of the login');
    is($new[0]{headers}{'content-length'}, length $sent,          'the subrequest has the length of the body');
    $t->api(POST => '/auth/check', form => [email => '200 owner', password => 'something else', siteId => 169]);
    is(($backend->requests)[-1]{body}, 'email=200%20owner&password=something%20else&siteId=169', 'a form, too');
    my $chunked = $t->api(
        POST    => '/auth/check',
        headers => {'Content-Type' => 'application/json', 'Transfer-Encoding' => 'chunked'},
        body    => sprintf(
            "%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", 10, substr($sent, 0, 10), length($sent) - 10, substr $sent, 10
        )
    );
    is($chunked->status,               200,   'a body in chunks');
    is(($backend->requests)[-1]{body}, $sent, 'a chunked body arrives whole');
    my $large = authenticate_from_new_address('200 owner', pad => 'x' x 7000);
    is($large->status, 200, 'a large body');
    like(($backend->requests)[-1]{body}, qr/x{7000}/, 'a large body arrives whole');
};

subtest 'an answer of 401 or 403 refuses' => sub {
    for my $status (401, 403) {
        my $answer = authenticate_from_new_address("$status owner");
        is_envelope($answer, refused(169), "$status is the documented refusal");
        is( $answer->header('WWW-Authenticate'),
            'Bearer realm="social"',
            "$status: the answer has the challenge of the module"
        );
        is(() = $answer->header_all('WWW-Authenticate'), 1, "$status: the answer has a single challenge");
        is($answer->header($_), undef, "$status: the answer has no $_") for qw(Set-Cookie X-Backend Location);
    }
    is_envelope(authenticate_from_new_address('200 owner', siteId => 999),
        refused(999), 'a site that is not ours is refused, whatever the location says');
    is(authenticate_from_new_address('200 owner', path => '/auth/page')->status,
        200, 'a 403 that an error page turns into another answer is none');
};

subtest 'every other answer is a failure' => sub {
    my @failure = (502, 'The login service is not answering, please try again');
    is_envelope(
        authenticate_from_new_address("$_ owner"), @failure,
        devMessage => "the check of the credentials failed: status $_",
        "a $_"
    ) for 302, 400, 404, 429, 500, 503;
    is_envelope(
        authenticate_from_new_address($_), @failure,
        devMessage => 'the check of the credentials named no user in X-Social-Subject',
        "a 200 that says '$_'"
    ) for '200', '200 two', '200 ' . 'x' x 255;
    is(authenticate_from_new_address('200 ' . 'x' x 254)->status, 200, 'up to 254 bytes of subject');
    is_envelope(
        authenticate_from_new_address('200 owner', path => '/auth/dead'), @failure,
        devMessage => 'the check of the credentials failed: status 502',
        'a server that is not there'
    );
    is_envelope(
        authenticate_from_new_address('200 slow', path => '/auth/slow'), @failure,
        devMessage => 'the check of the credentials failed: status 504',
        'an upstream that is too slow is a 502'
    );
    is_envelope(
        authenticate_from_new_address('200 owner', path => '/auth/none'), @failure,
        devMessage => 'the check of the credentials failed: status 404',
        'a location that is not there'
    );
    is_envelope(
        authenticate_from_new_address('200 owner', path => '/auth/static'), @failure,
        devMessage => 'the check of the credentials named no user in X-Social-Subject',
        'a location that names nobody'
    );
    my %again = (email => '500 owner', from => '10.77.0.1');
    is(authenticate($t, password => 'something', siteId => 169, path => '/auth/check', %again)->status,
        502, 'a failure')
        for 1 .. 12;
    is( authenticate(
            $t,
            password => 'something',
            siteId   => 169,
            path     => '/auth/check',
            email    => '401',
            from     => '10.77.0.1'
        )->status,
        401,
        'a failed check does not count as an attempt'
    );
};

subtest 'guesses are counted all the same' => sub {
    my %guess
        = (email => '401 guess', password => 'something', siteId => 169, path => '/auth/check', from => '10.78.0.1');
    is(authenticate($t, %guess)->status, 401, 'a guess') for 1 .. 10;
    my $before = () = $backend->requests;
    is(authenticate($t, %guess)->status, 429,     'the eleventh has to wait');
    is(() = $backend->requests,          $before, 'a throttled login makes no subrequest');
};

subtest 'a client that leaves in between' => sub {
    my $wire = $t->wire;
    $wire->put(login_bytes(email => '200 slow', password => 'something', siteId => 169, from => '10.79.0.1')
            =~ s{/api/authenticate}{/auth/check}r);
    sleep 0.3;
    $wire->hang_up;
    ok( $t->wait_for(
            sub {
                grep {/^10\.79\.0\.1 .* 499/} $t->log->lines('access.log');
            }
        ),
        'a client that leaves ends the request with 499'
    );
    sleep 1.5;
    is(authenticate_from_new_address('200 owner')->status, 200, 'the next login after an aborted one succeeds');
};

subtest 'a graceful end waits for the answer' => sub {
    my $wire = $t->wire;
    $wire->put(login_bytes(email => '200 slow', password => 'something', siteId => 169, from => '10.80.0.1')
            =~ s{/api/authenticate}{/auth/check}r);
    sleep 0.3;
    ok($t->reload, 'a reload in the middle');
    my $answer = $wire->read_response;
    is($answer && $answer->status, 200, 'the login is finished');
    $t->secret($answer->json->{token}) if $answer;
};

subtest 'a location that asks itself' => sub {
    $t->tolerate(qr/subrequests cycle/);
    my $answer = $t->browser->request(
        POST     => '/auth/loop',
        headers  => {'Content-Type' => 'application/json', 'X-Real-IP' => '10.81.0.1'},
        body     => json_of(email => 'a', password => 'b', siteId => 1),
        may_fail => 1
    );
    ok(!$answer || $answer->status >= 400, 'a broken answer of the upstream gives no token');
    is(authenticate_from_new_address('200 owner')->status, 200, 'a login after the broken answer succeeds');
};

done_testing;

# Each from an address of its own.
sub authenticate_from_new_address ($email, %with) {
    $serial++;
    return authenticate(
        $t,
        path     => '/auth/check',
        password => 'something else',
        siteId   => 169,
        from     => '10.70.' . int($serial / 200) . '.' . ($serial % 200 + 1),
        %with, email => $email
    );
}
