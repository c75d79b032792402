# social_credential beside what nginx's proxy makes of a request: clones of it for slices and for updates of the
# cache, another method, another body. The sandbox refuses a signature of any other request, and a nonce that it
# has seen before.
use lib 't/lib';
use Social::Test;

use Social::Test::Backend;
use Time::HiRes qw(sleep);

my $FILE    = join '', 'a' .. 'z';
my $backend = Social::Test::Backend->new(
    sub ($request) {
        my ($from, $to) = ($request->{headers}{range} // '') =~ /^bytes=(\d+)-(\d+)$/ or return [200, {}, $FILE];
        $to = length($FILE) - 1 if $to >= length $FILE;
        return [
            206, {'Content-Range' => "bytes $from-$to/" . length($FILE), ETag => '"x"'},
            substr $FILE, $from, $to - $from + 1
        ];
    }
);

my @providers = (
    providers => ['twitter', 'facebook'],
    provider  => {facebook => {access_token => 'page-token-of-the-operator'}},
);
my $t      = Social::Test->new->secret('page-token-of-the-operator');
my $cached = 'proxy_cache pages; proxy_cache_key $request_uri; proxy_cache_valid 200 1s;'
    . ' proxy_cache_use_stale updating; proxy_cache_background_update on;';
my $sliced = 'slice 10; proxy_cache pages; proxy_cache_key $uri$slice_range; proxy_cache_valid 200 206 1h;'
    . ' proxy_set_header Range $slice_range; proxy_set_header Authorization $social_authorization;';

sub location ($path, $credential, $more, $upstream = '%%SANDBOX%%') {
    return "location $path { social_credential $credential; $more proxy_pass $upstream; }\n";
}

sub to_twitter ($path) { return "rewrite ^$path(.*)\$ /twitter/\$1 break;" }

$t->gateway(
    @providers,
    http => <<~'CONF',
        proxy_cache_path %%DIR%%/temp/pages keys_zone=pages:1m;
        add_header X-Cache $upstream_cache_status always;
        CONF
    server => join '',
    "proxy_set_header Authorization \$social_authorization; social_bearer on;\n",
    location('/cached/',       'twitter session=$http_x_session_id', $cached . to_twitter('/cached/')),
    location('/owner/',        'twitter owner',                      $cached . to_twitter('/owner/')),
    location('/page/',         'facebook owner', $cached, $backend->url),
    location('/app/',          'twitter app',    $cached . to_twitter('/app/')),
    location('/slices/signed', 'twitter owner',  $sliced, $backend->url),
    location('/slices/bearer', 'facebook owner', $sliced, $backend->url),
    location('/method/',       'twitter owner',  'proxy_method $arg_m;' . to_twitter('/method/')),
    location('/literal/',      'twitter owner',  'proxy_method GET;' . to_twitter('/literal/')),
    location(
        '/bodiless/',
        'twitter owner',
        'proxy_pass_request_body off; proxy_set_header Content-Length ""; '
            . 'proxy_set_header Authorization $social_authorization;'
            . to_twitter('/bodiless/')
    ),
    location('/body/', 'twitter owner', 'proxy_set_body "status=$arg_text&a=1";' . to_twitter('/body/')),
    location(
        '/deep/',
        'twitter owner',
        to_twitter('/deep/')
            . ' location /deep/body/ { '
            . to_twitter('/deep/body/')
            . ' proxy_set_body "b=$arg_text"; proxy_pass %%SANDBOX%%; }'
    ),
)->start;
my $sandbox = $t->sandbox;
my $session = $t->login('twitter');

sub call ($method, $path, %arg) {
    return $t->api(
        $method => $path,
        token   => $t->bearer,
        %arg,
        headers => {'X-Session-Id' => $session, %{$arg{headers} // {}}}
    );
}

sub seen ($pattern) {
    return grep { $_->{target} =~ $pattern } $backend->requests;
}

for my $case (['cached' => 'the user of a session'], ['owner' => "the operator's account"]) {
    my ($path, $who) = @$case;
    subtest "an update of the cache in the background, signed for $who" => sub {
        my $url = "/$path/2/users/me?user.fields=verified";
        is(call(GET => $url)->header('X-Cache'), 'MISS', 'the first request asks the provider');
        for my $round (1 .. 2) {
            sleep 2.1;
            my $calls = $sandbox->calls('twitter.me');
            my $stale = call(GET => $url);
            like($stale->header('X-Cache'), qr/^(?:STALE|UPDATING)$/, 'a stale answer is served');
            ok($t->wait_for(sub { $sandbox->calls('twitter.me') > $calls }), 'the provider is asked in the background');
            ok( $t->wait_for(sub { call(GET => $url)->header('X-Cache') eq 'HIT' }, 0.8),
                'the background request is signed and refreshes the cache'
            );
        }
    };
}

subtest 'an update of the cache in the background with a bearer token' => sub {
    call(GET => '/page/x');
    sleep 2.1;
    call(GET => '/page/x');
    ok($t->wait_for(sub { seen(qr{^/page/x}) == 2 }), 'the update is sent');
    is_deeply(
        [map { $_->{headers}{authorization} } seen(qr{^/page/x})],
        [('Bearer page-token-of-the-operator') x 2],
        'cached calls send the token of the request'
    );
};

subtest 'an update of the cache finds a token of the application that has been taken back' => sub {
    my $url = '/app/2/tweets/search/recent?query=x';
    is(call(GET => $url)->status,            200, 'the first request');
    is($sandbox->calls('twitter.app_token'), 1,   'the first request fetches an app token');
    $sandbox->behave('twitter.search_recent', times => 1, status => 401, json => {errors => [{code => 89}]});
    sleep 2.1;
    my $calls = $sandbox->calls('twitter.search_recent');
    call(GET => $url);
    ok($t->wait_for(sub { $sandbox->calls('twitter.search_recent') == $calls + 1 }), 'the update is refused');
    sleep 0.2;
    call(GET => "$url&again=1");
    is($sandbox->calls('twitter.app_token'), 2, 'the request after a refusal fetches another token');
};

subtest 'slices' => sub {
    is(call(GET => '/slices/bearer')->body, $FILE, 'slices with a bearer token make the whole file');
    is_deeply(
        [map { $_->{headers}{authorization} } seen(qr{^/slices/bearer})],
        [('Bearer page-token-of-the-operator') x 3],
        'each slice is requested with the token'
    );
    is(call(GET => '/slices/signed')->body, $FILE, 'slices with a signature make the whole file');
    my @signatures = map { $_->{headers}{authorization} // '' } seen(qr{^/slices/signed});
    my %nonces     = map { (/oauth_nonce="([^"]+)"/)[0] // '' => 1 } @signatures;
    is(scalar @signatures,  3, 'each slice is requested');
    is(scalar keys %nonces, 3, 'each slice has a nonce of its own');
    ok(!$nonces{''}, 'each slice has a signature of its own') or diag explain \@signatures;
};

subtest 'the method' => sub {
    is(call(HEAD => '/owner/2/users/me?head=1')->status, 200, 'HEAD, which the cache makes GET, is signed as GET');
    is(call(POST => '/literal/2/users/me', body => '{}')->status, 200, 'proxy_method is signed');
    is(call(POST => '/method/2/users/me?m=GET')->status,          200, 'proxy_method with variables is signed');
    is(call(GET  => '/method/2/users/me?m=GET')->status,          200, 'proxy_method that keeps the method is signed');
};

# X has no use for anything but JSON there; it says so behind a look at the signature.
sub is_signed ($response, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return like($response->status . ' ' . $response->body, qr/^400 .*"title":"Invalid Request"/, $name);
}

subtest 'the body' => sub {
    my @form = (form => {status => 'hello', a => 'b c'});
    is_signed(call(POST => '/deep/2/tweets',            @form), 'a form that is passed on is signed');
    is_signed(call(POST => '/bodiless/2/tweets',        @form), 'a form that is not passed on is not signed');
    is_signed(call(POST => '/body/2/tweets?text=x%20y', @form), 'proxy_set_body replaces the signed form')
        or diag 'proxy_set_body sends the argument as it is';
    is_signed(call(POST => '/deep/body/2/tweets?text=1', @form), 'proxy_set_body of a nested location is signed');
};

done_testing;
