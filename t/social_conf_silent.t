# Configurations that nginx could run, and that would not do what they say: each is refused, or warned of,
# in one line with the directive, the value, the way out, and where the directive stands.
use lib 't/lib';
use Social::Test;

use Social::Test::TokenApi qw(users_file);

my $t     = Social::Test->new(sandbox => 1)->gateway;
my $HASH  = '$6$rounds=1000$sandboxsalt$';
my $PROXY = 'proxy_pass http://127.0.0.1:9;';

# The line of check.conf that has the mistake, by its text.
sub line_of ($text) {
    open my $in, '<', $t->dir . '/conf/check.conf' or die "check.conf: $!\n";
    while (my $line = readline $in) {
        return $. if index($line, $text) >= 0;
    }
    return 0;
}

# `at` is a text on the line that has to be named; without it, any.
sub says ($name, $level, $message, $at, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $said = $level eq 'emerg' ? $t->conf_error(@conf) : $t->conf_warnings(@conf);
    return fail("$name: " . ($level eq 'emerg' ? 'accepted' : 'refused')) if !defined $said;
    my $line = $at ? line_of($at) : '\d+';
    return like($said, qr/\[$level\] \Q$message\E.* in \S+:$line$/m, $name);
}

sub is_refused ($name, $message, $at, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return says($name, 'emerg', $message, $at, @conf);
}

sub is_warned_of ($name, $message, $at, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return says($name, 'warn', $message, $at, @conf);
}

sub is_quiet ($name, @conf) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return unlike($t->conf_warnings(@conf) // 'refused', qr/refused|social_|\[warn\]/, $name);
}

is_quiet('a whole gateway has no warning', providers => ['facebook']);

subtest 'an endpoint beside another content handler' => sub {
    my $message = 'stands beside another content handler, as proxy_pass is one: only one of them answers';
    for my $handler ($PROXY, 'fastcgi_pass 127.0.0.1:9;', 'memcached_pass 127.0.0.1:9;', 'stub_status;', 'empty_gif;') {
        is_refused(
            "social_session, then $handler",
            qq("social_session" $message),
            'location /x', server => "location /x/session/ { social_session; $handler }"
        );
        is_refused(
            "$handler, then social_status",
            qq("social_status" $message),
            'location /x',
            server => "location /x { $handler social_status; }"
        );
    }
};

subtest 'a gateway that lacks what its endpoints need' => sub {
    is_refused(
        'no site',
        '"social_session" serves no site: add one, as in: social_site 169',
        'location /s',
        keys_and('social_provider p { type facebook; client_id 1; client_secret x; }')
            . server('location /s/session/ { social_session; }')
    );
    is_refused('no key',
        '"social_session" can verify no token, and refuses every request: add a key, as in: social_token_key',
        'location /s', site_and('') . server('location /s/session/ { social_session; }'));
    is_refused(
        'a guard without a key',
        '"social_bearer" can verify no token, and refuses every request: add a key',
        'social_bearer on',
        site_and('') . server("location /g {\nsocial_bearer on;\n }")
    );
    is_refused(
        'a guard without a site',
        '"social_bearer" admits no site, and refuses every request: add one',
        'social_bearer on',
        keys_and('') . server("social_bearer on;\nlocation /g { }")
    );
    is_quiet('a guard that is off needs nothing', server('social_bearer off; location /g { }'));
    is_warned_of('no provider',
        '"social_session" serves no provider, and finds no session: add one, as in: social_provider',
        'location /s', site_and(keys_and('')) . server('location /s/session/ { social_session; }'));
    is_warned_of('no users', '"social_authenticate" gives nobody a token, since no social_site has users',
        'location /t', site_and(keys_and('')) . server('location /t { social_authenticate; }'));
    is_refused(
        'no id can come',
        '"social_session" finds no session id in the one uri of its location',
        'location = /x',
        server => 'location = /x { social_session; }'
    );
};

subtest 'a provider that is not there' => sub {
    my $message
        = 'unknown provider "nobody", there is no social_provider block of that name: add one, or correct the name';
    for my $name (qw(social_auth social_callback social_landing social_session social_deauthorize social_data_deletion))
    {
        is_refused($name, qq("$name" cannot be served: $message),
            'nobody;', server => "location /x {\n$name nobody;\n}");
    }
    is_refused(
        'a provider without such callbacks',
        '"social_deauthorize" is for the callbacks of Meta: name a provider of type '
            . 'facebook or instagram: twitter_oauth2', 'deauthorize twitter',
        providers => ['twitter_oauth2'],
        server    => "location /x {\nsocial_deauthorize twitter_oauth2;\n}"
    );
};

subtest 'social_authenticate and its uri' => sub {
    my $server = sub ($lines) { (server => $lines) };
    is_refused(
        'one that no location has',
        '"social_authenticate" names a uri that no location of its server has: add one, as in: '
            . 'location = /check-credentials',
        'social_authenticate /nowhere',
        $server->("location = /t {\nsocial_authenticate /nowhere;\n}")
    );
    is_refused('a variable',
        '"social_authenticate" takes a uri without variables, as in /check-credentials: /check$arg_x',
        undef, $server->('location = /t { social_authenticate /check$arg_x; }'));
    is_warned_of(
        'its own',
        '"social_authenticate" names the uri of an endpoint, which checks no passwords, so nobody gets a token',
        'social_authenticate /t',
        $server->("location = /t {\nsocial_authenticate /t;\n}")
    );
    my %found = (
        'a location of that uri'       => 'location = /check { return 204; }',
        'one that the uri begins with' => 'location /ch { return 204; }',
        'a regular expression'         => 'location ~ ^/c.*k$ { return 204; }',
        'one without regard to case'   => 'location ~* ^/CHECK { return 204; }',
        'the location of everything'   => "location / { $PROXY }",
        'one inside of another'        => 'location /ch { location = /check { return 204; } }',
    );
    is($t->conf_error($server->("location = /t { social_authenticate /check?a=b; } $found{$_}")), undef, "$_ is found")
        for sort keys %found;
    is_refused(
        'a location of another case',
        '"social_authenticate" names a uri that no location',
        undef,
        $server->(
            'location = /t { social_authenticate /check; } '
                . 'location ~ ^/CHECK { return 204; } location = /checks { return 204; }'
        )
    );
    is_refused(
        'a location of another server', '"social_authenticate" names a uri that no location', undef,
        http   => 'server { listen 127.0.0.1:%%PORT:other%%; location /check { return 204; } }',
        server => 'location = /t { social_authenticate /check; }'
    );
};

subtest 'a guard in front of an endpoint for those without a token' => sub {
    is_warned_of(
        'social_auth',
        '"social_auth" is behind "social_bearer on", and its callers have no token yet: write '
            . '"social_bearer off" in its location',
        'social_auth facebook',
        server => "location /x {\nsocial_bearer on;\nsocial_auth facebook;\n}"
    );
    is_quiet('satisfy any',
        server => 'location /x { satisfy any; allow 127.0.0.1; deny all; social_bearer on; social_auth facebook; }');
    is_quiet('social_session', server => 'location /x/session/ { social_bearer on; social_session; }');
};

subtest 'a credential that does nothing' => sub {
    my @providers
        = (providers => ['facebook', 'twitter_oauth2'], provider => {twitter_oauth2 => {access_token => 'abc'}});
    is_warned_of(
        'nobody sends it',
        '"social_credential" makes a credential that no directive sends: add "proxy_set_header '
            . 'Authorization $social_authorization;" to its location',
        'social_credential tw',
        @providers,
        server => "location /x {\nsocial_credential twitter_oauth2 owner;\n$PROXY }"
    );
    is_warned_of(
        'one session for all',
        '"social_credential" has a session= without a variable, so every request uses one session',
        'social_credential tw',
        @providers,
        server => "location /x { social_bearer on; proxy_set_header Authorization \$social_authorization;\n"
            . "social_credential twitter_oauth2 session=http_x_session_id;\n$PROXY }"
    );
    is_refused(
        'at an endpoint',
        '"social_credential" is for requests that are passed on, and an endpoint passes none on',
        'social_credential tw',
        @providers,
        server => "location /x { social_auth facebook;\nsocial_credential twitter_oauth2 owner;\n }"
    );
};

subtest 'Redis, and parameters that contradict each other' => sub {
    my %mistake = (
        'redis://127.0.0.1 cache=off cache_ttl=5s' =>
            'has cache_ttl= or stale= beside cache=off, which keeps no copies',
        'redis://127.0.0.1 cache=off stale=5s'  => 'has cache_ttl= or stale= beside cache=off',
        'redis://127.0.0.1 user=me'             => 'has a user without a password, add password=: me',
        'redis://me:x@127.0.0.1 password=y'     => 'has a user or a password both in the url and as a parameter',
        'redis://127.0.0.1 sentinel_password=y' => 'has a sentinel_password=, which needs a redis+sentinel url',
        'redis://127.0.0.1 password='           => 'has a parameter without a value, write or remove it: password=',
    );
    is_refused($_, qq("social_store" $mistake{$_}), 'social_store', social => {social_store => $_})
        for sort keys %mistake;
};

subtest 'members that the type of a provider does not use' => sub {
    my %unused = (
        oauth1 => {
            scope           => 'a',
            scope_separator => 'comma',
            client_auth     => 'post',
            issuer          => 'https://a.example',
            api_version     => 'v1',
            revoke_url      => 'https://a.example/r'
        },
        twitter        => {scope => 'a', profile_url => 'https://a.example/me', issuer => 'https://a.example'},
        twitter_oauth2 => {request_token_url => 'https://a.example/r', api_version => 'v2'},
    );
    for my $provider (sort keys %unused) {
        for my $member (sort keys %{$unused{$provider}}) {
            is_refused(
                "$member of $provider",
                qq("social_provider" has a member that its type does not use, remove it: $member of type $provider),
                "social_provider $provider",
                providers => [$provider],
                provider  => {$provider => {$member => $unused{$provider}{$member}}}
            );
        }
    }
};

subtest 'credentials of a provider' => sub {
    my $odd = $t->file('odd.secret', "s\x{c3}\x{a9}cret\n", 0600);
    is_refused(
        'a secret that is not ASCII',
        '"social_provider" needs a client_secret of ASCII characters, copy it from the provider ' . 'again: byte 2',
        'social_provider', provider => {facebook => {client_secret => "file:$odd"}}
    );
    is_refused(
        'an id that is not ASCII',
        '"social_provider" needs a client_id of ASCII characters, copy it from the provider again: byte 1',
        'social_provider', provider => {facebook => {client_id => "\x{c3}\x{a9}1"}}
    );
    is_refused(
        'a secret with a blank',
        '"social_provider" needs a client_secret without blanks',
        'social_provider',
        provider => {facebook => {client_secret => '"a b"'}}
    );
    is_refused(
        'an empty member',
        qq("$_" is empty, write the value or leave the directive out),
        "    $_ ", provider => {facebook => {$_ => '""'}}
    ) for qw(scope api_version profile_url callback_url);
};

subtest 'files' => sub {
    my $none = $t->file('no-ca.pem', "no certificate\n");
    is_refused(
        'a ca_file of a key set',
        '"social_token_key" names a file without a certificate in PEM form: ',
        'social_token_key jwks',
        social => {social_token_key => ['HS256 ' . $t->token_key_file, "jwks https://a.example/ ca_file=$none"]}
    );
    is_refused(
        'a ca_file for a URL without TLS',
        '"social_token_key" takes ca_file= with an https URL only',
        'social_token_key jwks',
        social => {social_token_key => ['HS256 ' . $t->token_key_file, "jwks http://127.0.0.1/ ca_file=$none"]}
    );
    my $long = $t->file('users.long', '# ' . 'x' x (1024 * 1024) . "\n", 0600);
    is_refused(
        'a users file of over 1 MiB',
        '"users" names a users file of over 1 MiB: split it by site, or let a location check ' . 'passwords',
        '    users ', site => {users => $long}
    );
    my $other = $t->file('users.other', users_file('170', $HASH, 'a@mysite.example'), 0600);
    is_warned_of(
        'a users file of another site',
        '"users" has no line for this site, so nobody gets a token for it',
        '    users ', site => {users => $other}
    );
    my $pages = $t->dir . '/conf/pages';
    mkdir $pages;
    is_warned_of(
        'pages that are none',
        '"social_pages" has a directory without a page, so all pages are the built-in ones',
        'social_pages', social => {social_pages => $pages}
    );
    $t->file('pages/wrong_site.html', "<p>no\n");
    is_warned_of(
        'a misspelled page',
        '"social_pages" has a directory with an .html file that is no page',
        'social_pages', social => {social_pages => $pages}
    );
};

subtest 'a variable where none is taken' => sub {
    my $message
        = 'has a value with "$", and takes no variables: write the value itself, or a secret as env:NAME or file:PATH';
    is_warned_of($_, qq("$_" $message), "    $_ ", provider => {facebook => {$_ => '$SOME_NAME'}})
        for qw(client_id client_secret);
    is_warned_of($_, qq("$_" $message), $_, social => {$_ => 'https://${host}/'})
        for qw(social_token_issuer social_token_audience);
    is_quiet('another "$"', provider => {facebook => {client_secret => 'a$1b$'}});
};

subtest 'times' => sub {
    is_warned_of(
        'a token of two days',
        '"token_ttl" gives tokens that are good for over a day',
        '    token_ttl',
        site => {token_ttl => '2d'}
    );
    is_warned_of(
        'a leeway of an hour',
        '"social_token_leeway" accepts tokens long after their end',
        'social_token_leeway',
        social => {social_token_leeway => '1h'}
    );
    is_quiet('one of a minute', social => {social_token_leeway => '1m'});
};

done_testing;

# ---- Parts of a configuration ----

sub keys_and ($more) { return 'social_token_key HS256 ' . $t->token_key_file . ";\n$more\n" }

sub site_and ($more) { return "social_site 169 { origin https://mysite.example; }\n$more\n" }

sub server ($lines) { return "server { listen 127.0.0.1:%%PORT%%;\n$lines\n}" }
