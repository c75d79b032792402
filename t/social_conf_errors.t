# Mistakes in plain directives: nginx -t names the directive, the value, and the way out. Those inside of
# social_site and social_provider are in social_conf_blocks.t.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new->gateway;

my $KEYRING = $t->dir . '/conf/keyring';
my $OPEN    = $t->file('open.key', ('x' x 43) . "=\n", 0644);
my $SHORT   = $t->file('short.key', ('x' x 31) . "\n", 0600);
my $EMPTY   = $t->file('empty.key',                    '',                0600);
my $NOTES   = $t->file('notes.key',                    "# a comment\n\n", 0600);

# directive => [[value, message], …]
my $URL     = 'needs an absolute URL without query, as in https://gateway.example: ';
my $TIME    = 'has a time that cannot be read, write it as 15m or 24h';
my %mistake = (
    social_public_url => [
        ['gateway.example',       "${URL}the scheme is missing: it begins with http:// or https://: gateway.example"],
        ['ftp://gateway.example', "${URL}the scheme must be http or https: ftp://gateway.example"],
        ['https://',              "${URL}the host is missing: https://"],
        ['https://gateway.example:0',    "${URL}a port is a number from 1 to 65535"],
        ['https://gateway.example/?x',   $URL],
        ['"https://gateway.example/#x"', $URL],
        ['https://a_b.example',          "${URL}a host has ASCII letters, digits, hyphens and dots only"],
        ['https://[::1',                 "${URL}an IPv6 address must end in a bracket"],
        ['""',                           $URL],
    ],
    social_keyring => [
        ['/nonexistent/keyring', 'names a file that cannot be read: /nonexistent/keyring'],
        [$OPEN,                  "names a secret file that everybody can read, use chmod o-r: $OPEN"],
        [$SHORT, "a keyring line is not one base64 key of 32 bytes (openssl rand -base64 32): line 1 of $SHORT"],
        [$EMPTY, "a keyring holds no key (openssl rand -base64 32): line 1 of $EMPTY"],
        [$NOTES, 'a keyring holds no key (openssl rand -base64 32)'],
    ],
    social_store => [
        ['memory size=512k',            'needs a size of at least 1m: size=512k'],
        ['memory size=',                'has a size that cannot be read, write it as 32m'],
        ['memory size=-1',              'has a size that cannot be read, write it as 32m: -1'],
        ['memory size=many',            'has a size that cannot be read, write it as 32m: many'],
        ['memory size=999999g',         'has a size that cannot be read, write it as 32m: 999999g'],
        ['memory size=8m size=9m',      'has two sizes, leave one: size=9m'],
        ['memory speed=high',           'has an unknown parameter: speed=high'],
        ['memcached://127.0.0.1/0',     ''],
        ['redis://',                    'needs a host'],
        ['redis://127.0.0.1,127.0.0.2', 'names several servers'],
        ['redis://127.0.0.1/x',         'needs a number as the database'],
        ['redis+sentinel://127.0.0.1',  'needs the name of the primary'],
        ['redis+cluster://127.0.0.1/1', 'names a database, and a cluster has but one'],

        # hiredis 1.x brings its TLS in a library of its own.
        -e '/usr/include/hiredis/hiredis_ssl.h'
        ? ['rediss://127.0.0.1 ca_file=/nonexistent', 'has a ca_file without readable certificates']
        : ['rediss://127.0.0.1',                      'asks for TLS, and the hiredis'],
        ['redis://127.0.0.1 ca_file=x',             'has a ca_file, which needs TLS: write rediss'],
        ['redis://127.0.0.1 cache=5k',              'needs a size of at least 1m: cache=5k'],
        ['redis://127.0.0.1 cache_ttl=soon',        'has a time that cannot be read'],
        ['redis://127.0.0.1 timeout=0s',            'needs a timeout from 1ms to 60s: 0s'],
        ['redis://127.0.0.1 "prefix={x}:"',         'needs a prefix of at most 64 bytes without braces: {x}:'],
        ['redis://127.0.0.1 wait=all',              'needs a number of replicas, as in wait=1: all'],
        ['redis://127.0.0.1 wait=1 wait=2',         'has a parameter twice, leave one: wait='],
        ['redis://127.0.0.1 pasword=hunter2',       'has an unknown parameter: pasword in'],
        ['redis://127.0.0.1 password=env:NOT_SET_', 'names an environment variable that is not set: NOT_SET_'],
        ['redis://me:hunter2%@127.0.0.1',           'has a malformed escape in the user or the password in'],
    ],
    social_session_ttl => [
        ['0',      'needs a time over zero'],
        ['0s',     'needs a time over zero'],
        ['-1',     "$TIME: -1"],
        ['soon',   "$TIME: soon"],
        ['1d 1h1', 'invalid number of arguments'],
        ['1d1d',   "$TIME: 1d1d"],
        ['9' x 20, "$TIME: " . '9' x 20],
        ['101y',   'has a time of over a hundred years: 101y'],
        ['""',     $TIME],
    ],
    social_token_leeway =>
        [['-1', "$TIME: -1"], ['5x', "$TIME: 5x"], ['200y', 'has a time of over a hundred years: 200y']],
    social_token_issuer   => [['""', 'is empty, write the value or leave the directive out']],
    social_token_audience => [['""', 'is empty, write the value or leave the directive out']],
    social_token_key      => [
        ['HS256 /nonexistent/key', 'names a file that cannot be read: /nonexistent/key'],
        ["HS256 $OPEN",            "names a secret file that everybody can read, use chmod o-r: $OPEN"],
        ["HS256 $SHORT",           'the secret has fewer than 32 bytes'],
        ["HS256 $EMPTY",           'the secret has fewer than 32 bytes'],
    ],
);
for my $directive (sort keys %mistake) {
    for my $row (@{$mistake{$directive}}) {
        my ($value, $message) = @$row;
        my $expected = $message =~ /^invalid/ ? qr/$message in "$directive"/ : qr/"$directive" \Q$message\E/;
        $t->is_mistake("$directive $value", $expected, social => {$directive => $value});
    }
}

subtest 'what may stand once may not stand twice' => sub {
    my %twice = (
        social_public_url     => ['https://a.example', 'https://b.example'],
        social_keyring        => [$KEYRING,            $KEYRING],
        social_store          => ['memory size=8m',    'memory size=8m'],
        social_session_ttl    => ['1h',                '2h'],
        social_token_issuer   => ['a',                 'b'],
        social_token_audience => ['a',                 'b'],
        social_token_leeway   => ['0',                 '1s'],
    );
    $t->is_mistake($_, qr/"$_" is duplicate/, social => {$_ => $twice{$_}}) for sort keys %twice;
    for my $line ('social_public_url https://a.example;', 'social_pages %%DIR%%/conf;') {
        my ($name) = $line =~ /^(\w+)/;
        $t->is_mistake("$name in a server", qr/"$name" is duplicate/, server => "$line $line");
        $t->is_fine("$name in http and in a server", social => {$name => ($line =~ /^\w+ (.*);/)[0]}, server => $line);
    }
    $t->is_mistake('social_bearer', qr/"social_bearer" is duplicate/, server => 'social_bearer on; social_bearer off;');
    $t->is_fine('social_bearer inside and outside', server => 'social_bearer on; location /x { social_bearer off; }');
};

subtest 'a directive has its place' => sub {
    my %where = (
        http => [
            'social_auth facebook;',
            'social_callback facebook;',
            'social_landing facebook;',
            'social_session;',
            'origin x;'
        ],
        server => [
            'social_auth facebook;',
            'social_session;',
            'social_keyring x;',
            'social_store memory;',
            'social_session_ttl 1h;',
            'social_token_key HS256 x;',
            'social_token_issuer x;',
            'social_token_audience x;',
            'social_token_leeway 1s;',
            'social_site 5 { origin https://x.example; }',
            'social_provider x { type facebook; }',
        ],
        location =>
            ['social_pages x;', 'social_public_url https://x.example;', 'social_keyring x;', 'social_store memory;'],
        if => ['social_auth facebook;', 'social_session;', 'social_bearer on;'],
    );
    my %around = (
        if       => sub ($line) {"location /x { if (\$args) { $line } }"},
        location => sub ($line) {"location /x { $line }"}
    );
    for my $context (sort keys %where) {
        for my $line (@{$where{$context}}) {
            my ($name) = $line =~ /^(\w+)/;
            my @conf
                = $context eq 'http'
                ? (http => $line)
                : (server => ($around{$context} // sub ($same) {$same})->($line));
            $t->is_mistake("$name in $context",
                qr/(?:"$name" directive is not allowed here|unknown directive "$name")/, @conf);
        }
    }
    $t->is_mistake(
        'social_keyring in main',
        qr/"social_keyring" directive is not allowed here/,
        main => 'social_keyring x;'
    );
};

subtest 'a handler names its provider' => sub {
    my $unknown = qr/unknown provider "nobody", there is no social_provider block of that name/;
    for my $name (qw(social_auth social_callback social_landing social_session)) {
        $t->is_mistake("$name of nobody", $unknown, server => "location /x { $name nobody; }");
        like(
            $t->conf_error(server => "location /x { $name \$social_nothing; }"),
            qr/unknown "social_nothing" variable/,
            "$name with a variable that is not there"
        );
        $t->is_mistake(
            "$name with two",
            qr/invalid number of arguments in "$name"/,
            server => "location /x { $name facebook fb2; }"
        );
        $t->is_mistake(
            "$name twice",
            qr/"$name" stands beside another handler of this module, use one/,
            server => "location /x { $name facebook; $name facebook; }"
        );
    }
    for my $name (qw(social_auth social_callback social_landing)) {
        $t->is_mistake(
            "$name of an empty name",
            qr/"$name" needs the name of a social_provider block/,
            server => "location /x { $name \"\"; }"
        );
        $t->is_mistake(
            "$name without one",
            qr/invalid number of arguments in "$name"/,
            server => "location /x { $name; }"
        );
        $t->is_mistake(
            "$name beside social_session",
            qr/"social_session" stands beside another handler/,
            server => "location /x { $name facebook; social_session; }"
        );
    }
    $t->is_fine('social_session needs none',
        server => 'location /x { social_session; } location /y { social_session ""; }');
    $t->is_fine(
        'a block may stand behind its use',
        http => 'server { listen 127.0.0.1:%%PORT:other%%; location / { social_auth late; } }
        social_provider late { type facebook; client_id 1; client_secret x; }'
    );
};

subtest 'a switch is on or off' => sub {
    $t->is_mistake("social_bearer $_", qr/"social_bearer" takes "on" or "off": $_/, server => "social_bearer $_;")
        for qw(maybe ON yes);
    $t->is_mistake(
        'social_bearer without a value',
        qr/invalid number of arguments in "social_bearer"/,
        server => 'social_bearer;'
    );
};

subtest 'what is no mistake' => sub {
    $t->is_fine('zero leeway',          social => {social_token_leeway => '0s'});
    $t->is_fine('a time in parts',      social => {social_session_ttl  => '1d12h'});
    $t->is_fine('a URL with a path',    social => {social_public_url   => 'https://gateway.example:8443/social/'});
    $t->is_fine('a URL with variables', social => {social_public_url   => '$scheme://$host'});
    $t->is_fine('only what has to be',
        social => {map { $_ => undef } qw(social_public_url social_keyring social_store)});
    $t->is_fine('a store of its default size', social => {social_store => 'memory'});
    $t->is_fine('no directive at all',         'server { listen 127.0.0.1:%%PORT%%; }');
};

my $long  = 'x' x 4_000;
my $error = $t->conf_error(social => {social_public_url => $long});
like($error, qr/"social_public_url" needs an absolute URL/, 'a value of 4 KB is a mistake like others');
cmp_ok(length $error, '<', 2_500, 'the message shortens a value of 4 KB');

like(
    $t->conf_error(social => {social_public_url => 'x' x 10_240}),
    qr/\[emerg\] too long parameter "x+\.\.\."/,
    'nginx refuses a parameter of 10 KB'
);
my $file = $t->file('long.conf', "social_token_issuer '" . 'y' x 10_240 . "';\n");
like(
    $t->conf_error(http => "include $file;"),
    qr/\[emerg\] too long parameter/,
    'nginx refuses a parameter of 10 KB in an included file'
);
$t->is_fine('a Redis that is not there: it may come later', social => {social_store => 'redis://127.0.0.1:1/0'});

done_testing;
