# Requests that njs and Lua make inside nginx: without a body, without a header field, in a request whose body
# somebody has read or thrown away. Both are packages of Debian, for the nginx of Debian.
use lib 't/lib';
use Social::Test;

use Social::Test::Gateway;
use Social::Test::TokenApi qw(json_of);

my %good = (email          => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => '169');
my @JSON = ('Content-Type' => 'application/json');
my $NONE = qr/^400 .*The request body is empty/;
my $TYPE = qr/^415 .*The request body must be application\/json/;

# A gateway with these modules, or undef where this nginx takes none of them.
sub gateway_with ($modules, %option) {
    my $t    = Social::Test->new(sandbox => 1)->secret($Social::Test::Gateway::PASSWORD);
    my $load = join "\n", map {"load_module /usr/lib/nginx/modules/$_.so;"} @$modules;
    my $why  = $t->conf_error(main => $load, server => '');
    return (undef, $why) if $why;
    for my $name (keys %{$option{files} // {}}) { $t->file($name, $option{files}{$name}) }
    $t->gateway(main => $load, http => $option{http}, server => $option{server})->start;
    return ($t);
}

# What the scripts answer: the status of the subrequest and its body.
sub are_answered ($t, @cases) {
    my ($worker) = $t->nginx->workers;
    for my $case (@cases) {
        my ($method, $path, $pattern, $name, %arg) = @$case;
        my $response = $t->api($method => $path, body => json_of(%good), headers => {@JSON}, %arg);
        like($response->status == 200 ? $response->body : $response->status . ' ' . $response->body, $pattern, $name);
        $t->secret($response->body =~ /"token":"([^"]+)/);
    }
    return is_deeply([$t->nginx->workers], [$worker], 'the worker lives');
}

subtest 'Lua' => sub {
    my $call = sub ($path, $options) {
        return "content_by_lua_block { local answer = ngx.location.capture($path, $options) "
            . "ngx.print(answer.status, ' ', answer.body) }";
    };
    my $body = json_of(%good) =~ s/'/\\'/gr;
    my ($t, $why) = gateway_with(
        ['ndk_http_module', 'ngx_http_lua_module'],
        http   => 'lua_package_path "/usr/share/lua/5.1/?.lua;;";',
        server => <<~"CONF",
            location = /none    { @{[$call->("'/api/authenticate'", '{method = ngx.HTTP_POST}')]} }
            location = /body    { @{[$call->("'/api/authenticate'", "{method = ngx.HTTP_POST, body = '$body'}")]} }
            location = /forget  { @{[$call->("'/facebook/deauthorize'", '{method = ngx.HTTP_POST}')]} }
            location = /delete  {
                @{[$call->("'/api/session/' .. ngx.var.http_x_session_id", '{method = ngx.HTTP_DELETE}')]}
            }
            location = /untyped {
                rewrite_by_lua_block { ngx.req.clear_header('Content-Type') }
                @{[$call->("'/api/authenticate'", '{method = ngx.HTTP_POST}')]}
            }
            location = /discarded { rewrite_by_lua_block { ngx.req.discard_body() ngx.exec('/api/authenticate') } }
            location = /read      { rewrite_by_lua_block { ngx.req.read_body() ngx.exec('/api/authenticate') } }
            location = /replaced  {
                rewrite_by_lua_block { ngx.req.read_body() ngx.req.set_body_data('{}') ngx.exec('/api/authenticate') }
            }
            CONF
    );
    plan skip_all => "this nginx does not load them: $why" if !$t;
    are_answered(
        $t,
        [POST => '/none',      $NONE,                                       'a POST without a body'],
        [POST => '/body',      qr/^200 .*"token"/,                          'one with a body of its own'],
        [POST => '/forget',    qr/^400 .*signed_request is not valid/,      "a POST to Meta's callback"],
        [POST => '/untyped',   $TYPE,                                       'one without a type'],
        [POST => '/discarded', $NONE,                                       'a request whose body is thrown away'],
        [POST => '/read',      qr/"token"/,                                 'one whose body has been read'],
        [POST => '/replaced',  qr/email, password and siteId are required/, 'one whose body has been replaced'],
        [   GET => '/delete',
            qr/^204 \z/, 'a DELETE, whose answer is empty',
            body    => undef,
            token   => $t->bearer,
            headers => {'X-Session-Id' => $t->login('facebook')}
        ],
    );
};

subtest 'njs' => sub {
    my ($t, $why) = gateway_with(
        ['ngx_http_js_module'],
        http  => 'js_path %%DIR%%/conf; js_import script from script.js;',
        files => {'script.js' => <<~'JS'},
            async function answer(r, uri, options) {
                const reply = await r.subrequest(uri, options);
                r.return(200, reply.status + ' ' + reply.responseText);
            }
            const none = r => answer(r, '/api/authenticate', {method: 'POST'});
            const body = r => answer(r, '/api/authenticate', {method: 'POST', body: r.requestText});
            const forget = r => answer(r, '/facebook/deauthorize', {method: 'POST'});
            const remove = r => answer(r, '/api/session/' + r.headersIn['X-Session-Id'], {method: 'DELETE'});
            function detached(r) {
                r.subrequest('/api/authenticate', {method: 'POST', detached: true});
                r.return(200, 'detached');
            }
            export default {none, body, forget, remove, detached};
            JS
        server => join "\n",
        map {"location = /$_ { js_content script.$_; }"} qw(none body forget remove detached)
    );
    plan skip_all => "this nginx does not load it: $why" if !$t;
    are_answered(
        $t,
        [POST => '/none', qr/^(?:400 .*The request body is empty|200 .*"token")/, 'a POST without a body of its own'],
        [GET  => '/none', $TYPE, 'in a request without one',                    body => undef, headers => {}],
        [GET  => '/none', $NONE, 'a request without a body has the type alone', body => undef, headers => {@JSON}],
        [POST => '/body',     qr/^200 .*"token"/,                     'one with a body'],
        [POST => '/forget',   qr/^400 .*signed_request is not valid/, "a POST to Meta's callback"],
        [POST => '/detached', qr/^detached\z/,                        'one that nobody waits for'],
        [   GET => '/remove',
            qr/^204 \z/, 'a DELETE, whose answer is empty',
            body    => undef,
            token   => $t->bearer,
            headers => {'X-Session-Id' => $t->login('facebook')}
        ],
    );
};

done_testing;
