# What may stand in redirectUrl, and where a login ends in truth. The refused ones are those of
# published advisories and test corpora of comparable gateways; each is sent as it is, percent-encoded
# once, and encoded twice.
use lib 't/lib';
use Social::Test;

my $t = Social::Test->new(public => 'https://gateway.example')->gateway(
    site => {
        origin => [
            qw(https://good.com https://*.wild.com https://scoped.com/app/ https://bare.com/app http://plain.com:8080)]
    },
)->start;

sub encoded ($text) { return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger }

# Many requests over one connection: what one left behind would meet the next.
my $wire;

sub answer_to ($query, %headers) {
    $wire //= $t->wire;
    my $bytes = Social::Test::RawConnection->format_request(
        method     => 'GET',
        target     => "/facebook/auth?$query",
        authority  => 'gateway.example',
        headers    => \%headers,
        keep_alive => 1,
    );
    $wire->put($bytes);
    my $response = $wire->read_response;
    $wire = undef if !$response || ($response->header('Connection') // '') eq 'close';
    return $response;
}

my $page     = answer_to('');
my $envelope = answer_to('', Accept => 'application/json');
is_page($page, 400, qr/Wrong site url/, 'without a redirectUrl there is the page "Wrong site url"');
is_envelope($envelope, 400, 'Wrong site url');

# Why an answer is no proper refusal, or nothing. The page is the same for all: it reflects nothing.
sub flaw_of ($query) {
    for my $expected ([$page], [$envelope, Accept => 'application/json']) {
        my ($same_as, %headers) = @$expected;
        my $got = answer_to($query, %headers) // return 'no answer';
        return 'status ' . $got->status if $got->status != 400;
        return 'a Location'             if defined $got->location;
        return 'a cookie'               if $got->header_all('Set-Cookie');

        # What is no request line at all is refused by nginx.
        return 'another body' if $got->body ne $same_as->body && $query !~ /[\x00-\x20\x7f]/;
    }
    return;
}

sub is_refused ($name, @inputs) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @flaws;
    for my $input (@inputs) {
        my $once = encoded($input);
        for my $sent ($input, $once, encoded($once)) {

            # A line break ends the request line, and redirectUrl with it.
            next if $sent =~ /[\r\n]/;
            my $flaw = flaw_of("redirectUrl=$sent") // next;
            push @flaws, "$flaw for redirectUrl=" . ($sent =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ger);
        }
    }
    ok(!@flaws, "$name: refused") or diag join "\n", @flaws;
    return;
}

is_refused('protocol-relative', qw(//evil.com ///evil.com ////evil.com/%2e%2e //good.com@evil.com //good.com));
is_refused(
    'backslashes', '/\evil.com',   '\/evil.com',      '\\\\evil.com',
    '/\/evil.com', '/%5cevil.com', '/%5c%2fevil.com', 'https://good.com/\evil.com'
);
is_refused(
    'white space', (map {"/%$_/evil.com"} qw(09 0a 0d 0b 0c 20)),
    '/%09%5cevil.com',      'https://good.com/ x',
    "https://good.com/\tx", ' https://good.com/',
    "https://good.com/\n"
);
is_refused('dot segments in front of a host', '/./\evil.com', '/../\evil.com', '/./../../\evil.com', '/x/..//evil.com');
is_refused(
    'missing slashes',
    qw(https:evil.com https:/evil.com https:///evil.com http:www.evil.com),
    'https:\\\\evil.com', 'https:/\evil.com', 'https:good.com', 'https:/good.com', 'https:///good.com'
);
is_refused(
    'user parts',
    qw(https://good.com@evil.com https://good.com:443@evil.com https://good.com%40evil.com https://u:p@good.com/
        https://evil.com@good.com/ https://@good.com/)
);
is_refused(
    'a backslash in the authority', 'https://evil.com\@good.com',
    'https://good.com\@evil.com',   'https://evil.com\.good.com',
    'https://evil.com%5c.good.com'
);
is_refused(
    'hosts that look alike',
    qw(https://good.com.evil.com https://evilgood.com https://evil-good.com https://good.comevil https://xgood.com
        https://goodXcom/ https://evil.com/https://good.com/ https://evil.com?https://good.com)
);
is_refused(
    'hosts beside a wildcard',
    qw(https://wild.com/ https://a.b.wild.com/ https://wild.com.evil.com/ https://xwild.com/ https://.wild.com/
        https://*.wild.com/)
);
is_refused('cut and escaped authorities',
    'https://evil.com#good.com', 'https://evil.com#@good.com',
    'https://evil.com;good.com', map {"https://evil.com%$_.good.com"} qw(23 2f 3f));
is_refused('NUL', qw(https://good.com%00.evil.com https://evil.com%00.good.com https://good.com/%00));
is_refused(
    'Unicode',                  'https://good.com%2eevil.com',
    'https://good%E3%80%82com', 'https://good.com%E2%80%8B',
    '%E3%80%B5evil.com',        "https://\xef\xbd\x87ood.com",
    'https://xn--god-1na.com'
);
is_refused(
    'ports',
    (map {"https://good.com:$_/"} qw(8443 0443 99999 -1 443abc), '', "\xef\xbc\x94\xef\xbc\x94\xef\xbc\x93"),
    qw(http://plain.com/ http://plain.com:80/ http://plain.com:08080/ https://plain.com:8080/)
);
is_refused('a dot behind the host', qw(https://good.com. https://good.com./));
is_refused('schemes', qw(http://good.com/ http://good.com:443/ ftp://good.com ws://good.com/ httpss://good.com));
is_refused(
    'addresses',
    qw(http://2130706433 http://0x7f.1 http://0177.0.0.1 http://[::1] http://[::ffff:127.0.0.1]
        http://[fe80::1%25eth0] http://[::1 http://[)
);
is_refused(
    'schemes that run code',
    'data:text/html,x',
    qw[javascript:alert(1) ja%0Ava%09script%0d:alert(1) javascript://good.com/%0aalert(1) vbscript: file:///etc/passwd
        blob: blob:https://good.com/x intent://good.com]
);
is_refused(
    'header splitting',
    (   map {"https://good.com/$_"} qw(%0d%0aSet-Cookie:a=b %0d %0a %E5%98%8A%E5%98%8D ?a=%0d%0aSet-Cookie:a=b),
        '#%0d%0a'
    ),
    "https://good.com/\r\nSet-Cookie: a=b"
);
is_refused(
    'markup',
    'https://good.com/<script>alert(1)</script>',
    'https://evil.com/"><img src=x>',
    q{https://evil.com/'}
);
is_refused('malformed escapes', map { ($_, "https://good.com/$_") } qw(% %2 %zz %u0041 %ff%fe %c0%af%c0%afevil.com));
is_refused(
    'outside of the path of an origin',
    (   map {"https://scoped.com$_"}
            qw(/app/../admin /app/..%2fadmin /app%2f..%2fadmin /app/%2e%2e/admin /application /app;x/ /app/..;/admin / //app/
            /APP/ /x/app/), ''
    ),
    qw(//scoped.com/app/ https://bare.com/apps https://bare.com/)
);
is_refused(
    'a sessionId of its own',
    (map {"https://good.com/cb?$_"} qw(sessionId=attacker sessionid=attacker session%49d=attacker)),
    'https://good.com/cb#sessionId=attacker'
);
is_refused('relative ones', qw(/path path ?x . .. good.com good.com/path good.com:443/), '#x');
is_refused(
    'words of open-redirect lists',
    qw(/%2f%2fevil.com /evil.com// //evil.com/%2f.. https://evil.com/good.com //evil%E3%80%82com /.evil.com //google%00.com
        https://good.com%252f@evil.com https://evil.com/.good.com /https://evil.com https://;@evil.com
        https://good.com;@evil.com https://good.com:@evil.com <>//evil.com x:https://good.com @good.com https%3a//evil.com)
);

subtest 'whoever names redirectUrl twice or otherwise is refused' => sub {
    my ($good, $evil) = map { encoded($_) } qw(https://good.com https://evil.com);
    for my $query (
        "redirectUrl=$good&redirectUrl=$evil", "redirectUrl=$evil&redirectUrl=$good",
        "redirectUrl=$good&redirectUrl=$good", "redirectUrl=$good&redirectUrl[]=$evil",
        "redirectUrl=$good&redirectUrl",       "redirectUrl=$good&redirect_url=$evil",
        "redirectUrl=$good&RedirectURL=$evil", "redirectUrl=$good&redirect%55rl=$evil",
        "redirectUrl[]=$good",                 "RedirectURL=$good",
        "redirect_url=$good",                  'redirectUrl',
        'redirectUrl=',                        "redirectUrl=$good&%zz=1",
        )
    {
        is(flaw_of($query), undef, $query);
    }
};

subtest 'the length is at most 2048 bytes, and nothing is cut' => sub {
    my $longest = 'https://good.com/' . 'a' x (2048 - 17);
    is(flaw_of("redirectUrl=$_"), undef, length($_) . ' bytes are refused')
        for "${longest}a", encoded("${longest}a"), 'https://good.com/' . 'a' x 6000 . '@evil.com';
    for my $length (8_192, 65_536) {
        my $response = $t->get('/facebook/auth?redirectUrl=https://good.com/' . 'a' x $length . '@evil.com');
        is($response->status, 414, "nginx itself refuses a request line of over $length bytes");
    }
    my $back = $t->browser->login('facebook', redirect => $longest)->location;
    is($back =~ s/sessionId=\K[A-Za-z0-9]{92}/ID/r, "$longest?sessionId=ID#_=_", '2048 bytes come back whole');
};

# redirectUrl => where the login ends
my %end = (
    'https://good.com'                        => 'https://good.com/?sessionId=ID#_=_',
    'https://good.com/'                       => 'https://good.com/?sessionId=ID#_=_',
    'https://good.com/cb?a=1'                 => 'https://good.com/cb?a=1&sessionId=ID#_=_',
    'https://good.com/cb?a=1&'                => 'https://good.com/cb?a=1&sessionId=ID#_=_',
    'https://good.com/cb?'                    => 'https://good.com/cb?sessionId=ID#_=_',
    'https://good.com/cb#frag'                => 'https://good.com/cb?sessionId=ID#frag',
    'https://good.com/cb?a=1#frag'            => 'https://good.com/cb?a=1&sessionId=ID#frag',
    'https://good.com#frag'                   => 'https://good.com/?sessionId=ID#frag',
    'https://good.com?a=1'                    => 'https://good.com/?a=1&sessionId=ID#_=_',
    'https://good.com/?next=https://evil.com' => 'https://good.com/?next=https://evil.com&sessionId=ID#_=_',
    'https://good.com/r?u=//evil'             => 'https://good.com/r?u=//evil&sessionId=ID#_=_',
    'https://good.com/a%20b'                  => 'https://good.com/a%20b?sessionId=ID#_=_',
    'https://GOOD.com/'                       => 'https://GOOD.com/?sessionId=ID#_=_',
    'HTTPS://good.com/'                       => 'HTTPS://good.com/?sessionId=ID#_=_',
    'https://good.com:443/'                   => 'https://good.com:443/?sessionId=ID#_=_',
    'https://a.wild.com/x'                    => 'https://a.wild.com/x?sessionId=ID#_=_',
    'https://scoped.com/app'                  => 'https://scoped.com/app?sessionId=ID#_=_',
    'https://scoped.com/app/x?y'              => 'https://scoped.com/app/x?y&sessionId=ID#_=_',
    'https://bare.com/app/'                   => 'https://bare.com/app/?sessionId=ID#_=_',
    'https://bare.com/app#x'                  => 'https://bare.com/app?sessionId=ID#x',
    'http://plain.com:8080/cb'                => 'http://plain.com:8080/cb?sessionId=ID#_=_',
);
for my $url (sort keys %end) {
    my $back = $t->browser->login('facebook', redirect => $url);
    is($back->location =~ s/sessionId=\K[A-Za-z0-9]{92}/ID/r, $end{$url}, "$url comes back with the session id");
    is(flaw_of('redirectUrl=' . encoded(encoded($url))),      undef,      "$url is refused where it is encoded twice");
}

subtest 'an unescaped URL is the same, as long as nothing cuts it' => sub {
    my $back = $t->browser->login('facebook', start => '/facebook/auth?redirectUrl=https://good.com/cb?a=1');
    is( $back->location =~ s/sessionId=\K[A-Za-z0-9]{92}/ID/r,
        'https://good.com/cb?a=1&sessionId=ID#_=_',
        'a query comes back'
    );
    is(flaw_of('redirectUrl=https://good.com/cb#frag'), undef, 'a fragment that no server may see is refused');
    $back = $t->browser->login('facebook',
        start => '/facebook/auth?x=1&redirectUrl=https://good.com/&y=https://evil.com');
    is( $back->location =~ s/sessionId=\K[A-Za-z0-9]{92}/ID/r,
        'https://good.com/?sessionId=ID#_=_',
        'other parameters do not change the redirect'
    );
};

is($t->sandbox->calls('facebook.dialog'), keys(%end) + 3, 'no refused redirectUrl ever reached the provider');

done_testing;
