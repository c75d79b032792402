# Header fields of answers beside nginx's own directives and an upstream: each of them stands once, and says
# what this module says.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(json_of);

my $backend = Social::Test::Backend->new(
    sub ($request) {
        return [
            ($request->{target} =~ m{/(\d{3})})[0] // 200,
            {   'RateLimit'        => ['"upstream";r=1;t=9', '"other";r=2;t=9'],
                'RateLimit-Policy' => '"upstream";q=5;w=9',
                'Cache-Control'    => 'private',
            },
            'upstream'
        ];
    }
);

my $t = Social::Test->new->secret($Social::Test::Gateway::PASSWORD);
$t->gateway(
    sites => {169 => {quota => 'limit=1000'}, 170 => {origin => 'https://other.example'}},
    http  => <<~'CONF',
        expires 1h;
        add_header Cache-Control "public, immutable" always;
        add_header X-Content-Type-Options nosniff always;
        add_header Referrer-Policy unsafe-url always;
        add_header X-Frame-Options DENY always;
        add_header RateLimit '"operator";r=3;t=3' always;
        charset_map koi8-r utf-8 { E1 D090; }
        charset koi8-r;
        source_charset utf-8;
        charset_types *;
        CONF
    server => <<~"CONF",
        location /app/   { social_bearer on; proxy_pass @{[$backend->url]}; }
        location /plain/ { proxy_pass @{[$backend->url]}; }
        location /gif    { social_bearer on; empty_gif; }
        location /down/  { social_bearer on; proxy_pass http://127.0.0.1:1; }
        CONF
)->start;
$t->tolerate(qr/connect\(\) failed \(111: Connection refused\)/);

my $token = $t->bearer;
my $id    = $t->login('facebook');

sub is_own ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply(
        {   map { $_ => [$response->header_all($_)] } 'Cache-Control', 'X-Content-Type-Options',
            'Expires',                                                 'X-Frame-Options'
        },
        {   'Cache-Control'          => ['no-store'],
            'X-Content-Type-Options' => ['nosniff'],
            Expires                  => [],
            'X-Frame-Options'        => ['DENY']
        },
        $name
    );
}

my $login = $t->api(
    POST    => '/api/authenticate',
    body    => json_of(email => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => '169'),
    headers => {'Content-Type' => 'application/json'}
);
$t->secret($login->json->{token});
is_own($login, 'a token');
is_own($t->api(GET  => "/api/session/$id", token => $token), 'a session');
is_own($t->api(HEAD => "/api/session/$id", token => $token), 'HEAD of a session has the headers of the API');
is_own($t->api(GET  => "/api/session/x",   token => $token), 'an error');
is_own($t->api(PUT  => "/api/session/x",   token => $token), "an error of nginx's");
is_own($t->api(GET  => "/api/session/$id", token => $token, headers => {'If-Match' => '"x"'}),
    'a precondition that fails');
is_own($t->api(GET => '/app/x'),                                              'a refusal of the guard');
is_own($t->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F'), 'a redirect');
is_own($t->get('/facebook/session'),                                          'a page');
is_own($t->api(DELETE => "/api/session/$id", token => $token),                'an answer without a body');

is_deeply([$t->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F')->header_all('Referrer-Policy')],
    ['no-referrer'], 'a redirect with a session id names no weaker Referrer-Policy');
is_deeply([$t->get('/facebook/session')->header_all('Referrer-Policy')],
    ['no-referrer'], 'a page names no weaker Referrer-Policy');
is($t->get('/facebook/session')->header('Content-Type'), 'text/html; charset=utf-8', 'a page stays UTF-8');

sub is_counted ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    like(join('|', $response->header_all('RateLimit')), qr/^"169";r=\d+;t=\d+$/, $name);
    return like(join('|', $response->header_all('RateLimit-Policy')), qr/^"169";q=1000;w=\d+$/,
        "$name: RateLimit-Policy");
}

is_counted($t->api(GET => '/app/x',         token => $token), 'the quota of the site replaces that of an upstream');
is_counted($t->api(GET => '/app/404',       token => $token), 'RateLimit of the site is on errors of an upstream');
is_counted($t->api(GET => '/gif',           token => $token), 'RateLimit of the site replaces that of add_header');
is_counted($t->api(GET => '/down/x',        token => $token), 'RateLimit of the site is on errors of nginx');
is_counted($t->api(GET => '/api/session/x', token => $token), 'RateLimit of the site is on errors of the session API');

my $other = $t->api(GET => '/app/x', token => $t->bearer(site => '170'));
is_deeply(
    [$other->header_all('RateLimit')],
    ['"upstream";r=1;t=9', '"other";r=2;t=9', '"operator";r=3;t=3'],
    'without a quota RateLimit of others stays'
);
is_deeply(
    [$t->get('/plain/x')->header_all('Cache-Control')],
    ['max-age=3600', 'public, immutable'],
    'locations without the module keep their Cache-Control'
);

done_testing;
