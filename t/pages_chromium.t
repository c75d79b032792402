# The pages in a real browser: the demo from its start page to the landing page, with every
# page on a telephone and on a desk, in the light and in the dark. The screenshots are in
# build/screenshots/.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/lib";

use File::Path qw(make_path);
use File::Temp qw(tempdir);
use HTTP::Tiny;
use JSON::PP qw(encode_json);
use Social::Test::Chromium;
use Social::Test::Port;
use Test::More;

plan skip_all => 'chromium is not installed' if !Social::Test::Chromium->binary;

my $root  = "$FindBin::Bin/..";
my $build = $ENV{SOCIAL_BUILD} // "$root/build";
my $shots = "$build/screenshots";
make_path($shots);

my $dir = tempdir('social-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $dir;
my %port = map { $_ => Social::Test::Port::free() } qw(gateway sandbox);
my $base = "http://127.0.0.1:$port{gateway}";

$ENV{DEMO_DIR}     = "$dir/demo";
$ENV{PORT}         = $port{gateway};
$ENV{SANDBOX_PORT} = $port{sandbox};
$ENV{DETACH}       = 1;
my $announcement = qx("$root/t/demo/run" 2>&1);
is $?, 0, 'the demo starts' or die $announcement;
END { qx("$root/t/demo/run" stop) if $ENV{DEMO_DIR} }

my $chromium = Social::Test::Chromium->new(dir => $dir);
$chromium->call('Browser.grantPermissions', permissions => ['clipboardReadWrite', 'clipboardSanitizedWrite']);
phone();

subtest 'the start page offers every provider' => sub {
    $chromium->open("$base/");
    is $chromium->status, 200, 'it is there';
    my $buttons
        = $chromium->evaluate('Array.from(document.querySelectorAll("a.login"), a => a.className.split(" ")[1])');
    is_deeply $buttons, [qw(facebook instagraph instagram twitter twitter_oauth2 oidc oauth2 oauth1)],
        'one button for each';
    looks_good('start');
};

subtest 'a user who agrees gets a session id' => sub {
    $chromium->open("$base/")->click('a.facebook');
    like $chromium->url, qr{^http://127\.0\.0\.1:$port{sandbox}/facebook/}, 'the provider asks';
    consent_looks_good('consent');
    $chromium->click('button[value=continue]');
    like $chromium->url, qr{^\Q$base\E/facebook/session\?sessionId=\w+#_=_$}, 'the login comes back';
    is $chromium->status, 200, 'to the landing page';
    my ($id) = $chromium->url =~ /sessionId=(\w+)/;
    is $chromium->text('output'),            $id,           'which shows the session id';
    is $chromium->header('Referrer-Policy'), 'no-referrer', 'the landing page sends no referrer';
    looks_good('landing');

    is $chromium->text('#copy'), 'Copy session id', 'there is a button to copy it';
    $chromium->click('#copy', navigates => 0);
    ok $chromium->await('document.getElementById("copy").innerText === "Copied"'), 'it says that it has copied';
    is $chromium->evaluate('navigator.clipboard.readText()'), $id, 'the clipboard holds the session id';
    is_deeply [$chromium->problems($base)], [], 'without a complaint of the browser';

    my $landing = $chromium->url;
    $chromium->evaluate('Object.defineProperty(navigator, "clipboard", {value: undefined}); 1');
    ok $chromium->await('document.getElementById("copy").innerText === "Copy session id"'), 'the button asks again';
    $chromium->click('#copy', navigates => 0);
    ok $chromium->await('document.getElementById("copy").innerText === "Copied"'),
        'it copies without the clipboard API too';

    $chromium->scripting(0)->open("$base/")->open($landing);
    is $chromium->evaluate('getComputedStyle(document.getElementById("copy")).display'), 'none',
        'without scripts there is no button';
    is $chromium->text('output'), $id, 'without scripts the page still shows the session id';
    $chromium->scripting(1);
    $chromium->language('id')->open("$base/")->open($landing);
    is $chromium->text('#copy'), 'Salin ID sesi', 'in Indonesian too';
    looks_good('landing-id');
    $chromium->language('en');
};

subtest 'a user who refuses can try again' => sub {
    $chromium->open("$base/")->click('a.facebook')->click('button[value=cancel]');
    is $chromium->status,     403,              'the gateway knows';
    is $chromium->text('h1'), 'Login canceled', 'the page says that the login was canceled';
    looks_good('refused');
    $chromium->click('a.button');
    ok $chromium->text('button[value=continue]'), 'the link asks the provider again';

    $chromium->open("$base/")->click('a.twitter_oauth2');
    consent_looks_good('consent-x');
    $chromium->click('button[value=cancel]');
    like $chromium->text('p'), qr/ at X\. /, 'X is called so';
};

subtest 'a login for a site that is not registered is not begun' => sub {
    $chromium->open("$base/")->click('a.other');
    is $chromium->status,     400,              'the gateway refuses the login';
    is $chromium->text('h1'), 'Wrong site url', 'with the reason';
    looks_good('wrong-site');
    $chromium->language('id')->open($chromium->url);
    is $chromium->text('h1'), 'URL situs salah', 'in Indonesian too';
    looks_good('wrong-site-id');
    $chromium->language('en');
};

subtest 'an answer of a provider that nobody waits for is refused' => sub {
    $chromium->open("$base/facebook/callback?code=x&state=y");
    is $chromium->status,     400,                             'the gateway refuses the login';
    is $chromium->text('h1'), 'This login is no longer valid', 'with the reason';
    is $chromium->text('.hint'), 'Go back to the site that you came from, and log in again there.',
        'the page says how to log in again';
    looks_good('expired');
};

subtest 'the failure of a provider can be tried again' => sub {
    my $told = HTTP::Tiny->new->post("http://127.0.0.1:$port{sandbox}/_sandbox/behave",
        {content => encode_json({endpoint => 'facebook.access_token', status => 500, times => 10})});
    is $told->{status}, 200, 'the provider fails';
    $chromium->open("$base/")->click('a.facebook')->click('button[value=continue]');
    is $chromium->status,     502,                         'the gateway passes that on';
    is $chromium->text('h1'), 'Facebook is not answering', 'the page names the provider that failed';
    looks_good('provider');
    HTTP::Tiny->new->post("http://127.0.0.1:$port{sandbox}/_sandbox/forgive", {content => '{}'});
    $chromium->click('a.button')->click('button[value=continue]');
    is $chromium->status, 200, 'the link leads to a login that works';
};

# The lines that the demo prints, with the values of this session: what curl says.
sub printed_line ($pattern, %value) {
    my ($token) = $announcement                   =~ /^ *(TOKEN=\S+)$/m;
    my ($line)  = grep {/$pattern/} $announcement =~ /^ *(curl .*)$/mg;
    my $shell   = join '; ', $token, (map {"$_=$value{$_}"} sort keys %value), $line;
    return scalar qx($shell);
}

subtest 'every button leads to a session, and every line that is printed works' => sub {
    my @names = $announcement =~ m{^ *curl -si '\Q$base\E/(\w+)/auth\?}mg;
    is_deeply \@names, [qw(facebook instagraph instagram twitter twitter_oauth2 oidc oauth2 oauth1)],
        'one line for each';
    for my $name (@names) {
        like printed_line(qr{/$name/auth\?}), qr{^HTTP/1\.1 302 .*^Location: http://127\.0\.0\.1:$port{sandbox}/}ms,
            "$name: a login begins";
        $chromium->open("$base/")->click("a.$name");
        $chromium->click('button[value=continue]');
        my ($id)  = $chromium->url =~ m{^\Q$base\E/$name/session\?sessionId=(\w+)} or fail("$name: a session"), next;
        my %value = (PROVIDER => $name, SESSION_ID => $id);
        like printed_line(qr{Bearer \S+" http}, %value), qr{^HTTP/1\.1 200 .*\{"session":"}s,
            "$name: the printed curl line reads the session";
        like printed_line(qr{-X DELETE}, %value), qr{^HTTP/1\.1 204 },
            "$name: the printed curl line deletes the session";
    }
};

ok $chromium->stop, 'the browser ends';
is system("$root/t/demo/run", 'stop') >> 8, 0, 'the demo ends';
delete $ENV{DEMO_DIR};
ok !HTTP::Tiny->new(timeout => 2)->get("$base/")->{headers}{server}, 'no server answers after the demo has ended';
done_testing;

sub phone { return $chromium->screen(390, 844, mobile => 1) }
sub desk { return $chromium->screen(1280, 800) }

# A page of the gateway: nothing that the Content-Security-Policy keeps from it.
sub looks_good ($name) {
    is_usable($name, $base);
    like $chromium->header('Content-Security-Policy'),   qr/default-src 'none'/, "$name: by a strict policy";
    unlike $chromium->header('Content-Security-Policy'), qr/unsafe/,             "$name: which allows nothing inline";
    is $chromium->evaluate('getComputedStyle(document.querySelector("main")).borderTopLeftRadius'), '16px',
        "$name: the style is there";
    return;
}

# A page of the sandbox.
sub consent_looks_good ($name) {
    is_usable($name, "http://127.0.0.1:$port{sandbox}");
    cmp_ok button_contrast($_), '>=', 3, "$name: the button stands out in the $_" for qw(light dark);
    return;
}

# On both screens and in both schemes: readable, no wider than the screen, with targets for
# fingers.
sub is_usable ($name, $origin) {
    for my $width (320, 390) {
        $chromium->screen($width, 844, mobile => 1);
        cmp_ok $chromium->evaluate('document.documentElement.scrollWidth'), '<=', $width,
            "$name: it fits $width pixels";
    }
    is_deeply [$chromium->problems($origin)], [], "$name: the browser has no complaint";
    my $small
        = $chromium->evaluate(
        'Array.from(document.querySelectorAll("button, a.button, a.login"), '
            . 'e => e.getBoundingClientRect().height).filter(h => h < 48)'
        );
    is_deeply $small, [], "$name: fingers find the buttons";
    cmp_ok text_contrast('light'), '>=', 4.5, "$name: it can be read in the light";
    cmp_ok text_contrast('dark'),  '>=', 4.5, "$name: it can be read in the dark";
    shoot($name);
    return;
}

sub shoot ($name) {
    for my $scheme (qw(light dark)) {
        $chromium->scheme($scheme);
        phone();
        $chromium->screenshot("$shots/$name-phone-$scheme.png");
        desk();
        $chromium->screenshot("$shots/$name-desk-$scheme.png");
    }
    $chromium->scheme('light');
    phone();
    return;
}

# The least contrast between a text and what is behind it (WCAG 2.2, 1.4.3).
sub text_contrast ($scheme) {
    my $texts = 'h1, p, li, strong, small, header span, output, button:not([hidden]), a';
    return least_contrast($scheme, $texts, 'getComputedStyle(e).color', 'ground(e)');
}

# Between the first button and what it lies on (1.4.11).
sub button_contrast ($scheme) {
    return least_contrast($scheme, 'button:first-of-type', 'ground(e)', 'ground(e.parentElement)');
}

# Between two colors of each element e.
sub least_contrast ($scheme, $selector, @colors) {
    $chromium->scheme($scheme);
    my $least = $chromium->evaluate(<<~"JS");
        (() => {
            const rgb = color => color.match(/[\\d.]+/g).map(Number);
            const light = color => {
                const [r, g, b] = rgb(color).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const ground = e => {
                const color = getComputedStyle(e).backgroundColor;
                return rgb(color)[3] === 0 && e.parentElement ? ground(e.parentElement) : color;
            };
            return Math.min(...Array.from(document.querySelectorAll("$selector"), e => {
                const [a, b] = [light($colors[0]), light($colors[1])].sort((x, y) => y - x);
                return (a + 0.05) / (b + 0.05);
            }));
        })()
        JS
    $chromium->scheme('light');
    return $least;
}
