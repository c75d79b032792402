# Many sites: how long a large configuration takes to read, whether every site works, and what
# is said about mistakes in it.
use lib 't/lib';
use Social::Test;
use Time::HiRes qw(time);

# Under a sanitizer everything takes longer.
my ($FILES, $PER_FILE) = ($ENV{SOCIAL_PRELOAD} ? 10 : 100, 1000);
my $SECONDS = $ENV{SOCIAL_PRELOAD} ? 60 : 3;

my $t   = Social::Test->new;
my $dir = $t->dir . '/conf';
mkdir "$dir/sites";

sub site ($id) {
    return "social_site $id {\n    origin https://site-$id.example https://*.site-$id.example;\n"
        . "    quota limit=1000 window=18:00-06:00 timezone=Asia/Jakarta status=429;\n}\n";
}
for my $file (1 .. $FILES) {
    $t->file("sites/$file.conf", join '', map { site("$file-$_") } 1 .. $PER_FILE);
}
my %gateway = (http => 'include sites/*.conf;', social => {social_store => 'memory size=512m'});
subtest 'a configuration of many sites' => sub {
    my $begin = time;
    is($t->conf_error(%gateway), undef, 'a configuration of ' . $FILES * $PER_FILE . ' sites is accepted');
    my $taken = time - $begin;

    # Of the processor: other tests may keep it busy.
    my (undef, undef, $user, $system) = times;
    ok($user + $system < $SECONDS, "the configuration is read within $SECONDS seconds");
    note sprintf '%d sites: %.2f s, %.2f s of them the processor\'s', $FILES * $PER_FILE, $taken, $user + $system;
};

subtest 'requests to many sites' => sub {
    $t->gateway(%gateway)->start;
    for my $id ('169', '1-1', "$FILES-$PER_FILE", '5-500') {
        my $url   = $id eq '169' ? 'https://mysite.example/x' : "https://site-$id.example/x";
        my $login = $t->get("/facebook/auth?redirectUrl=$url");
        is($login->status, 302, "site $id: a login begins");
        like($login->location, qr{/dialog/oauth\?}, "site $id: the login leads to the provider");
        my $answer = $t->api(GET => '/api/session/x', token => $t->bearer(site => $id));
        if ($id eq '169') {
            is_envelope($answer, 404, 'Session not found', "site $id: its token is good");
        }
        else {
            like($answer->status,              qr/^(?:404|429)$/, "site $id: its token is good, and its window counts");
            like($answer->header('RateLimit'), qr/^"\Q$id\E";r=/, "site $id: RateLimit is that of the site");
        }
    }
    is($t->get('/facebook/auth?redirectUrl=https://a.site-7-7.example/')->status,
        302, 'a wildcard origin begins a login');
    is($t->get('/facebook/auth?redirectUrl=https://site-0-0.example/')->status,
        400, 'an unknown origin begins no login');
    is($t->get('/facebook/auth?redirectUrl=https://a.b.site-7-7.example/')->status,
        400, 'a wildcard stands for one label alone');
    is_envelope($t->api(GET => '/api/session/x', token => $t->bearer(site => '0-0')), 401, 'Invalid token');
    my $session = $t->login('facebook', redirect => 'https://site-4-42.example/');
    my $answer  = $t->api(GET => "/api/session/$session", token => $t->bearer(site => '4-42'));
    like($answer->status, qr/^(?:200|429)$/, 'a session of one of many sites is readable');
    is_envelope(
        $t->api(GET => "/api/session/$session", token => $t->bearer),
        404,
        'Session not found',
        'another site does not find the session'
    );
    my $begin = time;
    ok($t->reload(drained => 1), 'the configuration can be reloaded');
    note sprintf 'reload: %.2f s', time - $begin;
    unlike($t->log->text, qr/room for the counters/, 'the store has room for all their quotas');
    $t->gateway(%gateway, social => {social_store => 'memory size=8m'});
    $t->reload(drained => 1);
    like(
        $t->log->text,
        qr/\[warn\] .*@{[$FILES * $PER_FILE]} sites have a quota, and the store has room for the counters of \d+: give "social_store" \d+ times its size/,
        'a store that is too small for their quotas is warned of'
    );
};

sub mistake ($extra) {
    $t->file('sites/zz.conf', $extra);
    my $says = $t->conf_error(%gateway) // 'accepted';
    unlink "$dir/sites/zz.conf";
    return $says;
}

subtest 'mistakes in one of many sites' => sub {
    my $place = qr{\S+/sites/7\.conf:\d+};
    my $mine  = qr{\S+/sites/zz\.conf:2};
    $gateway{http} = 'include sites/7.conf; include sites/zz.conf;';
    like(
        mistake("\nsocial_site 7-7 {\n    origin https://another.example;\n}\n"),
        qr/a site is there twice: give each its own id: site 7-7 \($mine\) and site 7-7 \($place\)/,
        'two sites of one id are named with their places'
    );
    for my $case (
        ['the same',               'https://site-7-7.example'],
        ['the same with its port', 'https://SITE-7-7.example:443/'],
        ['below it',               'https://site-7-7.example/app/'],
        ['within its wildcard',    'https://a.site-7-7.example'],
        ['the same wildcard',      'https://*.site-7-7.example'],
        ['below its wildcard',     'https://*.site-7-7.example/app'],
        )
    {
        my ($what, $origin) = @$case;
        like(
            mistake("\nsocial_site mine {\n    origin https://mine.example $origin;\n}\n"),
            qr/origins of two sites overlap: .*of site mine \($mine\) and origin \S+ of site 7-7 \($place\)/,
            "an origin that overlaps another site's is named with both places: $what"
        );
    }
    is( mistake(
            "social_site mine {\n"
                . "    origin https://other.example http://site-7-7.example https://site-7-7.example:8443;\n}\n"
        ),
        'accepted',
        'another scheme or port is another origin'
    );

    %gateway = ();
    for my $case (
        ["social_site x {\n}\n",                                       qr/a site has no origin: add origin https:/],
        ["social_site x {\n    token_ttl 5m;\n}\n",                    qr/a site has no origin/],
        ["social_site x {\n    origin x.example;\n}\n",                qr/"origin" .*x\.example/],
        ["social_site x {\n    origin https://x.example/a/../b;\n}\n", qr/"origin" /],
        ["social_site x {\n    origin https://*;\n}\n",                qr/"origin" /],
        ["social_site x {\n    origin https://x.*.example;\n}\n",      qr/"origin" /],
        ["social_site x {\n    origin https://u\@x.example;\n}\n",     qr/"origin" /],
        ["social_site x {\n    origin ftp://x.example;\n}\n",          qr/"origin" /],
        [   "social_site x {\n    origin https://x.example;\n    origin https://x.example/;\n}\n",
            qr/an origin is there twice/
        ],
        ["social_site x {\n    origin;\n}\n",                       qr/"origin" has the wrong number of values/],
        ["social_site 'a b' {\n    origin https://x.example;\n}\n", qr/a site's id is 1 to 64 letters/],
        ['social_site ' . 'x' x 65 . " {\n    origin https://x.example;\n}\n",   qr/a site's id is 1 to 64 letters/],
        ["social_site '' {\n    origin https://x.example;\n}\n",                 qr/a site's id is 1 to 64 letters/],
        ["social_site x {\n    origin https://x.example;\n    colour red;\n}\n", qr/"colour" is unknown in this block/],
        [   "social_site x {\n    origin https://x.example;\n    quota limit=1;\n    quota limit=1;\n}\n",
            qr/"quota" is duplicate/
        ],
        ["social_site x {\n    origin https://x.example;\n    quota;\n}\n", qr/"quota" has the wrong number of values/],
        [   "social_site x {\n    origin https://x.example;\n    token_ttl 0;\n}\n",
            qr/"token_ttl" needs a time over zero/
        ],
        [   "social_site x {\n    origin https://x.example;\n    token_ttl 5m;\n    token_ttl 6m;\n}\n",
            qr/"token_ttl" is duplicate/
        ],
        ["social_site x {\n    origin https://x.example;\n    users missing;\n}\n", qr/"users" .*missing/],
        ["social_site x;\n",   qr/directive "social_site" has no opening "\{"/],
        ["social_site {\n}\n", qr/invalid number of arguments in "social_site"/],
        )
    {
        my ($text, $says) = @$case;
        my $got  = $t->conf_error(http => $text) // 'accepted';
        my $what = $text =~ s/\s+/ /gr;
        like($got, $says, 'a mistake: ' . substr $what, 0, 90);
        like($got, qr/check\.conf:\d+$/m, 'the mistake is named with its place');
    }
};

subtest 'the end of a worker with many sites' => sub {

    # A worker that has so much to give back may need longer than nginx waits after TERM.
    ok($t->quit(60), 'nginx quits with many sites');
};

done_testing;
