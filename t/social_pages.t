# The pages that people see: in their language, with headers that keep what is on them on them, showing
# nothing that came from the network except session ids of our own.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';
my $LINK = qr{<a class="button" href="[^"]+/facebook/auth\?redirectUrl=https%3A%2F%2Fmysite\.example%2Fwelcome">};

my $t   = Social::Test->new;
my $own = $t->url;
$t->gateway(site => {origin => ['https://mysite.example', $own]})->start;

# name => [status, how to get there, title in English, title in Indonesian]
my %page = (
    landing => [
        200,
        sub (%headers) { $t->get('/facebook/session?sessionId=' . landing_id(), headers => \%headers) },
        'You are logged in',
        'Anda sudah masuk'
    ],
    'wrong-site' => [
        400,
        sub (%headers) { $t->get('/facebook/auth?redirectUrl=https://evil.example/', headers => \%headers) },
        'Wrong site url',
        'URL situs salah'
    ],
    refused => [
        403,
        sub (%headers) { callback_with('error=access_denied', {}, %headers) },
        'Login canceled',
        'Proses masuk dibatalkan'
    ],
    expired => [
        400,
        sub (%headers) { $t->get('/facebook/callback?code=x', headers => \%headers) },
        'This login is no longer valid',
        'Proses masuk ini tidak berlaku lagi'
    ],
    provider => [
        502,
        sub (%headers) { callback_with('code=x', {status => 500}, %headers) },
        'Facebook is not answering',
        'Facebook tidak merespons'
    ],
);

my $landing_id;
sub landing_id { return $landing_id //= $t->login('facebook', redirect => "$own/facebook/session") }

# A callback of this browser with that query, the token endpoint behaving so.
sub callback_with ($query, $how, %headers) {
    my $browser = $t->browser;
    my ($state) = $browser->callback_of('facebook', redirect => $SITE) =~ /[?&]state=([^&#]+)/;
    $t->sandbox->behave('facebook.access_token', %$how, times => 1) if %$how;
    return $browser->get("/facebook/callback?$query&state=$state", headers => \%headers);
}

for my $name (sort keys %page) {
    my ($status, $get, $english, $indonesian) = @{$page{$name}};
    subtest "the page $name" => sub {
        my $page = $get->();
        is_page($page, $status, qr{<html lang="en">.*<h1>\Q$english\E</h1>}s, 'the page is in English');
        is_page(
            $get->('Accept-Language' => 'id-ID,id;q=0.9,en;q=0.5'),
            $status,
            qr{<html lang="id">.*<h1>\Q$indonesian\E</h1>}s,
            'the page is in Indonesian for an Indonesian browser'
        );
        is_page(
            $get->('Accept-Language' => 'de,fr;q=0.5'),
            $status,
            qr{<html lang="en">},
            'the page is in English for other languages'
        );
        is($page->header('Vary'), 'Accept, Accept-Language', 'the page varies by Accept and Accept-Language');
        my $policy = $page->header('Content-Security-Policy');
        like($policy, qr/default-src 'none'/,     'the policy allows no source by default');
        like($policy, qr/frame-ancestors 'none'/, 'the policy allows no frame');
        like($policy, qr/form-action 'none'/,     'the policy allows no form');
        unlike($policy, qr/unsafe|\*|https?:/, 'the policy has no exception');
        unlike(
            $page->body,
            qr/\son\w+=|style="|javascript:|<(?:img|iframe|script src|link rel="style)/i,
            'the page has nothing inline'
        );
        unlike($page->body, qr/\{\{|\}\}/, 'the page has no placeholder left');
        my $json = $get->(Accept => 'application/json, text/html;q=0.9');
        is($json->header('Content-Type'), 'application/json; charset=utf-8', 'a program gets the envelope')
            if $status != 200;
        is($get->(Accept => $_)->header('Content-Type'), 'text/html; charset=utf-8', "Accept $_ gets the page")
            for '*/*', 'text/html, application/json;q=0.9', 'text/html,application/xhtml+xml,*/*;q=0.8',
            'application/json;q=0';
    };
}

subtest 'where the login is known, there is a link to try again' => sub {
    like($page{$_}[1]->()->body, $LINK, "the page $_ has a link to another login") for qw(refused provider);
    unlike($page{$_}[1]->()->body, qr/class="button"/, "the page $_ has no link to another login")
        for qw(wrong-site expired landing);
};

subtest 'a site may end at the gateway itself' => sub {
    my $browser = $t->browser;
    my $end     = $browser->login('facebook', redirect => "$own/facebook/session");
    like($end->location, qr{^\Q$own\E/facebook/session\?sessionId=\w{92}#_=_$}, 'the login ends at the landing page');
    my $id   = $end->session_id;
    my $page = $browser->follow($end);
    like($page->body, qr{<output id="session-id"[^>]*>$id</output>}, 'the landing page shows the session id');
    is($t->session('facebook', $id)->{profile}{name}, 'Ovan Donnovan', 'the landing page shows the id of that session');
    my $head = $t->request(HEAD => "/facebook/session?sessionId=$id");
    is($head->status, 200, 'HEAD is GET');
    is($head->body,   '',  'HEAD of the landing page has no body');

    for my $method (qw(POST PUT DELETE OPTIONS)) {
        my $response = $t->request($method, "/facebook/session?sessionId=$id");
        is($response->status,          405,         "$method is refused");
        is($response->header('Allow'), 'GET, HEAD', "$method: Allow is GET, HEAD");
    }
};

subtest 'the landing page shows what we sealed, and nothing else' => sub {
    my $id     = landing_id();
    my $flawed = $id;
    substr($flawed, 40, 1) =~ tr/A-Za-z0-9/B-ZAb-za1-90/;
    my $blank = $t->get('/facebook/session')->body;
    for my $query (
        '',                                            'sessionId=',
        "sessionId=$flawed",                           'sessionId=' . lc $id,
        "sessionId=$id$id",                            'sessionId=' . substr($id, 0, 91),
        "sessionId=$id&sessionId=$id",                 "sessionId=$id&sessionId=x",
        "sessionid=$id",                               "id=$id",
        "sessionId=%20$id",                            "sessionId=$id%00",
        'sessionId=%3Cscript%3Ealert(1)%3C/script%3E', 'sessionId=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E',
        'sessionId=%E2%80%A8',                         'sessionId=' . 'A' x 92,
        'sessionId=%zz',                               'sessionId=%0d%0aSet-Cookie:a=b',
        "sessionId={{title}}",
        )
    {
        my $page = $t->get("/facebook/session?$query");
        is_page($page, 400, qr/no longer valid/, substr "refuses $query", 0, 60);
        is($page->body, $blank, 'the error page repeats nothing of the query');
    }
    is_envelope($t->get('/facebook/session?sessionId=x', headers => {Accept => 'application/json'}), 400, 'No session');
    is($t->get("/nobody/session?sessionId=$id")->status, 404, 'an unknown provider has no landing page');
};

subtest 'a program gets the envelope' => sub {
    my @accept = (Accept => 'application/json');
    is_envelope($page{'wrong-site'}[1]->(@accept), 400, 'Wrong site url');
    is_envelope($page{refused}[1]->(@accept),      403, 'The login was refused at the provider');
    is_envelope($page{expired}[1]->(@accept),      400, 'This login was not begun in this browser, or is too old');
    is_envelope(
        $page{provider}[1]->(@accept),
        502,
        'facebook is not answering, please try again',
        devMessage => 'the provider gave no token: HTTP 500'
    );
};

subtest 'the redirects of a login are kept by nobody' => sub {
    my $browser = $t->browser;
    my $first   = $browser->get('/facebook/auth?redirectUrl=https%3A%2F%2Fmysite.example%2Fwelcome');
    my $last    = $browser->login('facebook', redirect => $SITE);
    for my $response ($first, $last) {
        is($response->status,                                   302,           'a redirect');
        is(join('|', $response->header_all('Cache-Control')),   'no-store',    'a redirect is not stored');
        is(join('|', $response->header_all('Referrer-Policy')), 'no-referrer', 'a redirect sends no referrer');
        is($response->body,                                     '',            'a redirect has no body');
    }
};

done_testing;
