# social_credential: requests that are passed on to a provider with a credential of its own.
# The sandbox refuses a bad signature, a bad token and whatever else X refuses.
use lib 't/lib';
use Social::Test;

use JSON::PP    ();
use Time::HiRes qw(sleep time);

my %locations = (

    # The URI goes upstream as it came.
    '/twitter/2/' => ['twitter session=$http_x_session_id', '%%SANDBOX%%'],

    # It goes upstream rewritten.
    '/rewritten/' =>
        ['twitter session=$http_x_session_id', '%%SANDBOX%%', 'rewrite ^/rewritten/(.*)$ /twitter/$1 break;'],

    # proxy_pass puts another one in its place, and says so.
    '~ ^/twitter/api/(?<rest>.*)$' =>
        ['twitter owner uri=/2/$rest$is_args$args', '%%SANDBOX%%/twitter/2/$rest$is_args$args'],
    '/owner/'  => ['twitter owner', '%%SANDBOX%%', 'rewrite ^/owner/(.*)$ /twitter/$1 break;'],
    '/user/'   => ['twitter_oauth2 session=$http_x_session_id', '%%SANDBOX%%/twitter/'],
    '/page/'   => ['facebook owner',                            '%%SANDBOX%%/facebook/'],
    '/echo/'   => ['facebook owner',                            'http://127.0.0.1:%%PORT:echo%%'],
    '/nobody/' => ['off',                                       'http://127.0.0.1:%%PORT:echo%%'],
);

sub location ($path, $credential, $upstream, $more = '') {
    return "location $path { social_credential $credential; $more proxy_pass $upstream; }\n";
}

my @providers = (
    providers => ['twitter', 'twitter_oauth2', 'facebook'],
    provider  => {
        twitter_oauth2 => {scope        => 'tweet.read tweet.write users.read offline.access'},
        facebook       => {access_token => 'page-token-of-the-operator'},
    },
);
my $t = Social::Test->new(workers => 2)->secret('page-token-of-the-operator');
$t->gateway(
    @providers,
    sites => {169 => {quota => 'limit=1000'}, 170 => {origin => 'https://other.example'}},
    http  => <<~'CONF',
        client_body_buffer_size 1k;
        client_max_body_size 2m;
        log_format credential '$uri [$social_authorization]';
        access_log %%DIR%%/logs/credential.log credential;
        server {
            listen 127.0.0.1:%%PORT:echo%%;
            location / { return 200 "$http_authorization|$http_x_session_id|$request_uri"; }
        }
        CONF
    server => join "\n",
    'social_bearer on;',                 'proxy_set_header Authorization $social_authorization;',
    'proxy_set_header X-Session-Id "";', map { location($_, @{$locations{$_}}) } sort keys %locations,
)->start;
my $sandbox = $t->sandbox;

# A call through the gateway, in the name of a session.
sub call ($method, $path, %arg) {
    my $session = delete $arg{session};
    $arg{headers} = {%{$arg{headers} // {}}, $session ? ('X-Session-Id' => $session) : ()};
    return $t->api($method => $path, token => $t->bearer, %arg);
}

sub tweets ($response) { return $response->status == 201 ? $response->json->{data}{author_id} : $response->body }

my $one   = $t->login('twitter');
my $two   = $t->login('twitter_oauth2');
my %tweet = (json => {text => 'Hello Ladies + Gentlemen'});

# ---- Three kinds of credential ----

is(tweets(call(POST => '/twitter/2/tweets', session => $one, %tweet)),
    6253282, 'a tweet in the name of a user of OAuth 1.0a');
is(tweets(call(POST => '/user/2/tweets', session => $two, %tweet)),
    6253282, 'a tweet in the name of a user of OAuth 2.0');
is(tweets(call(POST => '/twitter/api/tweets', %tweet)), '1290561158944968704', 'a tweet in the name of the operator');

is(call(GET => '/twitter/2/users/me', session => $one)->json->{data}{username}, 'ovan', 'a read without a query');
is(call(GET => '/twitter/2/users/me?user.fields=verified%2Ccreated_at', session => $one)->status,
    200, 'the signature covers the query');
is( call(GET => '/twitter/2/tweets/search/recent?query=from%3Aa%20%2B%C3%A9%20OR%20b&a=&a=2&A=1~', session => $one)
        ->status,
    200,
    'escapes, repeated and empty parameters are signed'
);
is(call(GET => '/rewritten/2/users/me?user.fields=verified', session => $one)->status,
    200, 'behind a rewrite the new URI is signed');
is(call(GET => '/owner/2/users/me')->json->{data}{username},          'KuCamera', 'the operator has a name too');
is(call(GET => '/twitter/api/users/me?user.fields=verified')->status, 200,        'the URI can be told');

# ---- Bodies ----

sub send_body ($body, $type = 'application/x-www-form-urlencoded') {
    return call(
        POST    => '/rewritten/2/tweets?x=1',
        session => $one,
        headers => {'Content-Type' => $type},
        body    => $body
    );
}

# X has no use for anything but JSON there; it says so behind a look at the signature.
sub is_signed ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like($response->status . ' ' . $response->body, qr/^400 .*"title":"Invalid Request"/, $name);
}

is_signed(send_body('status=Hello+Ladies+%2B+Gentlemen%2C+a+signed+request%21&a'), 'a form is signed');
is_signed(send_body('a=1&b=' . ('%C3%A9+' x 20_000)), 'a form that nginx keeps in a file is signed');
is_signed(send_body('a=1', 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'), 'however its type is written');
is_signed(send_body('',),                                                       'an empty one, too');
is_signed(send_body('status=1', 'multipart/form-data; boundary=x'),             'multipart is not signed');
is_envelope(send_body('a=%zz'), 400, 'the parameters to sign cannot be read', 'a form that cannot be read is refused');
is_envelope(
    send_body('a' x 1_100_000),
    413,
    'The form is larger than 1 MiB, which is too long to be signed',
    'a form above 1 MiB is refused'
);

subtest 'a form that is sent slowly is waited for' => sub {
    my $wire  = $t->wire;
    my $bytes = Social::Test::RawConnection->format_request(
        method    => 'POST',
        target    => '/rewritten/2/tweets',
        authority => 'gateway',
        headers   => {
            Authorization  => 'Bearer ' . $t->bearer,
            'X-Session-Id' => $one,
            'Content-Type' => 'application/x-www-form-urlencoded',
        },
        body => 'status=slow&and=steady',
    );
    my $calls = $sandbox->calls('twitter.tweets');
    for my $part (substr($bytes, 0, -12), substr($bytes, -12, 6), substr $bytes, -6) {
        $wire->put($part);
        sleep 0.1;
    }
    is($wire->read_response->status,      400,        'the provider has seen its signature');
    is($sandbox->calls('twitter.tweets'), $calls + 1, 'a signed call reaches the provider once');
};

# ---- Who may ----

is_envelope(
    $t->api(POST => '/twitter/2/tweets', %tweet),
    401,
    'Token required',
    'a call without a bearer token is refused'
);
for my $case (
    ['without a session'            => (path => '/twitter/2/users/me')],
    ['with an empty one'            => (path => '/twitter/2/users/me', headers => {'X-Session-Id' => ''})],
    ['with one that is none'        => (path => '/twitter/2/users/me', session => 'x' x 92)],
    ['with one of another provider' => (path => '/twitter/2/users/me', session => $two)],
    [   'with one of another site' =>
            (path => '/twitter/2/users/me', session => $one, token => $t->bearer(site => '170'))
    ],
    )
{
    my ($what, %arg) = @$case;
    my $before = $sandbox->calls('twitter.me');
    is_envelope(call(GET => delete $arg{path}, %arg), 404, 'Session not found', "no call $what");
    is($sandbox->calls('twitter.me'), $before, 'the provider hears nothing of it');
}

# ---- What goes upstream ----

my $echo = call(GET => '/echo/x?y=1', session => $one)->body;
is($echo, 'Bearer page-token-of-the-operator||/echo/x?y=1', "the operator's token replaces the caller's own");
is(call(GET => '/nobody/x')->body, '||/nobody/x',           'a call without a credential sends none');
is( call(GET => '/echo/x?y=1', session => $one, headers => {Connection => 'close, Authorization, X-Session-Id'})->body,
    $echo,
    'naming the header in Connection does not take it away'
);
unlike($echo, qr/appsecret/, 'no proof of the app secret is added to calls of others');

open my $log, '<', $t->dir . '/logs/credential.log' or die "no log: $!";
my %logged = map { $_ => 1 } grep {m{^/echo/}} readline $log;
is_deeply([keys %logged], ["/echo/x []\n"], 'no log gets to see a credential');

# ---- The quota ----

sub remaining ($response) { return ($response->header('RateLimit') // '') =~ /;r=(\d+)/ ? $1 : undef }
my $before = remaining(call(GET => '/nobody/x'));
my $after  = remaining(call(GET => '/twitter/2/users/me', session => $one));
is($after, $before - 1, 'a call counts once');

# ---- Freshness ----

subtest 'the token of the session is refreshed for a call' => sub {
    $sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $sandbox->configure('twitter', access_ttl => 7200);
    $sandbox->behave('twitter.refresh', times => 1, delay => 300);
    sleep 1.05;
    $sandbox->reset_calls;
    my @answers = $t->together(
        map {
            [   POST    => '/user/2/tweets',
                headers => {
                    Authorization  => 'Bearer ' . $t->bearer,
                    'X-Session-Id' => $id,
                    'Content-Type' => 'application/json'
                },
                body => '{"text":"fresh"}'
            ]
        } 1 .. 20
    );
    is_deeply([map { $_->status } @answers], [(201) x 20], 'twenty calls with an expiring token succeed');
    cmp_ok($sandbox->calls('twitter.refresh'), '<=', 1, 'twenty calls cause one refresh at most');
};

subtest 'a body that comes while a token is refreshed is passed on whole' => sub {
    $sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $sandbox->configure('twitter', access_ttl => 7200);
    $sandbox->behave('twitter.refresh', times => 1, delay => 600);
    sleep 1.05;
    my $text  = 'x' x 200_000;
    my $wire  = $t->wire;
    my $bytes = Social::Test::RawConnection->format_request(
        method    => 'POST',
        target    => '/user/2/tweets',
        authority => 'gateway',
        headers   => {
            Authorization  => 'Bearer ' . $t->bearer,
            'X-Session-Id' => $id,
            'Content-Type' => 'application/json',
        },
        body => qq({"text":"$text"}),
    );
    my $half = length($bytes) / 2;
    $wire->put(substr $bytes, 0, $half);
    sleep 0.1;
    $wire->put(substr $bytes, $half);
    my $response = $wire->read_response;
    is($response->status,             201,   'the call succeeds');
    is($response->json->{data}{text}, $text, 'a signed call sends the whole body');
};

subtest 'the provider ends the session' => sub {
    $sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $sandbox->configure('twitter', access_ttl => 7200);
    $sandbox->behave('twitter.refresh', times => 1, status => 400, json => {error => 'invalid_grant'});
    sleep 1.05;
    is_envelope(call(GET => '/user/2/users/me', session => $id), 404, 'Session not found');
};

subtest 'the provider fails to renew the token' => sub {
    $sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $sandbox->configure('twitter', access_ttl => 7200);
    $sandbox->behave('twitter.refresh', status => 503, headers => {'Retry-After' => 60});
    sleep 1.05;
    is_envelope(
        call(GET => '/user/2/users/me', session => $id),
        502,
        'twitter_oauth2 is not answering, please try again',
        devMessage => 'the provider did not renew the token'
    );
    $sandbox->forgive;
};

subtest 'a client that leaves while a token is refreshed' => sub {
    $sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $sandbox->configure('twitter', access_ttl => 7200);
    $sandbox->behave('twitter.refresh', times => 1, delay => 700);
    sleep 1.05;
    my $wire = $t->wire;
    $wire->put(
        Social::Test::RawConnection->format_request(
            method    => 'GET',
            target    => '/user/2/users/me',
            authority => 'gateway',
            headers   => {Authorization => 'Bearer ' . $t->bearer, 'X-Session-Id' => $id},
        )
    );
    sleep 0.2;
    $wire->hang_up;
    is(call(GET => '/user/2/users/me', session => $id)->status, 200, 'a later call succeeds after the client left');
};

# ---- The configuration ----

sub refused ($name, $pattern, $text, %more) {
    my $error = $t->conf_error(@providers, server => $text, %more) // 'none';
    return like($error, $pattern, $name);
}

my $bearer = 'social_bearer on;';
refused(
    'an unknown provider',
    qr/"social_credential" names a provider that no social_provider block has: nobody in /,
    "location /x { $bearer social_credential nobody owner; }"
);
refused(
    'a session without a guard',
    qr/"social_credential" needs "social_bearer on" in its location/,
    'location /x { social_credential twitter session=$arg_s; }'
);
refused(
    'a session where the guard is off',
    qr/needs "social_bearer on"/,
    "$bearer location /x { social_bearer off; social_credential twitter session=\$arg_s; }"
);
refused(
    'no kind',
    qr/"social_credential" takes a provider and one of session=VALUE, app and owner, or "off": twitter/,
    'location /x { social_credential twitter; }'
);
refused('an unknown kind', qr/takes a provider and one of .*: me/, 'location /x { social_credential twitter me; }');
refused('two kinds', qr/takes a provider and one of .*: owner/, 'location /x { social_credential twitter app owner; }');
refused(
    'an empty session',
    qr/"social_credential" needs a value behind "="/,
    "location /x { $bearer social_credential twitter session=; }"
);
refused(
    'an unknown variable',
    qr/unknown "nothing" variable/,
    "location /x { $bearer social_credential twitter session=\$nothing; }"
);
refused(
    'app where there is no such token',
    qr/"social_credential" has "app" for a provider that gives no tokens/,
    'location /x { social_credential facebook app; }'
);
refused(
    'owner without an account',
    qr/"social_credential" needs an access_token in the social_provider block: twitter_oauth2 in /,
    'location /x { social_credential twitter_oauth2 owner; }'
);
refused(
    'twice',
    qr/"social_credential" is duplicate/,
    'location /x { social_credential twitter owner; social_credential twitter owner; }'
);
refused('in a server', qr/"social_credential" directive is not allowed here/, 'social_credential twitter owner;');
refused(
    'a secret without its token',
    qr/needs access_token and access_token_secret together/,
    '',
    provider => {twitter => {access_token => undef}}
);
refused(
    'an access_token of OAuth 1.0a without its secret',
    qr/needs access_token and access_token_secret together/,
    '',
    provider => {twitter => {access_token_secret => undef}}
);
is( $t->conf_error(
        @providers, server => "$bearer location /x { social_credential twitter session=\$arg_s; location /x/y { } }"
    ),
    undef,
    'a nested location inherits the credential'
);
is( $t->conf_error(
        @providers,
        server => 'location /x { social_credential twitter owner; location /x/y { social_credential off; } }'
    ),
    undef,
    'a nested location can switch the credential off'
);

done_testing;
