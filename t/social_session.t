# The session API: what a read answers to the byte, and what a deletion does.
use lib 't/lib';
use Social::Test;

use MIME::Base64 qw(decode_base64);
use Time::HiRes  qw(time);

my $t = Social::Test->new->gateway(
    providers => ['facebook'],
    provider  => {facebook => {timeout => '700ms'}},
    sites     => {169 => {}, 170 => {origin => 'https://other.example'}},
)->start;
my $sandbox = $t->sandbox;

# ---- Reading ----

my $id    = $t->login('facebook');
my $inner = decode_base64($id);
my $read  = $t->read_session($id, provider => 'facebook');

my $token   = qr/[A-Za-z0-9]{20,}/;
my $string  = qr/"(?:[^"\\]|\\.)*"/;
my $account = qr/
    \{"access_token":"$token","category":$string,"category_list":\[\{"id":"\d+","name":$string\}\],
    "name":$string,"id":"\d+","tasks":\[$string(?:,$string)*\]\}
/x;
like($inner,      qr{^[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{22}==$}, 'an id holds 32 and 16 bytes in base64');
like($read->body, qr/^\{"session":"\Q$inner\E",/,               'the session begins with the inner text of its id');
like(
    $read->body,
    qr/^\{"session":$string,"profile":\{"name":"Ovan\ Donnovan","id":"508654789659284"\},"token":"$token",
       "accounts":\[$account,$account\]\}$/x,
    'the session of Facebook has the documented members in their order, and no others'
);
is_deeply(
    [map { $_->{name} } @{$read->json->{accounts}}],
    ['Jamku', 'TryalCloudy03'],
    'the accounts are all pages of the user'
);
is($t->api(GET => "/api/session/$id", token => $t->bearer)->body,
    $read->body, 'the path without a provider reads the same session');
is($t->api(GET => $t->session_path($id, 'facebook') . '?sessionId=other&x=1', token => $t->bearer)->body,
    $read->body, 'a query changes nothing');

# What every answer of this API must carry, and what none may.
sub has_api_headers ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my %want = (
        'Content-Type'           => ['application/json; charset=utf-8'],
        'Cache-Control'          => ['no-store'],
        'X-Content-Type-Options' => ['nosniff'],
        'ETag'                   => [],
        'Last-Modified'          => [],
        'Set-Cookie'             => [],
        'Content-Length'         => [length $response->body],
    );
    my %got = map { $_ => [$response->header_all($_)] } keys %want;
    return is_deeply(\%got, \%want, $name);
}

has_api_headers($read,                                              'a session may not be kept or guessed at');
has_api_headers($t->read_session('x' x 92, provider => 'facebook'), 'an unknown session has the headers of the API');
has_api_headers($t->api(GET => $t->session_path($id, 'facebook')),  'a 401 has the headers of the API');
has_api_headers($t->api(POST => $t->session_path($id, 'facebook'), token => $t->bearer),
    'a 405 has the headers of the API');
has_api_headers($t->api(GET => '/api/nobody/session/x', token => $t->bearer),
    'an unknown provider has the headers of the API');

subtest 'HEAD is GET without the body' => sub {
    my $wire = $t->wire;
    my %head = (authority => 'gateway', keep_alive => 1, headers => {Authorization => 'Bearer ' . $t->bearer});
    for my $path ($t->session_path($id, 'facebook'), "/api/session/$id", $t->session_path('unknown', 'facebook')) {
        my ($head, $get) = map {
            $wire->put(Social::Test::RawConnection->format_request(method => $_, target => $path, %head));
            $wire->read_response(method => $_);
        } qw(HEAD GET);
        is($head->status,                   $get->status,      'the status is that of GET');
        is($head->header('Content-Length'), length $get->body, 'the length is that of the body which is left out');
        is_deeply([sort $head->header_names], [sort $get->header_names], 'the headers are the same');
    }
};

for my $method (qw(POST PUT PATCH OPTIONS PROPFIND BREW)) {
    my $response = $t->api($method => $t->session_path($id, 'facebook'), token => $t->bearer);
    is_envelope($response, 405, 'Method not allowed', "$method is no method of the session API");
    is($response->header('Allow'), 'GET, HEAD, DELETE', "the answer to $method says what is");
}

# ---- Whose session it is ----

is_envelope(
    $t->api(GET => $t->session_path($id, 'facebook'), token => $t->bearer(site => '170')),
    404,
    'Session not found',
    'another site does not find the session'
);
is_envelope(
    $t->api(DELETE => $t->session_path($id, 'facebook'), token => $t->bearer(site => '170')),
    404,
    'Session not found',
    'another site does not delete the session'
);
is_envelope(
    $t->api(DELETE => $t->session_path($id, 'facebook')),
    401,
    'Token required',
    'DELETE without a token is refused'
);
is($t->read_session($id, provider => 'facebook')->body, $read->body, 'the session survives refused calls');
is($sandbox->calls('facebook.revoke'),                  0,           'refused calls revoke nothing');

# ---- Deleting ----

my $other   = $t->login('facebook');
my $deleted = $t->delete_session($id, provider => 'facebook');
is($deleted->status,                  204,        'a session can be deleted');
is($deleted->body,                    '',         'the answer has no body');
is($deleted->header('Content-Type'),  undef,      'the answer to a DELETE has no Content-Type');
is($deleted->header('Cache-Control'), 'no-store', 'the answer to a DELETE is not stored');
$t->is_gone($id, 'a deleted session is gone', provider => 'facebook');
is_envelope(
    $t->delete_session($id, provider => 'facebook'),
    404,
    'Session not found',
    'a second deletion finds nothing'
);
is($t->read_session($other, provider => 'facebook')->status, 200, 'another session of the user stays');

is($sandbox->calls('facebook.revoke'), 0, 'permissions that another session uses are not revoked');

is($t->api(DELETE => "/api/session/$other", token => $t->bearer)->status,
    204, 'the path without a provider deletes as well');
$t->is_gone($other, 'DELETE without a provider removes the session', provider => 'facebook');
my ($revoked) = $sandbox->seen('facebook.revoke');
is($sandbox->calls('facebook.revoke'), 1, 'the permissions are revoked at the provider, once');
is( "$revoked->{method} $revoked->{path}",
    'DELETE /v26.0/me/permissions',
    'the permissions are revoked through the Graph API'
);

for my $case (
    ['fails'                          => (status  => 500, body => 'oops')],
    ['has revoked the token long ago' => (error   => {code => 190})],
    ['answers with garbage'           => (garbage => 1)],
    ['hangs up without an answer'     => (close   => 'before')],
    ['does not answer'                => (hang    => 1)],
    )
{
    my ($what, %how) = @$case;
    my $session = $t->login('facebook');
    $sandbox->behave('facebook.revoke', times => 1, %how);
    my $begin = time;
    is($t->delete_session($session, provider => 'facebook')->status, 204, "204 too when the provider $what");
    cmp_ok(time - $begin, '<', 3, "DELETE ends within the time-out: $what");
    $t->is_gone($session, "the session is gone when the provider $what", provider => 'facebook');
}

subtest 'a client that leaves in the middle of a deletion has deleted the session' => sub {
    my $session = $t->login('facebook');
    $sandbox->behave('facebook.revoke', times => 1, hang => 1);
    my $before = $sandbox->calls('facebook.revoke');
    my $wire   = $t->wire;
    $wire->put(
        Social::Test::RawConnection->format_request(
            method    => 'DELETE',
            target    => $t->session_path($session, 'facebook'),
            authority => 'gateway',
            headers   => {Authorization => 'Bearer ' . $t->bearer},
        )
    );
    ok($t->wait_for(sub { $sandbox->calls('facebook.revoke') > $before }), 'the provider is asked');
    $wire->hang_up;
    $t->is_gone($session, 'the session is gone', provider => 'facebook');
};

subtest 'of two deletions at the same time one finds the session' => sub {
    my $session = $t->login('facebook');
    my $header  = {Authorization => 'Bearer ' . $t->bearer};
    my @answers = $t->together(map { [DELETE => $t->session_path($session, 'facebook'), headers => $header] } 1 .. 8);
    is_deeply([sort map { $_->status } @answers], [204, (404) x 7], 'of eight DELETE at once one succeeds');
    $t->is_gone($session, 'eight DELETE at once remove the session', provider => 'facebook');
};

# Also after a provider was taken out of the configuration.
my $orphan = $t->login('facebook');
$t->gateway(providers => ['twitter_oauth2'], sites => {169 => {}, 170 => {origin => 'https://other.example'}});
$t->reload;
is($t->api(GET    => "/api/session/$orphan", token => $t->bearer)->status, 200, 'a session outlives its provider');
is($t->api(DELETE => "/api/session/$orphan", token => $t->bearer)->status,
    204, 'a session whose provider was removed can be deleted');
is_envelope($t->api(GET => "/api/session/$orphan", token => $t->bearer), 404, 'Session not found');

done_testing;
