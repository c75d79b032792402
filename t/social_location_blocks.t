# Blocks inside a location: limit_except, if and nested locations keep what nginx users expect them to keep.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(json_of);

my $backend = Social::Test::Backend->new(sub ($request) { [200, {}, "upstream $request->{method}"] });

my $t = Social::Test->new->secret($Social::Test::Gateway::PASSWORD);
$t->gateway(
    sites  => {169 => {quota => 'limit=1000'}},
    server => <<~"CONF",
        location /open/session/   { limit_except GET { allow 127.0.0.1; deny all; } social_session; }
        location /closed/session/ { limit_except GET { deny all; } social_session facebook; }
        location = /login         { limit_except GET { allow all; } client_max_body_size 1k; social_authenticate; }
        location = /start         { limit_except POST { allow all; } social_auth facebook; }
        location = /back          { limit_except POST { allow all; } social_callback facebook; }
        location = /landing       { limit_except POST { allow all; } social_landing facebook; }
        location = /forget        { limit_except GET { allow all; } social_deauthorize facebook; }
        location = /delete        { limit_except PUT { allow all; } social_data_deletion facebook; }
        location = /figures       { limit_except POST { allow all; } social_status; }

        location /other/session/  { limit_except GET { proxy_pass @{[$backend->url]}; } social_session; }
        location /if/session/     {
            if (\$arg_upstream) { proxy_pass @{[$backend->url]}; }
            if (\$arg_set) { set \$x 1; }
            social_session;
        }
        location = /if/login      { if (\$arg_set) { set \$x 1; } social_authenticate; }

        location /read/           { limit_except GET { social_bearer on; } proxy_pass @{[$backend->url]}; }
        location /write/          {
            social_bearer on;
            limit_except POST { social_bearer off; }
            proxy_pass @{[$backend->url]};
        }
        location /guarded/        {
            social_bearer on;
            limit_except GET { allow all; }
            if (\$arg_set) { set \$x 1; }
            proxy_pass @{[$backend->url]};
            location /guarded/open/ { social_bearer off; proxy_pass @{[$backend->url]}; }
            location /guarded/deep/ { proxy_pass @{[$backend->url]}; }
        }
        location /outer/session/  { social_session; location /outer/session/inner/ { root %%DIR%%; } }
        CONF
)->start;

my $token = $t->bearer;
my %good  = (email   => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => '169');
my @JSON  = (headers => {'Content-Type' => 'application/json'});

subtest 'limit_except around the session API' => sub {
    my $id = $t->login('facebook');
    is($t->api(GET => "/open/session/$id", token => $token)->status, 200, 'a method that is not limited');
    is_envelope(
        $t->api(POST => "/open/session/$id", token => $token),
        405,
        'Method not allowed',
        'a method that the endpoint does not take is a 405'
    );
    is( $t->api(POST => "/open/session/$id")->header('Allow'),
        'GET, HEAD, DELETE',
        'a 405 lists the methods of the endpoint'
    );
    is_envelope($t->api(DELETE => "/open/session/$id"), 401, 'Token required', 'a limited method needs the token, too');
    is($t->api(DELETE => "/open/session/$id", token => $token)->status, 204, 'a limited method reaches the endpoint');
    is_envelope(
        $t->api(GET => "/open/session/$id", token => $token),
        404,
        'Session not found',
        'the session is deleted by the limited method'
    );
    is_envelope($t->api(DELETE => "/closed/session/x", token => $token),
        403, 'Forbidden', 'a denied one gets the envelope');
};

subtest 'limit_except around the other endpoints' => sub {
    my $login = $t->api(POST => '/login', body => json_of(%good, pad => 'x' x 2000), @JSON);
    is($login->status, 200, 'the token API takes a login');
    $t->secret($login->json->{token});
    is_envelope(
        $t->api(POST => '/login', body => 'x' x 9000, @JSON),
        413,
        'The request body is larger than 8 KiB',
        'the token API keeps its limit of the body'
    );
    is($t->get('/start?redirectUrl=https%3A%2F%2Fmysite.example%2F')->status, 302, 'a login begins');
    is($t->get("/$_")->status, 400, "$_ is the endpoint's") for qw(back landing);
    is_envelope(
        $t->api(POST => '/forget', form => {signed_request => 'x.y'}),
        400, 'signed_request is not valid',
        'deauthorize'
    );
    is($t->api(GET => '/delete?code=x')->status, 404, 'data deletion');
    like($t->get('/figures')->body, qr/^social_requests_total/m, 'status');
};

subtest 'a handler in the block replaces the endpoint' => sub {
    is( $t->api(DELETE => '/other/session/x')->body,
        'upstream DELETE',
        'a handler in limit_except replaces the endpoint'
    );
    is_envelope(
        $t->api(GET => '/other/session/x'),
        401,
        'Token required',
        'limit_except replaces the endpoint for its methods alone'
    );
    is($t->api(GET => '/if/session/x?upstream=1')->body, 'upstream GET', 'a handler in an if replaces the endpoint');
    is_envelope(
        $t->api(GET => '/if/session/x'),
        401,
        'Token required',
        'an if replaces the endpoint only where it is true'
    );
};

subtest 'an if without a handler' => sub {
    my $id = $t->login('facebook');
    is($t->api(GET => "/if/session/$id?set=1", token => $token)->status,
        200, 'an if without a handler keeps the session API');
    is_envelope(
        $t->api(PUT => "/if/session/$id?set=1"),
        405,
        'Method not allowed',
        'the session API keeps its 405 inside an if'
    );
    is_envelope(
        $t->api(POST => '/if/login?set=1', body => 'x' x 2_000_000, @JSON),
        413,
        'The request body is larger than 8 KiB',
        'the token API keeps its limit inside an if'
    );
};

subtest 'the guard' => sub {
    is($t->api(GET => '/read/x')->body, 'upstream GET', 'limit_except can switch it on: other methods pass');
    is_envelope(
        $t->api(POST => '/read/x'),
        401,
        'Token required',
        'social_bearer in limit_except wants a token for limited methods'
    );
    is( $t->api(POST => '/read/x', token => $token)->body,
        'upstream POST',
        'social_bearer in limit_except admits a token'
    );
    is($t->api(GET => '/write/x')->body, 'upstream GET', 'limit_except can switch social_bearer off');
    is_envelope(
        $t->api(POST => '/write/x'),
        401,
        'Token required',
        'limit_except switches the guard off for its methods alone'
    );
    for my $path ('/guarded/x', '/guarded/x?set=1', '/guarded/deep/x') {
        is_envelope($t->api($_ => $path), 401, 'Token required', "$_ $path: the guard of the location holds")
            for qw(GET DELETE);
        is($t->api(DELETE => $path, token => $token)->body, 'upstream DELETE',
            "DELETE $path: the guard admits a token");
    }
    is($t->api(GET => '/guarded/open/x')->body, 'upstream GET', 'a nested location can switch it off');
};

is($t->get('/outer/session/inner/x')->status,
    404, 'a nested location does not inherit the endpoint, as with proxy_pass');

like(
    $t->conf_error(
        providers => ['twitter'],
        server    => 'location /x { limit_except GET { social_bearer on; } social_credential twitter session=$arg_s; }'
    ),
    qr/"social_credential" needs "social_bearer on" in its location/,
    'a guard for some methods alone is none for a session'
);

like(
    $t->conf_error(
        providers => ['twitter'],
        server    =>
            'location /x { social_bearer on; social_credential twitter session=$arg_s; '
                . 'limit_except GET { social_bearer off; } }'
    ),
    qr/"social_credential" needs "social_bearer on" in its location/,
    'social_credential needs a guard for every method'
);

done_testing;
