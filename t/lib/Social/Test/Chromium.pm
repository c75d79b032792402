# A real browser without a screen: Chromium, driven over its DevTools protocol
# (https://chromedevtools.github.io/devtools-protocol/). It has a profile of its own, and talks to
# nobody but the pages that a test opens.
#
#     my $chromium = Social::Test::Chromium->new(dir => $dir);
#     $chromium->screen(390, 844, mobile => 1);
#     $chromium->open($url);
#     $chromium->click('a.button');
#     is $chromium->text('h1'), 'Welcome';
#     $chromium->screenshot('welcome.png');
package Social::Test::Chromium;
use v5.36;

use Carp qw(croak);
use MIME::Base64 qw(decode_base64);
use Mojo::IOLoop;
use Mojo::JSON qw(encode_json false true);
use Mojo::UserAgent;
use Social::Test::Process;
use Time::HiRes qw(sleep time);

my $PATIENCE = 20;    # seconds for one step

# The path of the browser, undef where there is none.
sub binary {
    my ($found) = grep { -x } map {("$_/chromium", "$_/chromium-browser")} split /:/, $ENV{PATH} // '';
    return $found;
}

# new(dir => DIR): the profile and the browser's own messages lie there.
sub new ($class, %arg) {
    my $self    = bless {%arg, serial => 0, results => {}, problems => [], documents => {}, loads => 0}, $class;
    my $profile = "$self->{dir}/chromium";
    $self->{process} = Social::Test::Process->spawn(
        name => 'chromium',
        argv => [
            binary(), qw(--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --hide-scrollbars),
            qw(--disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0),
            "--user-data-dir=$profile", 'about:blank',
        ],
        stdout => "$self->{dir}/chromium.log",
        stderr => "$self->{dir}/chromium.log",
    );
    my $deadline = time + $PATIENCE;
    until (-s "$profile/DevToolsActivePort") {
        croak 'chromium does not start' if time > $deadline || !$self->{process}->alive;
        sleep 0.02;
    }
    open my $in, '<', "$profile/DevToolsActivePort" or croak "DevToolsActivePort: $!";
    chomp(my $port = readline $in);
    $self->_connect($port);
    return $self;
}

sub stop ($self) {
    my $process = delete $self->{process} or return 1;
    # It does not answer to this: the connection ends with it.
    $self->{socket}->send(encode_json({id => ++$self->{serial}, method => 'Browser.close'})) if $self->{socket};
    $self->_until(sub { !$process->alive }, 10);
    return $process->stop('TERM');
}

sub DESTROY ($self) {
    local ($?, $!, $@);
    $self->stop if $self->{process} && ${^GLOBAL_PHASE} ne 'DESTRUCT';
    return;
}

# ---- What it looks like ----

# Size in CSS pixels; mobile => 1 for a telephone, with a finer screen and touch.
sub screen ($self, $width, $height, %arg) {
    my $mobile = $arg{mobile} ? true : false;
    $self->call('Emulation.setDeviceMetricsOverride',
        width => $width, height => $height, mobile => $mobile, deviceScaleFactor => $arg{mobile} ? 2 : 1);
    return $self;
}

# light | dark
sub scheme ($self, $scheme) {
    $self->call('Emulation.setEmulatedMedia', features => [{name => 'prefers-color-scheme', value => $scheme}]);
    return $self;
}

# The Accept-Language of all requests from here on.
sub language ($self, $accept_language) {
    $self->call('Network.setExtraHTTPHeaders', headers => {'Accept-Language' => $accept_language});
    return $self;
}

sub scripting ($self, $on) {
    $self->call('Emulation.setScriptExecutionDisabled', value => $on ? false : true);
    return $self;
}

# ---- What it does ----

sub open ($self, $url) {
    $self->_navigation(sub {
        my $result = $self->call('Page.navigate', url => $url);
        croak "cannot open the page: $result->{errorText}" if $result->{errorText};
    });
    return $self;
}

# A press of the mouse; waits for the next page where navigates => 0 does not forbid it.
sub click ($self, $selector, %arg) {
    my $spot = $self->evaluate(
        "(() => { const e = document.querySelector(@{[_quoted($selector)]}); if (!e) return null;"
        . ' e.scrollIntoView({block: "center"}); const b = e.getClientRects()[0];'
        . ' return {x: b.x + b.width / 2, y: b.y + b.height / 2}; })()')
        or croak "there is no $selector to click";
    my $press = sub {
        $self->call('Input.dispatchMouseEvent', %$spot, type => $_, button => 'left', clickCount => 1)
            for qw(mousePressed mouseReleased);
    };
    if ($arg{navigates} // 1) { $self->_navigation($press) }
    else                      { $press->() }
    return $self;
}

# ---- What it sees ----

sub url    ($self) { return $self->evaluate('location.href') }
sub title  ($self) { return $self->evaluate('document.title') }
sub status ($self) { return $self->{status} }                      # of the page itself
sub header ($self, $name) { return $self->{headers}{lc $name} }    # likewise

sub text ($self, $selector) {
    return $self->evaluate("document.querySelector(@{[_quoted($selector)]})?.innerText ?? null");
}

# The value of a JavaScript expression, or what its promise brings.
sub evaluate ($self, $expression) {
    my $reply = $self->call('Runtime.evaluate',
        expression => $expression, returnByValue => true, awaitPromise => true, userGesture => true);
    croak "the script fails: $reply->{exceptionDetails}{exception}{description}" if $reply->{exceptionDetails};
    return $reply->{result}{value};
}

# Waits until a JavaScript expression is true.
sub await ($self, $expression) {
    return $self->_until(sub { $self->evaluate($expression) });
}

# The whole page, not only what fits on the screen.
sub screenshot ($self, $path) {
    my $data = $self->call('Page.captureScreenshot', format => 'png', captureBeyondViewport => true)->{data};
    CORE::open(my $out, '>:raw', $path) or croak "$path: $!";
    print {$out} decode_base64($data);
    return close $out;
}

# What the browser complained about below an address since the last question: violations of the
# Content-Security-Policy, errors in scripts, things that could not be loaded.
sub problems ($self, $base) {
    $self->evaluate('1');
    return map { $_->{text} } grep { index($_->{url}, $base) == 0 } splice @{$self->{problems}};
}

# ---- The protocol ----

# call('Page.navigate', url => $url): the result.
sub call ($self, $method, %params) {
    my $id = ++$self->{serial};
    $self->{socket}->send(encode_json({id => $id, method => $method, params => \%params}));
    $self->_until(sub { exists $self->{results}{$id} }) or croak "chromium does not answer to $method";
    my $reply = delete $self->{results}{$id};
    croak "chromium refuses $method: $reply->{error}{message}" if $reply->{error};
    return $reply->{result};
}

sub _connect ($self, $port) {
    my $ua = $self->{ua} = Mojo::UserAgent->new(max_response_size => 0, inactivity_timeout => 0);
    my ($page) = grep { $_->{type} eq 'page' } @{$ua->get("http://127.0.0.1:$port/json/list")->result->json};
    my $failed;
    $ua->websocket($page->{webSocketDebuggerUrl} => sub ($, $tx) {
        return $failed = 'chromium lets nobody in' if !$tx->is_websocket;
        $tx->max_websocket_size(64 * 1024 * 1024);
        $tx->on(json => sub ($, $message) { $self->_take($message) });
        $self->{socket} = $tx;
    });
    $self->_until(sub { $self->{socket} || $failed }) && $self->{socket} or croak $failed // 'chromium is silent';
    $self->call($_) for map {"$_.enable"} qw(Page Runtime Log Network);
    $self->call('Emulation.setFocusEmulationEnabled', enabled => true);
    return;
}

sub _take ($self, $message) {
    return $self->{results}{$message->{id}} = $message if $message->{id};
    my ($event, $about) = @$message{qw(method params)};
    if ($event eq 'Page.loadEventFired') { $self->{loads}++ }
    elsif ($event eq 'Network.responseReceived' && $about->{type} eq 'Document') {
        my $response = $about->{response};
        $self->{documents}{_without_fragment($response->{url})} = 1;
        $self->{status}  = $response->{status};
        $self->{headers} = {map { lc $_ => $response->{headers}{$_} } keys %{$response->{headers}}};
    }
    elsif ($event eq 'Runtime.exceptionThrown') {
        my $details = $about->{exceptionDetails};
        push @{$self->{problems}}, {url => $details->{url} // '', text => $details->{text}};
    }
    elsif ($event eq 'Log.entryAdded') {
        my $entry = $about->{entry};
        my $url   = _without_fragment($entry->{url} // '');
        # An error page is an answer, and no problem of the page.
        return if $entry->{source} eq 'network' && $self->{documents}{$url};
        push @{$self->{problems}}, {url => $url, text => "$entry->{source}: $entry->{text}"}
            if $entry->{level} =~ /^(?:error|warning)$/;
    }
    return;
}

sub _navigation ($self, $begin) {
    my $loads = $self->{loads};
    $begin->();
    $self->_until(sub { $self->{loads} > $loads }) or croak 'no page comes';
    return;
}

sub _until ($self, $condition, $seconds = $PATIENCE) {
    my $deadline = time + $seconds;
    my $wake     = Mojo::IOLoop->recurring(0.02 => sub { });
    my $value;
    Mojo::IOLoop->one_tick until ($value = $condition->()) || time > $deadline;
    Mojo::IOLoop->remove($wake);
    return $value;
}

sub _without_fragment ($url) { return $url =~ s/#.*//sr }

sub _quoted ($text) { return encode_json([$text]) =~ s/^\[|\]$//gr }

1;
