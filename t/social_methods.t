# What may be asked of each route: every other method is refused with what there is, begins nothing, ends
# nothing, and opens nothing.
use lib 't/lib';
use Social::Test;

my $t  = Social::Test->new->gateway(server => 'location = /status { social_status; }')->start;
my $id = $t->login('facebook');
$t->sandbox->reset_calls;

my %allowed = (
    '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F' => 'GET',
    '/facebook/callback?code=x&state=y'                          => 'GET',
    "/facebook/session?sessionId=$id"                            => 'GET, HEAD',
    '/facebook/deauthorize'                                      => 'POST',
    '/facebook/data-deletion'                                    => 'GET, HEAD, POST',
    '/facebook/data-deletion/status?code=x'                      => 'GET, HEAD, POST',
    '/api/authenticate'                                          => 'POST',
    "/api/facebook/session/$id"                                  => 'GET, HEAD, DELETE',
    "/api/session/$id"                                           => 'GET, HEAD, DELETE',
    '/status'                                                    => 'GET, HEAD',
);

# One with another method; with a token, which must not help.
sub request_with_token ($method, $path, %headers) {
    return $t->request($method => $path, headers => {Authorization => 'Bearer ' . $t->bearer, %headers});
}

sub begins_nothing ($response) {
    return !grep {defined} $response->location, $response->header('Set-Cookie'),
        $response->header('Access-Control-Allow-Origin');
}

for my $path (sort keys %allowed) {
    my $route = $path =~ s/\?.*//r =~ s/\Q$id\E/ID/r;
    my %may   = map { $_ => 1 } split /, /, $allowed{$path};
    subtest $route => sub {
        for my $method (grep { !$may{$_} } qw(GET HEAD POST PUT DELETE PATCH OPTIONS PROPFIND LOCK BREW)) {
            my $response = request_with_token($method, $path, Accept => 'application/json');
            is_envelope($response, 405, 'Method not allowed', $method) if $method ne 'HEAD';
            is($response->status . $response->body, '405', 'HEAD')     if $method eq 'HEAD';
            is_deeply([$response->header_all('Allow')],
                [$allowed{$path}], "$method: Allow lists the methods of the path");
            ok(begins_nothing($response), "$method: nothing begins");
        }

        # nginx logs the request line of a TRACE as it came.
        my $traced = request_with_token(TRACE => $path =~ s/\Q$id\E/x/r, 'X-Secret' => 'not to be repeated');
        is($traced->status, 405, 'TRACE');
        unlike($traced->body, qr/not to be repeated/, 'TRACE repeats no header');
        my $override = $t->request(POST => $path,
            headers => {'X-HTTP-Method-Override' => 'DELETE', 'X-Method-Override' => 'GET'});
        isnt($override->status, 204, 'a header makes no other method of a POST');
        ok(begins_nothing($override), 'an override header begins nothing');
    };
}

subtest 'what a browser asks ahead is answered without a token, and admits nobody' => sub {
    my $preflight = $t->request(
        OPTIONS => "/api/facebook/session/$id",
        headers => {Origin => 'https://evil.example', 'Access-Control-Request-Method' => 'GET'}
    );
    is($preflight->status, 405, 'no preflight is granted');
    is_deeply([grep {/^access-control/} $preflight->header_names], [], 'a preflight gets no Access-Control header');
};

is_deeply($t->sandbox->counters, {}, 'refused methods do not reach the provider');
is($t->session('facebook', $id)->{profile}{name}, 'Ovan Donnovan', 'the session outlives all refused methods');

done_testing;
