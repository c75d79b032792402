# A server that a user would run today in place of the module: configured, started on one
# processor, filled with sessions, and stopped by its own pid.
#
#     my $peer = Bench::Peer::LuaRedis->new(
#         dir => DIR, cpu => 0, key => $hs256, sites => ['169'], sessions => [[$id => $body], …],
#         redis => Social::Test::Redis, extra_headers => [['Cache-Control' => 'no-store'], …],
#     )->start;
#     … $peer->port … $peer->path_of($id) … $peer->pids …
#     $peer->stop;
#
# A peer that needs no Redis takes none. `limit` is what a site may ask for a day; `store_cpu` is
# where a store runs that the peer starts itself.
package Bench::Peer;
use v5.36;

use Carp       qw(croak);
use Cwd        ();
use Fcntl      ();
use File::Path qw(make_path);
use JSON::PP   ();
use Social::Test::Port;
use Social::Test::Process;
use Social::Test::RawConnection;
use Time::HiRes qw(sleep time);

our $ROOT = Cwd::abs_path(__FILE__) =~ s{/t/bench/lib/Bench/Peer\.pm$}{}r;

# Where the servers' own files are.
our $SOURCES = "$ROOT/t/bench/peers";

# All of the API's path that stands before the session id.
our $PREFIX = '/api/facebook/session/';

sub new ($class, %arg) {
    my $self = bless {
        cpu           => 0,
        store_cpu     => 1,
        sites         => ['169'],
        sessions      => [],
        extra_headers => [],
        content_type  => 'application/json; charset=utf-8',
        limit         => 2_000_000_000,
        port          => Social::Test::Port::free(),
        %arg,
    }, $class;
    croak $class->name . ' needs a Redis' if $class->needs_redis && !$self->{redis};
    make_path($self->{dir});
    return $self;
}

# What each peer says of itself: its name, its version, and what it does and does not.
sub name          ($class) { croak "$class has no name" }
sub needs_redis   ($class) { return 0 }
sub checks_tokens ($class) { return 1 }
sub programs      ($class) { return () }

# What this machine has not for it, undef where it can be started.
sub lacks ($class) {
    my ($missing) = grep { !-e } '/usr/bin/taskset', $class->programs;
    return $missing;
}

sub port          ($self)      { return $self->{port} }
sub path_of       ($self, $id) { return $PREFIX . $id }
sub pids          ($self)      { return map { $_->pid } $self->{process} // () }
sub processes     ($self)      { return grep {defined} @$self{qw(process store)} }
sub error_log     ($self)      { return "$self->{dir}/error.log" }
sub session_key   ($self, $id) { return "session:$id" }

# Writes what the server reads, fills its store, starts it, and waits until it answers.
sub start ($self) {
    $self->fill;
    $self->{process} = $self->run($self->{cpu}, $self->command);
    $self->await_answer;
    return $self;
}

sub stop ($self) {
    my $clean = 1;
    for my $process (map { delete $self->{$_} // () } qw(process store)) {
        $clean = 0 if !$process->stop;
    }
    return $clean;
}

# Puts the sessions where the server looks for them.
sub fill ($self) {
    my $redis = $self->{redis} or return;
    $redis->command('SET', $self->session_key($_->[0]), $_->[1]) for @{$self->{sessions}};
    return;
}

sub run ($self, $cpu, @argv) {
    return Social::Test::Process->spawn(
        name   => $argv[0],
        argv   => ['/usr/bin/taskset', '-c', $cpu, @argv],
        env    => {LD_PRELOAD => undef, NODE_ENV => 'production'},
        stdout => $self->error_log,
        stderr => $self->error_log,
    );
}

# What is asked until it answers; any answer of HTTP will do.
sub await_answer ($self) {
    my $deadline = time + 20;
    until (eval { $self->get($self->path_of('none')) }) {
        croak $self->name . " does not start:\n" . $self->file_text($self->error_log)
            if time > $deadline || !$self->{process}->alive;
        sleep 0.02;
    }
    return;
}

# One request on a connection of its own, for those who start and check peers.
sub get ($self, $path, %headers) {
    my $wire = Social::Test::RawConnection->new(port => $self->port);
    $wire->put(
        Social::Test::RawConnection->format_request(
            method    => 'GET',
            target    => $path,
            authority => '127.0.0.1:' . $self->port,
            headers   => \%headers,
        )
    );
    my $response = $wire->read_response(method => 'GET');
    $wire->hang_up;
    return $response;
}

# The answers that are no session: [status, body, challenge or undef] by what is wrong.
sub refusals ($self) {
    my $bad   = 'Bearer realm="social", error="invalid_token", error_description=';
    my $plain = 'Bearer realm="social"';
    return {
        missing     => [401, _envelope(401, 'Token required'),     $plain],
        invalid     => [401, _envelope(401, 'Invalid token'),      qq{$bad"Invalid token"}],
        expired     => [401, _envelope(401, 'Expired token'),      qq{$bad"Expired token"}],
        quota       => [401, _envelope(401, 'time limit reached'), $plain],
        unknown     => [404, _envelope(404, 'Session not found')],
        unavailable => [503, _envelope(503, 'Sessions are unavailable, please try again')],
    };
}

# What a server written for this reads at its start: a file, for it holds the key.
sub settings_file ($self, %more) {
    my %settings = (
        port         => $self->port,
        key          => unpack('H*', $self->{key}),
        sites        => [map {"$_"} @{$self->{sites}}],
        limit        => $self->{limit},
        redis_port   => $self->{redis} ? $self->{redis}->port : 0,
        content_type => $self->{content_type},
        headers      => $self->{extra_headers},
        prefix       => $PREFIX,
        refusals     => $self->refusals,
        %more,
    );
    return $self->file('settings.json', JSON::PP->new->canonical->encode(\%settings));
}

# A file of the peer's own, which only its owner may read.
sub file ($self, $name, $text) {
    my $path = "$self->{dir}/$name";
    unlink $path;
    sysopen my $out, $path, Fcntl::O_WRONLY | Fcntl::O_CREAT | Fcntl::O_EXCL, 0600 or croak "$path: $!";
    binmode $out;
    print {$out} $text;
    close $out or croak "$path: $!";
    return $path;
}

sub file_text ($self, $path) {
    open my $in, '<:raw', $path or return '';
    local $/;
    return readline($in) // '';
}

# A file of t/bench/peers/ with its %%names%% filled in.
sub filled ($self, $name, %value) {
    my $text = $self->file_text("$SOURCES/$name") || croak "there is no $SOURCES/$name";
    return $text =~ s{%%(\w+)%%}{$value{$1} // croak "no value for $1"}ger;
}

# The upstream version of a Debian package.
sub package_version ($self, $package) {
    open my $in, '-|', 'dpkg-query', '-W', '-f', '${Version}', $package or croak "dpkg-query: $!";
    return (readline($in) // 'none') =~ s/^\d+://r =~ s/[-+].*//r;
}

sub _envelope ($status, $message) {
    return qq({"_meta":{"status":"ERROR","count":1},"records":{"errorCode":$status,)
        . qq("userMessage":"$message","devMessage":null,"more":null,"applicationCode":null}});
}

1;
