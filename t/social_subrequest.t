# Endpoints that another request of nginx leads to: mirror, auth_request, SSI, post_action and an error page.
# Such a request may have no body, no client, and no answer that anybody sends.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Social::Test::Gateway;
use Social::Test::TokenApi qw(json_of);
use Time::HiRes            qw(sleep);

my $backend = Social::Test::Backend->new(sub ($request) { [200, {'Content-Type' => 'text/html'}, 'upstream'] });
my $copied  = 'mirror_request_body off; proxy_pass ' . $backend->url . ';';

my $t = Social::Test->new->secret($Social::Test::Gateway::PASSWORD);
$t->gateway(
    providers => ['facebook', 'twitter_oauth2'],
    provider  => {twitter_oauth2 => {scope => 'tweet.read users.read offline.access'}},
    http      => 'client_body_buffer_size 1k;',
    server    => <<~"CONF",
        location = /copy/authenticate  { mirror /api/authenticate; $copied }
        location = /copy/deauthorize   { mirror /facebook/deauthorize; $copied }
        location = /copy/data-deletion { mirror /facebook/data-deletion; $copied }
        location = /copy/session       { mirror /api/session/x; $copied }
        location = /copy/auth          { mirror /facebook/auth; $copied }

        location = /mirrored { client_body_in_file_only clean; mirror /drop; social_authenticate; }
        location = /drop     { internal; proxy_pass @{[$backend->url]}; }

        location /asked/   { auth_request /check; proxy_pass @{[$backend->url]}; }
        location = /guarded { social_bearer on; mirror /api/authenticate; $copied }
        location = /check  { internal; rewrite ^ /api/session/\$http_x_session_id last; }
        location /failing/ { proxy_intercept_errors on; error_page 405 = \@login; return 405; }
        location \@login   { social_authenticate; }

        location /page/ { ssi on; root %%DIR%%; }

        location = /after/none     { post_action /api/authenticate; proxy_pass @{[$backend->url]}; }
        location ~ ^/late/facebook/callback { post_action \@after; social_callback facebook; }
        location /late/2/ {
            post_action \@after; social_bearer on; social_credential twitter_oauth2 session=\$http_x_session_id;
            proxy_set_header Authorization \$social_authorization; proxy_pass @{[$backend->url]};
        }
        location \@after { access_log off; rewrite ^ /after break; proxy_pass @{[$backend->url]}; }
        CONF
)->start;

my ($worker) = $t->nginx->workers;
my %good = (email          => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => '169');
my @JSON = ('Content-Type' => 'application/json');

sub is_alive ($name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_deeply([$t->nginx->workers], [$worker], $name);
}

subtest 'a mirrored request without a body' => sub {
    for my $endpoint (qw(authenticate deauthorize data-deletion session auth)) {
        for my $type ('application/json', 'application/x-www-form-urlencoded') {
            my $response
                = $t->api(POST => "/copy/$endpoint", body => json_of(%good), headers => {'Content-Type' => $type});
            is($response->body, 'upstream', "$endpoint with $type: the request itself is answered");
            is($t->api(GET => "/copy/$endpoint")->body,
                'upstream', "$endpoint with GET: the request itself is answered");
        }
        is_alive("a mirror to $endpoint harms no worker");
    }
    like(
        $t->log->text,
        qr/social: The request body is empty, .*subrequest: "\/api\/authenticate"/,
        'the subrequest has been refused'
    );
};

subtest 'a body that the mirror has written to a file' => sub {
    for my $size (0, 2000, 8000) {
        my $response = $t->api(POST => '/mirrored', body => json_of(%good, pad => 'x' x $size), headers => {@JSON});
        is($response->status, 200, "a login with $size bytes more");
        $t->secret($response->json->{token});
    }
    my $response = $t->api(POST => '/mirrored', body => json_of(%good, pad => 'x' x 9000), headers => {@JSON});
    is_envelope($response, 413, 'The request body is larger than 8 KiB', 'the limit of 8 KiB holds');
    my $large = $t->api(POST => '/mirrored', body => 'x' x 3_000_000, headers => {@JSON});
    is_envelope(
        $large, 413,
        'The request body is larger than 8 KiB',
        'a body of megabytes is refused in the same words'
    );
    is((grep { length $_->{body} > 1_048_576 } $backend->requests), 0, 'the mirror gets no body that is refused');
};

subtest 'an error page that takes the login' => sub {
    my $response = $t->api(POST => '/failing/x', body => json_of(%good), headers => {@JSON});
    is($response->status, 200, 'reads the body of the request');
    $t->secret($response->json->{token});
};

subtest 'auth_request to a session' => sub {
    my $id   = $t->login('facebook');
    my %of   = (headers => {'X-Session-Id' => $id});
    my $good = $t->api(GET => '/asked/x', token => $t->bearer, %of);
    is($good->body, 'upstream', 'admits who may read it');
    my $none = $t->api(GET => '/asked/x', %of);
    is($none->status, 401, 'auth_request refuses a request without a token');
    is_deeply([$none->header_all('WWW-Authenticate')],
        ['Bearer realm="social"'], 'auth_request passes the challenge on');
    my $bad = $t->api(GET => '/asked/x', headers => {%{$of{headers}}, Authorization => 'Bearer x'});
    like($bad->header('WWW-Authenticate'),
        qr/error="invalid_token"/, 'auth_request passes the reason of the refusal on');
};

subtest 'an answer in a page' => sub {
    mkdir $t->dir . '/page';
    my $auth  = '/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2F';
    my $write = sub ($name, $uri) {
        open my $out, '>', $t->dir . "/page/$name.html" or die "$name: $!\n";
        print {$out} qq(before <!--# include virtual="$uri" --> after);
        close $out;
    };
    $write->(redirect => $auth);
    $write->(error    => '/api/session/x');
    $write->(landing  => '/facebook/session');
    is($t->get('/page/redirect.html')->body, 'before  after', 'an included redirect leaves no trace');
    like($t->get('/page/error.html')->body, qr/^before \{.*Token required.*\} after$/, 'an error stands in its place');
    like(
        $t->get('/page/landing.html')->body,
        qr/^before <!doctype html>.*after$/is,
        'an included page stands in its place'
    );
    is_alive('the worker lives');
};

subtest 'post_action' => sub {
    my $response = $t->api(POST => '/after/none', body => json_of(%good), headers => {@JSON});
    is($response->body, 'upstream', 'the request is answered before');
    is_alive('an endpoint that has nobody to answer harms no worker');

    # nginx logs the request behind its post_action, and so behind the answer.
    my $logged = $t->wait_for(
        sub {
            (grep {m{/after/none}} $t->log->lines('access.log'))[0];
        }
    );
    like($logged, qr/ 200 \S+$/, 'the log has the status of the answer');
};

subtest 'a subrequest of a request that has a result of its own' => sub {
    is($t->api(POST => '/guarded', token => $t->bearer, headers => {@JSON}, body => '')->body,
        'upstream', 'a guarded request with a mirror is answered');
    ok( $t->wait_for(
            sub {
                grep {m{/guarded}} $t->log->lines('access.log');
            }
        ),
        'the request is logged'
    );
    like(
        (grep {m{/guarded}} $t->log->lines('access.log'))[0],
        qr/ 200 admitted$/,
        'a guarded request with a mirror is logged as admitted'
    );
};

subtest 'post_action behind a client that leaves while the provider is asked' => sub {
    for my $delay (200, 500) {
        my $browser  = $t->browser;
        my $callback = $browser->callback_of('facebook', redirect => 'https://mysite.example/welcome');
        my $to       = $browser->target_of($callback);
        my $bytes    = $browser->bytes_of(GET => $to) =~ s{^GET /facebook}{GET /late/facebook}r;
        $t->sandbox->reset_calls;
        $t->sandbox->behave('facebook.access_token', delay => $delay, times => 1);
        my $before = grep { $_->{target} =~ m{^/after} } $backend->requests;
        my $wire   = $t->wire;
        $wire->put($bytes);
        ok($t->wait_for(sub { $t->sandbox->calls('facebook.access_token') == 1 }), 'the provider is asked');
        $wire->hang_up;
        ok( $t->wait_for(
                sub {
                    $before < grep { $_->{target} =~ m{^/after} } $backend->requests;
                }
            ),
            'the action runs'
        );
        sleep 0.6;
        is($t->sandbox->calls('facebook.me'), 0, 'the login does not go on');
        is_alive('the worker lives');
    }
};

subtest 'post_action behind a client that leaves while a token is refreshed' => sub {
    $t->sandbox->configure('twitter', access_ttl => 1);
    my $id = $t->login('twitter_oauth2');
    $t->sandbox->configure('twitter', access_ttl => 7200);
    $t->sandbox->behave('twitter.refresh', times => 1, delay => 700);
    sleep 1.05;
    my $before = grep { $_->{target} =~ m{^/after} } $backend->requests;
    my $wire   = $t->wire;
    $wire->put(
        Social::Test::RawConnection->format_request(
            method    => 'GET',
            target    => '/late/2/x',
            authority => 'gateway',
            headers   => {Authorization => 'Bearer ' . $t->bearer, 'X-Session-Id' => $id},
        )
    );
    ok($t->wait_for(sub { $t->sandbox->calls('twitter.refresh') == 1 }), 'the provider is asked');
    $wire->hang_up;
    ok( $t->wait_for(
            sub {
                $before < grep { $_->{target} =~ m{^/after} } $backend->requests;
            }
        ),
        'the action runs'
    );
    sleep 1;
    is(scalar(grep { $_->{target} =~ m{^/late} } $backend->requests),  0, 'the request is not passed on any more');
    is(scalar(grep { $_->{target} =~ m{^/after} } $backend->requests), $before + 1, 'the action runs once');
    is_alive('the worker lives');
};

done_testing;
