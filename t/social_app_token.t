# Calls in the name of the application itself: one token for the whole gateway.
use lib 't/lib';
use Social::Test;

use Time::HiRes qw(sleep time);

my $server = <<~'CONF';
    social_bearer on;
    proxy_set_header Authorization $social_authorization;
    location /app/ {
        social_credential twitter app;
        proxy_pass %%SANDBOX%%/twitter/;
    }
    location /again/ {
        social_credential twitter app;
        proxy_pass %%SANDBOX%%/twitter/;
        proxy_intercept_errors on;
        error_page 401 = @again;
    }
    location @again {
        social_credential twitter app;
        rewrite ^/again/(.*)$ /twitter/$1 break;
        proxy_pass %%SANDBOX%%;
    }
    location /generic/ {
        social_credential oauth2 app;
        proxy_pass http://127.0.0.1:%%PORT:echo%%;
    }
    location /echo/ {
        social_credential twitter app;
        proxy_pass http://127.0.0.1:%%PORT:echo%%;
    }
    CONF
my %echo = (
    http => <<~'CONF',
        server {
            listen 127.0.0.1:%%PORT:echo%%;
            location / { return 200 "$http_authorization"; }
            location /echo/refused { return 401; }
        }
        CONF
);
my $t = Social::Test->new(workers => 2)->gateway(providers => ['twitter', 'oauth2'], server => $server, %echo)->start;
my $sandbox = $t->sandbox;
my $search  = '/2/tweets/search/recent?query=nginx';

sub call ($path, %arg) { return $t->api(GET => $path, token => $t->bearer, %arg) }

# Ends the application's token at X.
sub end_token () { return $sandbox->behave('twitter.search_recent', times => 1, error => {code => 89}) }

sub asked () { return $sandbox->calls('twitter.app_token') }

subtest '50 requests at once are one request for a token' => sub {
    $sandbox->behave('twitter.app_token', times => 1, delay => 500);
    my @answers
        = $t->together(map { [GET => "/app$search", headers => {Authorization => 'Bearer ' . $t->bearer}] } 1 .. 50);
    is_deeply([map { $_->status } @answers], [(200) x 50], 'fifty calls at once succeed');
    is(asked(),                     1,   'fifty calls at once fetch one token');
    is(call("/app$search")->status, 200, 'a later call succeeds');
    is(asked(),                     1,   'a later call fetches no token');
    my ($request) = $sandbox->seen('twitter.app_token');
    is_deeply($request->{params}, {grant_type => 'client_credentials'}, 'the token request has the documented body');
    like($request->{headers}{authorization}, qr/^Basic /, 'the token request authenticates with key and secret');
};

like(call('/echo/')->body, qr/^Bearer A{22}\w+%2F\w+%3D\w+$/, 'the token is used to the letter');
is_envelope($t->api(GET => "/app$search"), 401, 'Token required', 'a call without a bearer token is refused');

$t->reload(drained => 1);
is(call("/app$search")->status, 200, 'the token outlives a reload');
is(asked(),                     1,   'a reload fetches no token');

subtest 'a token that the provider refuses' => sub {
    end_token();
    is(call("/app$search")->status, 401, 'the answer goes to the caller');
    ok($t->wait_for(sub { call("/app$search")->status == 200 && asked() == 2 }),
        'a refused token is replaced in the background');
    is(call("/app$search")->status, 200, 'the replaced token is good');
    is(asked(),                     2,   'the replaced token is good for several calls');
};

subtest 'a token that is refused again and again' => sub {
    $sandbox->behave('twitter.search_recent', error => {code => 89});
    my $before = asked();
    is(call("/app$search")->status, 401, 'calls are refused') for 1 .. 20;
    cmp_ok(asked() - $before, '<=', 1, 'the provider is asked for another once, and gives the same');
    $sandbox->forgive;
    is(call("/app$search")->status, 200, 'a call succeeds when the provider has recovered');
};

subtest 'an error_page tries once more' => sub {
    my $t2   = Social::Test->new->gateway(providers => ['twitter', 'oauth2'], server => $server, %echo)->start;
    my $call = sub ($path) { $t2->api(GET => $path, token => $t2->bearer) };
    is($call->("/again$search")->status, 200, 'a good token');
    $t2->sandbox->behave('twitter.search_recent', times => 1, error => {code => 89});
    is($call->("/again$search")->status,         200,   'a refused token is replaced without an error for the caller');
    is($t2->sandbox->calls('twitter.app_token'), 2,     'a refused token causes a second token request');
    is($t2->sandbox->calls('twitter.search_recent'), 3, 'a refused call is sent again with the new token');
};

subtest 'the provider gives no token' => sub {
    my $t3   = Social::Test->new->gateway(providers => ['twitter', 'oauth2'], server => $server, %echo)->start;
    my $call = sub ($path) { $t3->api(GET => $path, token => $t3->bearer) };
    $t3->sandbox->behave('twitter.app_token', error => {code => 99});
    my $what = 'the provider gave no token to the application';
    is_envelope($call->("/app$search"), 502, 'twitter is not answering, please try again', devMessage => $what);
    my $begin = time;
    is($call->("/app$search")->status, 502, 'calls fail at once while the provider gives no token') for 1 .. 5;
    cmp_ok($t3->sandbox->calls('twitter.app_token'), '<=', 2, 'failed token requests are not repeated at once');
    $t3->sandbox->forgive;
    ok($t3->wait_for(sub { $call->("/app$search")->status == 200 }, 10),
        'calls succeed when the provider gives a token');
};

subtest 'a token with an end is renewed' => sub {
    $sandbox->configure('oidc', access_ttl => 2);
    my $first = call('/generic/')->body;
    like($first, qr/^Bearer \w+/, 'a generic provider gives an app token');
    is(call('/generic/')->body, $first, 'good for more than one call');
    sleep 2.1;
    isnt(call('/generic/')->body, $first, 'the token is renewed after its lifetime');
};

subtest 'two instances with one Redis share one token' => sub {
    my $one   = Social::Test->new(redis  => 1,    workers => 2);
    my $two   = Social::Test->new(beside => $one, workers => 2);
    my @both  = ($one, $two);
    my $asked = sub () { $one->sandbox->calls('twitter.app_token') };
    $_->gateway(providers => ['twitter', 'oauth2'], server => $server, %echo)->start for @both;

    $one->sandbox->behave('twitter.app_token', times => 1, delay => 500);
    my $bytes = sub ($path) {
        Social::Test::RawConnection->format_request(
            method    => 'GET',
            target    => $path,
            authority => 'gateway',
            headers   => {Authorization => 'Bearer ' . $one->bearer},
        );
    };
    my @wires = map { $both[$_ % 2]->wire } 1 .. 50;
    $_->put($bytes->("/app$search")) for @wires;
    is_deeply(
        [map { $_->read_response->status } @wires],
        [(200) x 50],
        '50 requests at once, in turns at both, are answered'
    );
    is($asked->(), 1, 'both instances share one token request');
    my @sent = map { $_->api(GET => '/echo/', token => $_->bearer)->body } @both;
    like($sent[0], qr/^Bearer A{22}/, 'the first instance sends the app token');
    is($sent[1], $sent[0], 'both instances send the same app token');

    $one->sandbox->behave('twitter.search_recent', times => 1, error => {code => 89});
    is($one->api(GET => "/app$search", token => $one->bearer)->status, 401, 'the provider refuses it at one');
    ok( $two->wait_for(
            sub { $two->api(GET => "/app$search", token => $two->bearer)->status == 200 && $asked->() == 2 }
        ),
        'the other instance replaces the refused token'
    );
    is($_->api(GET => "/app$search", token => $_->bearer)->status, 200, 'later calls at both instances succeed')
        for @both, @both;
    is($asked->(), 2, 'later calls use the replaced token');

    my $late = Social::Test->new(beside => $one)->gateway(providers => ['twitter', 'oauth2'], server => $server, %echo)
        ->start;
    is($late->api(GET => "/app$search", token => $late->bearer)->status, 200, 'an instance that comes later works');
    is($asked->(),                                                       2,   'a later instance uses the stored token');
};

done_testing;
