# The harness: a whole gateway for the length of one test file. It has its own prefix
# directory and ports, nginx with the module, the sandbox provider and, on request, a
# redis-server; a browser that walks through logins; and, at the end of the file, the
# checks that hold for every test: nothing alarming in the log, no sanitizer report, no
# secret in any log, no process left.
#
#     use Social::Test;                      # brings Test::More with it
#     my $t = Social::Test->new->gateway->start;
#     my $id = $t->login('facebook');
#     is_envelope($t->api(GET => "/api/facebook/session/$id"), 401, 'Token required');
#     done_testing;
package Social::Test;
use v5.36;

use Carp        qw(croak);
use Cwd         ();
use File::Temp  ();
use JSON::PP    ();
use Test::More  ();
use Time::HiRes qw(sleep time);
use feature     ();
use strict      ();
use warnings    ();

use Social::Test::Browser;
use Social::Test::Envelope;
use Social::Test::Gateway;
use Social::Test::Log;
use Social::Test::Mistakes;
use Social::Test::Nginx;
use Social::Test::Port;
use Social::Test::Redis;
use Social::Test::Sandbox;
use Social::Test::Token;
use Social::Test::FinalChecks;
use Social::Test::RawConnection;
use Social::Test::Sessions;

use parent -norequire, 'Social::Test::Mistakes', 'Social::Test::Sessions';

my @running;

sub import ($class, @) {
    my $caller = caller;
    strict->import;
    warnings->import;
    feature->import(':5.36');
    for my $name (@Test::More::EXPORT) {
        next if $name =~ /^\W/ || $name eq 'done_testing';
        no strict 'refs';
        *{"${caller}::$name"} = \&{"Test::More::$name"};
    }
    no strict 'refs';
    *{"${caller}::done_testing"} = \&done_testing;
    *{"${caller}::$_"}           = Social::Test::Envelope->can($_) for qw(is_envelope is_page);
    return;
}

# new([sandbox => 1], [redis => 0 or 1 or a Social::Test::Redis…], [beside => a test], [workers => 1], [public => 'https://gateway.example'],
#     [module => PATH or undef], [log_level => 'info'], [redis_args => […]],
#     [clock => Social::Test::Clock of nginx], [watch => Social::Test::FreedMemory of nginx], [daemon => 1 for one that is to be upgraded],
#     [tls => {…} for the sandbox, as for Social::Test::Certificate::issue])
# `beside` makes another instance of that gateway: the same keys, sandbox and Redis, and the
# same public URL.
# The sandbox and the redis-server run from here on, nginx from start on. SOCIAL_STORE=redis in
# the environment gives every test a redis-server that does not say otherwise.
sub new ($class, %arg) {
    my $root  = Cwd::abs_path(__FILE__ =~ s{t/lib/Social/Test\.pm$}{}r || '.') =~ s{/$}{}r;
    my $build = $ENV{SOCIAL_BUILD} // "$root/build";
    my $self  = bless {
        root   => $root,
        dir    => File::Temp::tempdir('social-XXXXXXXX', TMPDIR => 1, CLEANUP => 1),
        ports  => {},
        module => $ENV{SOCIAL_MODULE} // "$build/ngx_http_social_module.so",
        redis  => ($ENV{SOCIAL_STORE} // '') eq 'redis',
        %arg,
    }, $class;
    $self->_share($arg{beside}) if $arg{beside};
    $self->{log} = Social::Test::Log->new(dir => $self->{dir});
    my @given = grep { exists $self->{$_} } qw(dir module workers connections log_level clock watch daemon);
    $self->{nginx} = Social::Test::Nginx->new(map { $_ => $self->{$_} } @given);
    if (!$arg{beside} && ($arg{sandbox} // 1)) {
        my @args = $arg{tls} ? $self->_certificate(%{$arg{tls}}) : ();
        $self->{sandbox}
            = Social::Test::Sandbox->new(dir => $self->{dir}, script => "$root/t/sandbox/provider.pl", args => \@args)
            ->start;
    }
    if ($self->{redis} && !ref $self->{redis}) {
        $self->{redis} = Social::Test::Redis->new(dir => "$self->{dir}/redis", args => $arg{redis_args} // [])->start;
    }
    push @running, $self;
    return $self;
}

# ---- Configuration ----

# The http block of nginx.conf, as a text or a sub that is given the test. In a text,
# %%PORT%%, %%PORT:name%%, %%DIR%%, %%ROOT%%, %%URL%%, %%SANDBOX%% and %%REDIS%% are filled in.
sub conf ($self, $http, %arg) {
    $self->{http} = $self->_fill(ref $http ? $http->($self) : $http);
    $self->{main} = $self->_fill($arg{main} // $self->{main} // '');
    $self->{nginx}->configure(http => $self->{http}, main => $self->{main});
    return $self;
}

# The usual gateway; the options are those of Social::Test::Gateway.
sub gateway ($self, %option) {
    my %uris;
    for my $name (@{$option{providers} // ['facebook']}) {
        push @{$uris{Social::Test::Gateway::mount_of($name)}}, $self->public . "/$name/callback";
    }
    $self->{sandbox}->configure($_, redirect_uris => $uris{$_}) for $self->{sandbox} ? sort keys %uris : ();
    return $self->conf(Social::Test::Gateway::http_conf($self, %option), main => $option{main} // '');
}

# What `nginx -t` says against a configuration, undef when it has nothing against it.
# Takes the text of conf, or the options of gateway.
sub conf_error ($self, @conf) {
    my ($accepted, $output) = $self->_check(@conf);
    return $accepted ? undef : $output;
}

# What `nginx -t` says of a configuration that it accepts, undef when it refuses it.
sub conf_warnings ($self, @conf) {
    my ($accepted, $output) = $self->_check(@conf);
    return $accepted ? $output : undef;
}

sub _check ($self, @conf) {
    my $http
        = @conf == 1 ? (ref $conf[0] ? $conf[0]->($self) : $conf[0]) : Social::Test::Gateway::http_conf($self, @conf);
    my %option = @conf == 1 ? () : @conf;
    return $self->{nginx}->check(http => $self->_fill($http), main => $self->_fill($option{main} // ''));
}

# ---- Processes ----

sub start  ($self)           { $self->{nginx}->start; return $self }
sub reload ($self, %arg)     { return $self->{nginx}->reload(%arg) }
sub quit   ($self, @seconds) { return $self->{nginx}->quit(@seconds) }
sub stop   ($self, @seconds) { return $self->{nginx}->stop(@seconds) }

# ---- What there is ----

sub root    ($self) { return $self->{root} }
sub dir     ($self) { return $self->{dir} }
sub log     ($self) { return $self->{log} }
sub nginx   ($self) { return $self->{nginx} }
sub redis   ($self) { return $self->{redis} }
sub sandbox ($self) { return $self->{sandbox} }

# The authority that signed the sandbox's certificate.
sub ca_file ($self) { return $self->{authority}->ca_file }

# A free port by name; the same name has the same port.
sub port ($self, $name = 'gateway') { return $self->{ports}{$name} //= Social::Test::Port::free() }

# Where nginx is, and what it calls itself.
sub url    ($self, $path = '') { return 'http://127.0.0.1:' . $self->port . $path }
sub public ($self, $path = '') { return ($self->{public} // $self->url) . $path }

# Writes a file below the prefix directory: its path.
sub file ($self, $name, $content, $mode = 0644) {
    my $path = "$self->{dir}/conf/$name";
    open my $out, '>:raw', $path or croak "cannot write $name: $!";
    print {$out} $content;
    close $out or croak "cannot write $name: $!";
    chmod $mode, $path;
    return $path;
}

# The same for a file that only its owner may read, whose lines may reach no log. An existing
# one is left alone, so that a second configuration has the keys of the first; so does an
# instance beside another.
sub secret_file ($self, $name, $content) {
    if ($self->{beside}) {
        my $path = $self->{beside}->secret_file($name, $content);
        open my $in, '<:raw', $path or croak "cannot read $name: $!";
        $self->secret(grep { !/^\s*#/ } map {s/\s+\z//r} readline $in);
        return $path;
    }
    my $path = "$self->{dir}/conf/$name";
    return $path if -e $path;
    $self->secret(grep { !/^\s*#/ } split /\n/, $content);
    return $self->file($name, $content, 0600);
}

# No log may hold these.
sub secret ($self, @values) { $self->{log}->secret(@values); return $self }

# ---- Talking to it ----

sub browser ($self, %arg) {
    my %hosts;
    if (my ($scheme, $authority) = ($self->{public} // '') =~ m{^(https?)://([^/]+)}) {
        $authority .= $scheme eq 'https' ? ':443' : ':80' if $authority !~ /:\d+$/;
        $hosts{lc $authority} = $self->port;
    }
    return Social::Test::Browser->new(
        base  => $self->public,
        hosts => \%hosts,
        watch => sub ($value) { $self->{log}->secret($value) },
        %arg,
    );
}

# Requests of a client without cookies.
sub get     ($self, $url, %arg)          { return $self->browser->get($url, %arg) }
sub request ($self, $method, $url, %arg) { return $self->browser->request($method, $url, %arg) }

# A whole login in a new browser: the session id. Options as those of Browser::login.
sub login ($self, $provider, %arg) {
    my $browser  = delete $arg{browser} // $self->browser;
    my $response = $browser->login($provider, redirect => 'https://mysite.example/welcome', %arg);
    return $response->session_id
        // croak "the login ended without a session: " . $response->status . ' ' . substr $response->body, 0, 300;
}

# api(GET => path, [token => …], [headers => {}], [json => data], [body => …])
sub api ($self, $method, $path, %arg) {
    my %headers = (Accept => 'application/json', %{$arg{headers} // {}});
    if (defined $arg{token}) {
        $self->secret($arg{token});
        $headers{Authorization} = "Bearer $arg{token}";
    }
    my $body = $arg{body};
    if (exists $arg{json}) {
        $headers{'Content-Type'} //= 'application/json';
        $body = JSON::PP->new->utf8->canonical->allow_nonref->encode($arg{json});
    }
    my $response = $self->request($method, $path, headers => \%headers, body => $body, form => $arg{form});
    $self->{log}->secrets_of($response->json) if $response->status == 200;
    return $response;
}

# The session of an id, as the data behind its JSON; the token is that of `site`.
sub session ($self, $provider, $id, %arg) {
    my $response = $self->api(GET => "/api/$provider/session/$id", token => $self->bearer(%arg));
    return $response->status == 200 ? $response->json : croak 'no session: ' . $response->body;
}

# A bearer token, by default a good one of site 169: bearer(site => '170', exp => time - 1).
sub bearer ($self, %arg) {
    my %claim = (sid => delete $arg{site} // '169', %arg);
    my $token = Social::Test::Token->mint(key => $self->token_key, %claim);
    $self->secret($token);
    return $token;
}

sub token_key ($self) {
    open my $in, '<:raw', $self->token_key_file or croak "no token key: $!";
    local $/;
    return readline($in) =~ s/\r?\n\z//r;
}

sub token_key_file ($self) {
    return $self->secret_file('token.key', "sandbox token key $$-" . time . '-' . rand() . ('x' x 32) . "\n");
}

# Raw bytes to nginx; all that comes back until it closes.
sub raw ($self, $bytes, %arg) {
    my $wire = $self->wire(%arg);
    $wire->put($bytes);
    return $wire->read_all(%arg);
}

# A connection of its own, for keep-alive, aborts and slow requests.
sub wire ($self, %arg) { return Social::Test::RawConnection->new(port => $self->port, %arg) }

# Requests at the same time, in the name of a new browser; see Social::Test::Browser.
sub together ($self, @requests) { return $self->browser->together(@requests) }

# Waits until the condition holds: its value, or a false one after that many seconds.
sub wait_for ($self, $condition, $seconds = 5) {
    my $deadline = time + $seconds;
    while (1) {
        my $value = $condition->();
        return $value if $value || time > $deadline;
        sleep 0.01;
    }
}

# A log line that would fail the test is expected here, or a secret on it is.
sub tolerate ($self, $pattern) { $self->{log}->tolerate($pattern); return $self }

# ---- The end ----

# Ends everything and checks what holds for every test.
sub done_testing (@plan) {
    Social::Test::FinalChecks::report($_) for splice @running;
    return Test::More::done_testing(@plan);
}

# Ends everything now and tells what was wrong: check => [lines]. For tests of the harness.
sub problems ($self) {
    @running = grep { $_ != $self } @running;
    return Social::Test::FinalChecks::problems($self);
}

sub _share ($self, $other) {
    $self->{$_} = $other->{$_} for qw(sandbox redis);
    $self->{public} = $other->public;
    return;
}

sub _certificate ($self, %arg) {
    require Social::Test::Certificate;
    $self->{authority} = Social::Test::Certificate->new(dir => "$self->{dir}/conf");
    my ($certificate, $key) = $self->{authority}->issue('sandbox', %arg);
    return ('--cert', $certificate, '--key', $key);
}

sub _fill ($self, $text) {
    my %value = (
        PORT    => sub { $self->port },
        DIR     => sub { $self->{dir} },
        ROOT    => sub { $self->{root} },
        URL     => sub { $self->public },
        SANDBOX => sub { $self->{sandbox}->url },
        REDIS   => sub { $self->{redis}->address },
    );
    $text =~ s/%%PORT:(\w+)%%/$self->port($1)/ge;
    return $text =~ s/%%([A-Z]+)%%/($value{$1} \/\/ croak "unknown placeholder $1")->()/ger;
}

1;
