# Mistakes in social_site and social_provider blocks: nginx -t names the directive, the value, and the way
# out, and repeats no secret.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new->gateway;

my $USERS = $t->dir . '/conf/users.169';
my $OPEN  = $t->file('open.secret',  "an open secret\n",            0644);
my $EMPTY = $t->file('empty.secret', '',                            0600);
my $LINE  = $t->file('line.secret',  "\n",                          0600);
my $BLANK = $t->file('blank.secret', "hidden but blank\n",          0600);
my $WRONG = $t->file('wrong.users',  "169:owner\@mysite.example\n", 0600);

# [member, value, whose message, message]
my $TIME = 'has a time that cannot be read, write it as 15m or 24h';
my @site = (
    ['origin', undef, social_site => 'a site has no origin: add origin https://host: site 169'],
    [   'origin', 'mysite.example',
        origin => 'an origin begins with its scheme: write https://host[:port][/path]: mysite.example'
    ],
    ['origin', 'ftp://mysite.example',   origin => 'an origin begins with its scheme'],
    ['origin', '*',                      origin => 'an origin begins with its scheme'],
    ['origin', '~^https://good\\.com',   origin => 'an origin begins with its scheme'],
    ['origin', 'https://good\\.com',     origin => 'a host has ASCII letters, digits, hyphens and dots only'],
    ['origin', 'https://.*good.example', origin => 'in an origin "*" stands for the whole first label of the host'],
    ['origin', 'https://good.example$',  origin => 'a host has ASCII letters, digits, hyphens and dots only'],
    ['origin', 'https://*',              origin => 'in an origin "*" stands for the whole first label of the host'],
    ['origin', 'https://a*.example',     origin => 'in an origin "*" stands for the whole first label of the host'],
    ['origin', 'https://u@a.example',    origin => 'a user part is not allowed'],
    ['origin', 'https://a.example/../b', origin => q{an origin's path must be plain}],
    ['origin', 'https://a.example/?b',   origin => ''],
    ['origin', 'https://a.example:0',    origin => 'a port is a number from 1 to 65535'],
    [   'origin',
        ['https://a.example', 'https://A.example:443'],
        social_site => 'an origin is there twice: remove one: origin https://'
    ],
    ['users',     '/nonexistent/users', users => 'names a file that cannot be read: /nonexistent/users'],
    ['users',     $OPEN,                users => "names a secret file that everybody can read, use chmod o-r: $OPEN"],
    ['users',     $WRONG,               users => ''],
    ['users',     [$USERS, $USERS],     users => 'is duplicate'],
    ['token_ttl', '0',                  token_ttl => 'needs a time over zero'],
    ['token_ttl', 'soon',               token_ttl => "$TIME: soon"],
    ['token_ttl', ['1m', '2m'],         token_ttl => 'is duplicate'],
    ['users',     'a b',                users     => 'has the wrong number of values'],
    ['colour',    'red',                colour    => 'is unknown in this block'],
);
for my $row (@site) {
    my ($member, $value, $whose, $message) = @$row;
    my $shown = ref $value ? "@$value" : $value // 'left out';
    $t->is_mistake("site: $member $shown", qr/"$whose" \Q$message\E/, site => {$member => $value});
}

subtest 'sites beside each other' => sub {
    my $site = sub ($id, $origin = 'https://other.example') { (http => "social_site $id { origin $origin; }") };
    $t->is_mistake('an id twice',
        qr/a site is there twice: give each its own id: site 169 \(\S+:\d+\) and site 169 \(\S+:\d+\)/,
        $site->('169'));
    for my $origin ('https://mysite.example', 'https://MYSITE.example:443/', 'https://mysite.example/app',
        'https://*.example')
    {
        $t->is_mistake(
            "an origin of two sites: $origin",
            qr/origins of two sites overlap: a redirectUrl must belong to one site: origin \S+ of site \d+ \(\S+:\d+\) and/,
            $site->(170, $origin)
        );
    }
    $t->is_mistake("the id '$_'", qr/a site's id is 1 to 64 letters, digits, hyphens, underscores and dots/,
        $site->(qq("$_")))
        for '', 'a b', 'a/b', 'x' x 65, 'a"b' =~ s/"/\\"/r;
    $t->is_mistake(
        'no id',
        qr/invalid number of arguments in "social_site"/,
        http => 'social_site { origin https://x.example; }'
    );
    $t->is_mistake('no block', qr/directive "social_site" has no opening "\{"/, http => 'social_site 170;');
    $t->is_fine('another site',                 $site->('site-1_b.c', 'https://other.example/app/'));
    $t->is_fine('one users file for two sites', http => "social_site 170 { origin https://o.example; users $USERS; }");
};

my $HTTPS    = '(http:// is for loopback hosts alone): ';
my @provider = (
    ['type',          undef,                   social_provider => 'needs a type: '],
    ['type',          'myspace',               social_provider => 'needs a type: '],
    ['type',          ['facebook', 'twitter'], type            => 'is duplicate'],
    ['client_id',     undef,                   social_provider => 'needs a client_id without blanks'],
    ['client_id',     '"a b"',                 social_provider => 'needs a client_id without blanks: a b'],
    ['client_id',     [1, 2],                  client_id       => 'is duplicate'],
    ['client_secret', undef,                   social_provider => 'needs a client_secret without blanks'],
    ['client_secret', "file:$BLANK",           social_provider => 'needs a client_secret without blanks in '],
    [   'client_secret', "file:$OPEN",
        client_secret => "names a secret file that everybody can read, use chmod o-r: $OPEN"
    ],
    ['client_secret', "file:$EMPTY", client_secret => 'is empty'],
    ['client_secret', "file:$LINE",  client_secret => 'is empty'],
    [   'client_secret', 'file:/nonexistent/secret',
        client_secret => 'names a file that cannot be read: /nonexistent/secret'
    ],
    [   'client_secret', 'env:SOCIAL_NOT_SET',
        client_secret => 'names an environment variable that is not set: SOCIAL_NOT_SET'
    ],
    ['client_secret', ['a', 'b'],        client_secret   => 'is duplicate'],
    ['scope',         '"a\"b"',          social_provider => 'needs a scope without quotes and control characters: a"b'],
    ['scope',         ['a', 'b'],        scope           => 'is duplicate'],
    ['api_version',   '26',              social_provider => 'needs an api_version like v26.0: 26'],
    ['api_version',   'v26/../x',        social_provider => 'needs an api_version like v26.0: v26/../x'],
    ['ca_file',       '/nonexistent/ca', ca_file         => 'names a file that cannot be read: /nonexistent/ca'],
    ['ca_file',       $OPEN,             ca_file         => "names a file without a certificate in PEM form: $OPEN"],
    ['timeout',   '0',          timeout => 'has a time that cannot be used, write it as 5s or 800ms, up to 60s: 0'],
    ['timeout',   '61s',        timeout => 'has a time that cannot be used, write it as 5s or 800ms, up to 60s: 61s'],
    ['timeout',   'soon',       timeout => 'has a time that cannot be used, write it as 5s or 800ms, up to 60s: soon'],
    ['timeout',   ['1s', '2s'], timeout => 'is duplicate'],
    ['client_id', 'a b',        client_id => 'has the wrong number of values'],
    ['colour',    'red',        colour    => 'is unknown in this block'],
    (   map {
            ['authorize_url', $_, social_provider => "needs an https:// URL without query as authorize_url $HTTPS$_"]
        } qw(http://provider.example/x https://provider.example/?a=b ftp://provider.example nonsense https://)
    ),
    (   map { ['api_url', $_, social_provider => "needs an https:// URL without query as api_url $HTTPS$_"] }
            qw(http://10.0.0.1 http://localhost.evil.example http://127.0.0.1.evil.example http://0.0.0.0)
    ),
    [   'token_url',
        'http://provider.example/',
        social_provider => "needs an https:// URL as token_url ${HTTPS}http://provider.example/"
    ],
    [   'profile_url',
        'http://provider.example/',
        social_provider => "needs an https:// URL as profile_url ${HTTPS}http://provider.example/"
    ],
    [   'callback_url',
        'http://gateway.example/x',
        social_provider => 'needs an https:// URL without query as callback_url'
    ],
    [   'callback_url',
        'https://gateway.example/x?y',
        social_provider => 'needs an https:// URL without query as callback_url'
    ],
);
for my $row (@provider) {
    my ($member, $value, $whose, $message) = @$row;
    my $shown = ref $value ? "@$value" : $value // 'left out';
    $t->is_mistake("provider: $member $shown", qr/"$whose" \Q$message\E/,
        provider => {facebook => {$member => $value}});
}

subtest 'no message repeats a secret' => sub {
    my $error = $t->conf_error(provider => {facebook => {api_url => 'https://user:hiddenpassword@provider.example'}});
    like($error, qr/"social_provider" needs an https:\/\/ URL without query as api_url/, 'a password in a URL');
    unlike($error, qr/hiddenpassword/, 'the message does not show the password in a URL');
    unlike($t->conf_error(provider => {facebook => {client_secret => "file:$BLANK"}}),
        qr/hidden but/, 'the message does not show the secret of a file');
    unlike(
        $t->conf_error(provider => {facebook => {client_secret => '"literal but blank"'}}),
        qr/literal but/,
        'the message does not show a literal secret'
    );
    unlike($t->conf_error(site => {users => $WRONG}), qr/owner\@/, 'the message does not show a line of a users file');
};

subtest 'providers beside each other' => sub {
    my $block = 'type facebook; client_id 1; client_secret x;';
    $t->is_mistake(
        'a name twice',
        qr/"social_provider" is there twice: facebook/,
        http => "social_provider facebook { $block }"
    );
    $t->is_mistake(
        "the name '$_'",
        qr/"social_provider" needs a name of letters, digits, "_" and "-"/,
        http => qq(social_provider "$_" { $block })
    ) for '', 'a/b', 'a b', 'a.b', 'x' x 65;
    $t->is_mistake(
        'no name',
        qr/invalid number of arguments in "social_provider"/,
        http => "social_provider { $block }"
    );
    $t->is_mistake('a block in the block', qr/unexpected "\{"/, http => 'social_provider x { type facebook { } }');
    $t->is_fine('another name', http => "social_provider fb-2_x { $block }");
};

subtest 'what is no mistake' => sub {
    local $ENV{SOCIAL_TEST_SECRET} = 'from-the-environment';
    my %fine = (
        'a secret of the environment' => {client_secret => 'env:SOCIAL_TEST_SECRET'},
        'a literal secret'            => {client_secret => 'literal'},
        'scopes with commas'          => {scope         => 'a,b'},
        'scopes in quotes'            => {scope         => '"a b"'},
        'scopes as words'             => {scope         => 'a b'},
        'the longest time'            => {timeout       => '60s'},
        'the least time'              => {timeout       => '1ms'},
        'a callback URL of https'     => {callback_url  => 'https://gateway.example/facebook/callback'},
        'http on a loopback host'     => {api_url       => 'http://localhost:8080/graph/'},
        'another version'             => {api_version   => 'v25.0'},
    );
    $t->is_fine($_, provider => {facebook => $fine{$_}}) for sort keys %fine;
};

done_testing;
