# The ways in which a provider sends the browser back: with a code, with an error, with neither; and
# what else may be asked of the routes of a login.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';
my $LINK = qr{href="[^"]+/facebook/auth\?redirectUrl=https%3A%2F%2Fmysite\.example%2Fwelcome"};

my $t = Social::Test->new->gateway->start;

# The answer to a callback of a login of this browser, with another query: "code=x" beside its state.
sub back_with ($query, %arg) {
    my $browser = $arg{browser} // $t->browser;
    my ($state) = $browser->callback_of('facebook', redirect => $SITE) =~ /[?&]state=([^&#]+)/;
    return $browser->get("/facebook/callback?$query&state=$state", headers => $arg{headers} // {});
}

subtest 'the user says no' => sub {
    my $calls   = $t->sandbox->calls('facebook.access_token');
    my $browser = $t->browser;
    my $markup  = '%3Cscript%3Ealert(1)%3C%2Fscript%3E';
    my $query   = "error=access_denied&error_code=200&error_description=$markup&error_reason=user_denied";
    my $page    = back_with($query, browser => $browser);
    is_page($page, 403, qr/Login canceled/, 'a canceled login gets a page that says so');
    like($page->body, $LINK, 'the page of a canceled login links to another');
    unlike($page->body, qr/alert\(1\)|user_denied|Permissions/, 'the provider\'s words are not repeated');
    ok(!defined $page->location, 'a canceled login is not redirected');
    is(keys %{$browser->cookies},                   0,      'the cookie is gone');
    is($t->sandbox->calls('facebook.access_token'), $calls, 'no code was exchanged');

    my ($again) = $page->body =~ m{href="([^"]+/facebook/auth[^"]+)"};
    $again =~ s/&amp;/&/g;
    like($browser->login('facebook', start => $again)->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, 'the link works');
    is_envelope(
        back_with($query, headers => {Accept => 'application/json'}),
        403,
        'The login was refused at the provider',
        'a program gets the envelope'
    );

    $t->sandbox->consent('deny');
    is_page(
        $t->browser->login('facebook', redirect => $SITE),
        403,
        qr/Login canceled/,
        'a login canceled at the sandbox gets the page'
    );
    $t->sandbox->consent('auto');
};

# The store remembers no login that ended without a code exchange: a stranger could fill it with them.
subtest 'a refusal ends the login in the browser, and nothing in the store' => sub {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my %cookies  = %{$browser->cookies};
    is($browser->get($callback =~ s/code=[^&]+/error=access_denied/r)->status, 403, 'the user refuses');
    is_page($browser->get($callback), 400, qr/no longer valid/,
        'the browser has no cookie for a code that comes later');
    $browser->set_cookie(%cookies);
    like(
        $browser->get($callback)->location,
        qr{^\Q$SITE\E\?sessionId=\w{92}},
        'a callback with its cookie finishes the login'
    );
    $browser->set_cookie(%cookies);
    is_page($browser->get($callback), 400, qr/no longer valid/, 'a callback finishes one login');
};

subtest 'a refusal that nobody asked for is no refusal' => sub {
    my $page = $t->get('/facebook/callback?error=access_denied&state=' . join '.', 'a' x 22, 'b' x 22);
    is_page($page, 400, qr/no longer valid/, 'an error without a login of this browser is refused');
    $page = $t->get('/facebook/callback?error=access_denied');
    is_page($page, 400, qr/no longer valid/, 'an error without a state is refused');
    unlike($page->body, qr/Try again/, 'an error without a state gets no link');
};

subtest 'the provider reports an error' => sub {
    my $calls = $t->sandbox->calls('facebook.access_token');
    for my $error (qw(server_error temporarily_unavailable invalid_scope unauthorized_client x%22%3Cscript%3E),
        'y' x 200)
    {
        my $page = back_with("error=$error&error_description=%3Cb%3E");
        is_page($page, 502, qr/Facebook is not answering/, "$error is the provider's page");
        like($page->body, $LINK, "$error: the page links to another login");
        unlike($page->body, qr/<b>|script>alert|yyy/, "$error: the page repeats no words of the query");
    }
    is_envelope(
        back_with('error=invalid_scope', headers => {Accept => 'application/json'}),
        502,
        'facebook is not answering, please try again',
        devMessage => 'the provider rejected the login: invalid_scope'
    );
    is($t->sandbox->calls('facebook.access_token'), $calls, 'no code was exchanged');
};

subtest 'a callback that cannot be read is refused' => sub {
    my $calls = $t->sandbox->calls('facebook.access_token');
    my $long  = 'c' x 5_000;
    for my $query (
        'code=',                        'x=1',
        'code',                         'Code=abc',
        'code[]=abc',                   'code=abc&code=abc',
        'code=abc&code=def',            'code=abc&error=access_denied',
        'error=access_denied&code=abc', 'error=access_denied&error=x',
        'error=',                       "code=$long",
        'code=abc%00',                  'code=abc%0d%0aX-Header:%20x',
        'code=%ff%fe',                  'code=%zz',
        'code=%',                       'code=abc&%zz=1',
        'code=abc&error=%00',           'error=' . 'e' x 300,
        'code=a%7fb',
        )
    {
        is_page(back_with($query), 400, qr/no longer valid/, substr $query, 0, 60);
    }
    is($t->sandbox->calls('facebook.access_token'), $calls, 'the provider was not called for any of them');

    # Such a line never reaches a location; nginx writes it to its log as it came.
    my $target = '/facebook/callback?code=' . 'n' x 100_000;
    like($t->raw("GET $target HTTP/1.1\r\nHost: gateway\r\n\r\n"), qr{^HTTP/1\.1 414 }, 'nginx itself refuses 100 KB');
};

subtest 'a code reaches the provider as it is' => sub {
    $t->sandbox->reset_calls;
    my $page = back_with('code=abc%26client_secret%3Dx%26code%3Dy%20z%2B%3D');
    is_page($page, 502, qr/Facebook is not answering/, 'a code that the provider does not know');
    my ($call) = $t->sandbox->seen('facebook.access_token');
    is_deeply(
        [sort keys %{$call->{params}}],
        [qw(client_id client_secret code grant_type redirect_uri)],
        'the token request has the documented parameters alone'
    );
    ok(!grep({ref} values %{$call->{params}}), 'the token request repeats no parameter');
    is($t->sandbox->calls('facebook.access_token'), 1, 'the code is exchanged once');
};

subtest 'both routes take GET alone' => sub {
    my $calls = $t->sandbox->calls('facebook.dialog');
    for my $path ("/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F", '/facebook/callback?code=x&state=y') {
        for my $method (qw(POST HEAD OPTIONS PUT DELETE PATCH PROPFIND FOO)) {
            my $response = $t->request($method, $path);
            my $name     = "$method " . $path =~ s/\?.*//r;
            is($response->status,          405,   $name);
            is($response->header('Allow'), 'GET', "$name: Allow is GET");
            ok(!$response->header_all('Set-Cookie') && !defined $response->location,
                "$name: no cookie and no redirect");
            is($response->header('Cache-Control'), 'no-store', "$name: the answer is not cached");
            my $envelope = $t->request($method, $path, headers => {Accept => 'application/json'});
            is_envelope($envelope, 405, 'Method not allowed') if $method ne 'HEAD';
        }
        is($t->request(TRACE => $path)->status, 405, 'TRACE is refused by nginx itself');
    }
    is($t->sandbox->calls('facebook.dialog'), $calls, 'TRACE does not reach the provider');
};

subtest 'a body changes nothing' => sub {
    my $wire  = $t->wire;
    my $shape = sub ($body, %headers) {
        Social::Test::RawConnection->format_request(
            method     => 'POST',
            target     => '/facebook/callback',
            authority  => 'gateway',
            headers    => \%headers,
            body       => $body,
            keep_alive => 1
        );
    };
    my @requests = (
        $shape->(undef),
        $shape->(''),
        $shape->("0\r\n\r\n",               'Transfer-Encoding' => 'chunked'),
        $shape->("5\r\nabcde\r\n0\r\n\r\n", 'Transfer-Encoding' => 'chunked'),
        $shape->('code=x&state=y',          'Content-Type'      => 'application/x-www-form-urlencoded'),
        $shape->(
            "--b\r\nContent-Disposition: form-data; name=\"code\"\r\n\r\nx\r\n--b--\r\n",
            'Content-Type' => 'multipart/form-data; boundary=b'
        ),
        $shape->('x' x 500_000),
    );
    for my $request (@requests) {
        $wire->put($request);
        my $response = $wire->read_response // return fail('the connection is gone');
        is($response->status, 405,
            'a POST with ' . length($request) . ' bytes is refused, and its body is not the next request');
    }
    my $u = $t->wire;
    $u->put("POST /facebook/callback HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\nstart");
    is($u->read_response->status, 413, 'nginx itself refuses 100 MB');

    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my $response = $browser->request(GET => $callback, body => 'code=other&state=other');
    like($response->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, 'a GET with a body is a GET');
};

subtest 'unknown providers have no routes' => sub {
    for my $path (
        qw(/nobody/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F /nobody/callback?code=x /Facebook/auth /x/session))
    {
        my $page = $t->get($path);
        is($page->status, 404, $path);
        ok(!$page->header_all('Set-Cookie'), "$path sets no cookie");
    }
};

done_testing;
