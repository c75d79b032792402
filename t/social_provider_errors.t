# Whatever a provider answers in place of what it should: the user gets the 502 page with the link to try
# again, a program the envelope, the code is sent once, and the next login works.
use lib 't/lib';
use Social::Test;

my $SITE  = 'https://mysite.example/welcome';
my $LINK  = qr{href="[^"]+/facebook/auth\?redirectUrl=https%3A%2F%2Fmysite\.example%2Fwelcome"};
my $TRY   = 'facebook is not answering, please try again';
my $TOKEN = 'the provider gave no token';
my $USER  = 'the provider did not say who the user is';
my $LIST  = 'the provider did not list the accounts';
my $OTHER = 'the exchange with the provider failed';

my $t = Social::Test->new->gateway(provider => {facebook => {timeout => '2s'}})->start;

# The end of a login during which an endpoint of the provider behaves so.
sub end_of_login ($endpoint, $how, %headers) {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    $t->sandbox->reset_calls;
    $t->sandbox->behave("facebook.$endpoint", %$how);
    my $end = $browser->get($callback, headers => \%headers);
    $t->sandbox->forgive("facebook.$endpoint");
    return $end;
}

# fails('access_token', 'what the provider does', {behavior}, qr/developer's message/)
sub fails ($endpoint, $name, $how, $message) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    subtest "$endpoint: $name" => sub {
        my $page = end_of_login($endpoint, $how);
        is_page($page, 502, qr/Facebook is not answering/, 'a page says who failed');
        like($page->body, $LINK, 'the page of the failed login links to another');
        is($t->sandbox->calls('facebook.access_token'), 1, 'the failed login exchanges its code once');
        is_envelope(
            end_of_login($endpoint, $how, Accept => 'application/json'),
            502, $TRY,
            devMessage => $message,
            'a program learns what failed'
        );
    };
    return;
}

# works('me', 'what the provider does', {behavior}): the session's data.
sub works ($endpoint, $name, $how) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $end = end_of_login($endpoint, $how);
    my $id  = $end->session_id;
    ok($id, "$endpoint: $name is taken") or diag $end->body;
    return $id ? $t->session('facebook', $id) : {};
}

my $JSON_OBJECT = qr/: the answer has no usable JSON object$/;

for my $endpoint (qw(access_token exchange)) {
    my @wrong = (
        ['400',             {status => 400},                                             qr/^$TOKEN: HTTP 400$/],
        ['401 with a page', {status => 401, body => '<h1>No</h1>', type => 'text/html'}, qr/^$TOKEN: HTTP 401$/],
        ['500',             {status => 500, body => 'Oops'},                             qr/^$TOKEN: HTTP 500$/],
        ['503',             {status => 503},                                             qr/^$TOKEN: HTTP 503$/],
        ['204',             {status => 204},                                             qr/^$TOKEN$JSON_OBJECT/],
        ['an error', {error => {code => 100, subcode => 36009}}, qr/^$TOKEN: HTTP 400, code 100, subcode 36009$/],
        ['a limit',  {error => {code => 4}},                     qr/^$TOKEN: HTTP 403, code 4$/],
        [   '200 with an error',
            {json => {error => {code => 190, message => 'secret words'}}},
            qr/^$TOKEN: HTTP 200, code 190$/
        ],
        ['200 with an OAuth error', {json    => {error => 'invalid_grant'}}, qr/^$TOKEN: HTTP 200, invalid_grant$/],
        ['an error with markup',    {status  => 400, json => {error => '<script>'}}, qr/^$TOKEN: HTTP 400(?!.*<)/],
        ['no JSON',                 {garbage => 1},                                  qr/^$TOKEN$JSON_OBJECT/],
        ['nothing',                 {body    => ''},                                 qr/^$TOKEN$JSON_OBJECT/],
        ['null',                    {body    => 'null'},                             qr/^$TOKEN$JSON_OBJECT/],
        ['an array',                {json    => [1]},                                qr/^$TOKEN$JSON_OBJECT/],
        ['a text',                  {json    => 'token'},                            qr/^$TOKEN$JSON_OBJECT/],
        ['a form',                  {body    => 'access_token=abc&expires=5000'},    qr/^$TOKEN$JSON_OBJECT/],
        ['two objects',             {body => '{"access_token":"a","token_type":"bearer"}{}'}, qr/^$TOKEN$JSON_OBJECT/],
        [   'a member twice',
            {body => '{"access_token":"a","access_token":"b","token_type":"bearer"}'},
            qr/^$TOKEN$JSON_OBJECT/
        ],
        ['half of it',             {truncate => 20},         qr/^$OTHER: 127\.0\.0\.1: /],
        ['a close at once',        {close    => 'before'},   qr/^$OTHER: 127\.0\.0\.1: /],
        ['a close after the work', {close    => 'after'},    qr/^$OTHER: 127\.0\.0\.1: /],
        ['half of a header',       {close    => 'headers'},  qr/^$TOKEN$JSON_OBJECT/],
        ['2 MB',                   {pad      => 2_000_000},  qr/^the provider's answer is too long: 127\.0\.0\.1: /],
        ['10 MB',                  {pad      => 10_000_000}, qr/^the provider's answer is too long: 127\.0\.0\.1: /],
        [   '10 GB by its own word',
            {body => '{', headers => {'Content-Length' => 10_737_418_240}},
            qr/^the provider's answer is too long: 127\.0\.0\.1: /
        ],
        [   'chunks that are none',
            {body => "zz\r\n{}\r\n0\r\n\r\n", headers => {'Transfer-Encoding' => 'chunked'}},
            qr/^$OTHER: 127\.0\.0\.1: /
        ],
        ['2 MB in a small gzip', {pad => 2_000_000, gzip => 1}, qr/^the provider's answer is too long: 127\.0\.0\.1$/],
        [   'a gzip that is none',
            {body => 'plain', headers => {'Content-Encoding' => 'gzip'}},
            qr/^$OTHER: 127\.0\.0\.1: /
        ],
        ['no token', {drop => ['access_token']}, qr/^$TOKEN: the answer has no usable access_token$/],
        (   map { ["the token $_->[0]", {patch => {access_token => $_->[1]}}, qr/^$TOKEN: .* access_token$/] }
                ['empty', ''],
            ['null',              undef],
            ['a number',          5],
            ['a list',            ['x']],
            ['with a line break', "a\r\nX-Header: b"],
            ['with a blank',      'a b'],
            ['not in ASCII',      "a\x{e9}"],
            ['of 100 KB',         'x' x 100_000]
        ),
        ['a NUL in the token',    {patch => {access_token => "a\0b"}}, qr/^$TOKEN$JSON_OBJECT/],
        ['another type of token', {patch => {token_type   => 'mac'}},  qr/^$TOKEN: .* token_type$/],
        (   map { ["expires_in $_->[0]", {patch => {expires_in => $_->[1]}}, qr/^$TOKEN: .* expires_in$/] } ['-1', -1],
            ['0',      0],
            ['1e300',  1e300],
            ['true',   JSON::PP::true],
            ['a word', 'soon'],
            ['a list', []]
        ),
        [   'an unbounded number',
            {body => '{"access_token":"a","token_type":"bearer","expires_in":1e400}'},
            qr/^$TOKEN$JSON_OBJECT/
        ],
    );
    fails($endpoint, @$_) for @wrong;

    works($endpoint, 'expires_in as a text', {patch => {expires_in => '3600'}});
    works($endpoint, 'no expires_in',        {drop  => ['expires_in']});
    works($endpoint, 'an answer of 1 MB',    {pad   => 1_000_000});
    works($endpoint, 'a compressed answer',  {gzip  => 1});
    works($endpoint, 'another content type', {type  => 'text/javascript'});
    works($endpoint, 'an unknown member',    {patch => {more => {deep => [1, 2]}}});
}

# Every call that follows the token.
for my $row ([me => $USER], [accounts => $LIST]) {
    my ($endpoint, $step) = @$row;
    my @wrong = (
        ['400',              {status => 400},                           qr/^$step: HTTP 400$/],
        ['500',              {status => 500},                           qr/^$step: HTTP 500$/],
        ['an expired token', {error  => {code => 190, subcode => 463}}, qr/^$step: HTTP 400, code 190, subcode 463$/],
        ['a missing permission',         {error   => {code => 10}},                qr/^$step: HTTP 403, code 10$/],
        ['200 with an error',            {json    => {error => {code => 1}}},      qr/^$step: HTTP 200, code 1$/],
        ['no JSON',                      {garbage => 1},                           qr/^$step$JSON_OBJECT/],
        ['an array',                     {json    => [{id => '1'}]},               qr/^$step$JSON_OBJECT/],
        ['10,000 brackets',              {body    => '[' x 10_000 . ']' x 10_000}, qr/^$step$JSON_OBJECT/],
        ['10,000 objects in each other', {body    => '{"id":' x 10_000 . '1' . '}' x 10_000},  qr/^$step$JSON_OBJECT/],
        ['a number without end',         {body    => '{"id":1e400,"data":[{"id":1e400}]}'},    qr/^$step$JSON_OBJECT/],
        ['100,000 brackets',             {body    => '[' x 100_000 . ']' x 100_000},           qr/^$step$JSON_OBJECT/],
        ['an open depth of 100,000',     {body    => '{"id":' x 80_000 . '[' x 20_000},        qr/^$step$JSON_OBJECT/],
        ['no UTF-8', {hex => unpack 'H*', qq({"id":"1","name":"\xff\xc0\xaf","data":[]})},     qr/^$step$JSON_OBJECT/],
        ['a control character in a text',  {body => qq({"id":"1","name":"a\x01","data":[]})},  qr/^$step$JSON_OBJECT/],
        ['a control character at the end', {body => qq({"id":"1","data":[]}\x01)},             qr/^$step$JSON_OBJECT/],
        ['a NUL at the end',               {body => qq({"id":"1","data":[]}\0)},               qr/^$step$JSON_OBJECT/],
        ['a NUL in a text',                {body => '{"id":"1","name":"a\u0000b","data":[]}'}, qr/^$step$JSON_OBJECT/],
        ['a lone surrogate',               {body => '{"id":"1","name":"\ud800","data":[]}'},   qr/^$step$JSON_OBJECT/],
        ['half of it',                     {truncate => 20},                                   qr/^$OTHER: /],
        ['a close',                        {close    => 'before'},                             qr/^$OTHER: /],
        ['2 MB',                           {pad      => 2_000_000},                            qr/too long/],
    );
    fails($endpoint, @$_) for @wrong;
}
fails('me', "an id that is $_->[0]", {json => {id => $_->[1], name => 'Ovan'}}, qr/^$USER: .* id$/)
    for ['missing', undef], ['empty', ''], ['a list', ['1']], ['a fraction', 1.5];
fails('accounts', $_->[0], {json => $_->[1]}, qr/^$LIST: .* $_->[2]$/)
    for ['no list', {paging => {}}, 'data'], ['an object for a list', {data => {}}, 'data'],
    ['accounts that are none', {data => [1]}, 'account id'],
    ['an account without an id', {data => [{name => 'x'}]}, 'account id'];

my $many = join ',', map {qq("member $_":0)} 1 .. 50_000;
is(works('me', '50,000 members', {body => qq({$many,"id":"508","name":"Ovan"})})->{profile}{name},
    'Ovan', 'a profile of 50,000 members is read');
my $list = join ',', map {qq({"id":"$_"})} 1 .. 50_000;
is(@{works('accounts', '50,000 accounts at once', {body => qq({"data":[$list]})})->{accounts}},
    1_000, 'a thousand are kept');
my $user = '{"id":"508","name":"Ovan"}';
works(
    'me',
    'an answer in chunks',
    {   body    => join('', map {"1\r\n$_\r\n"} split //, $user) . "0\r\n\r\n",
        headers => {'Transfer-Encoding' => 'chunked'}
    }
);
is(works('me', 'an empty name', {json => {id => '508', name => ''}})->{profile}{name}, '', 'an empty name stays empty');

subtest 'what a provider says of the user is data' => sub {
    my $name    = qq(</script><script>alert("1")</script>\x{2028}\x{1f600} %s%n {{title}} \\ "');
    my $session = works('me', 'an odd name', {json => {id => '508', name => $name, more => 1}});
    is_deeply($session->{profile}, {id => '508', name => $name}, 'a name is stored as it is');
    $session = works('me', 'an id that is a number', {body => '{"id":508654789659284,"name":"Ovan"}'});
    is($session->{profile}{id}, '508654789659284', 'an id is a text');
    works('me', 'a user without a name', {json => {id => '508'}});
};

subtest 'a redirect is no answer' => sub {
    my $elsewhere = $t->sandbox->url('facebook') . '/v26.0/debug_token';
    for my $target ($elsewhere, 'http://169.254.169.254/latest/meta-data/', 'file:///etc/passwd', '//evil.example/') {
        for my $endpoint (qw(access_token me)) {
            my $end = end_of_login($endpoint, {redirect => $target}, Accept => 'application/json');
            is_envelope($end, 502, $TRY, devMessage => qr/: HTTP 302$/, "$endpoint redirects to $target");
            is($t->sandbox->calls('facebook.debug_token'), 0, "$endpoint: a redirect to $target is not followed");
        }
    }
};

subtest 'a code that failed is used up' => sub {
    my $browser  = $t->browser;
    my $callback = $browser->callback_of('facebook', redirect => $SITE);
    my %cookies  = %{$browser->cookies};
    $t->sandbox->reset_calls;
    $t->sandbox->behave('facebook.access_token', status => 500, times => 1);
    is($browser->get($callback)->status, 502, 'the provider fails');
    $browser->set_cookie(%cookies);
    is_page($browser->get($callback), 400, qr/no longer valid/, 'the browser sends the callback again');
    is($t->sandbox->calls('facebook.access_token'), 1, 'the code was sent once');
};

my ($line) = grep {/ \[error\] .*social: \Q$USER\E: HTTP 500/} $t->log->lines;
like($line, qr/, provider: facebook\b/, 'the error log says what failed, and at which provider');
like($line, qr{, request: "GET /facebook/callback\?code=\*&state=\* HTTP/1\.1"},
    'the error log masks the request line');
is($t->session('facebook', $t->login('facebook'))->{profile}{name}, 'Ovan Donnovan', 'a login works after all errors');

done_testing;
