# The sandbox provider as a process beside the test, and its control channel.
package Social::Test::Sandbox;
use v5.36;

use Carp qw(croak);
use IO::Select;
use JSON::PP ();
use Social::Test::Process;
use Social::Test::RawConnection;

my $json = JSON::PP->new->utf8->canonical;

# new(dir => DIR, script => 't/sandbox/provider.pl', [args => […]], [patience => seconds])
sub new ($class, %arg) { return bless {args => [], port => 0, patience => 15, %arg}, $class }

sub start ($self) {
    pipe my $reader, my $writer or croak "pipe: $!";
    $self->{process} = Social::Test::Process->spawn(
        name   => 'sandbox',
        argv   => [$^X, $self->{script}, '--port', $self->{port}, @{$self->{args}}],
        stdout => $writer,
        stderr => "$self->{dir}/logs/sandbox.log",
    );
    close $writer;
    my $line = IO::Select->new($reader)->can_read(60) ? readline $reader : undef;
    croak 'the sandbox does not start: ' . _slurp("$self->{dir}/logs/sandbox.log") if !defined $line;
    @$self{qw(port tls_port)} = @{$json->decode($line)}{qw(port tls_port)};
    $self->{out} = $reader;
    return $self;
}

sub stop ($self) {
    my $process = delete $self->{process} or return 1;
    return $process->stop('TERM', $self->{patience});
}

sub port ($self) { return $self->{port} }

sub processes ($self) {
    return grep {defined} $self->{process};
}

# The address of a mount: url('facebook') is what `api_url` wants.
sub url ($self, $mount = '') { return "http://127.0.0.1:$self->{port}" . (length $mount ? "/$mount" : '') }

# The same over TLS, where the sandbox was given a certificate.
sub tls_url ($self, $mount) { return "https://127.0.0.1:$self->{tls_port}/$mount" }

# behave('facebook.me', status => 500, times => 1): see Social::Sandbox::Behavior.
sub behave  ($self, $endpoint, %how)   { return $self->control(behave  => {endpoint => $endpoint, %how}) }
sub forgive ($self, $endpoint = undef) { return $self->control(forgive => {endpoint => $endpoint}) }

# How often an endpoint was called since the last reset.
sub calls    ($self, $endpoint) { return $self->control('counters')->{$endpoint} // 0 }
sub counters ($self)            { return $self->control('counters') }

# What was seen, oldest first: {endpoint, method, path, params, headers, status, and the times
# when it began to be read and was answered}; values of secret parameters are fingerprints.
sub seen ($self, $endpoint = undef) {
    return grep { !defined $endpoint || $_->{endpoint} eq $endpoint } @{$self->control('seen')};
}

# Codes and refresh tokens that were accepted and presented again, as Social::Sandbox::Journal has
# them, with the `user` of each.
sub presented_again ($self) { return @{$self->control('presented_again')} }

sub reset_calls ($self) { return $self->control('reset') }

# auto | page | deny
sub consent ($self, $mode) { return $self->control(consent => {mode => $mode}) }

# Settings of a mount: configure('facebook', require_proof => 1, code_ttl => 1).
sub configure ($self, $mount, %settings) { return $self->control(configure => {mount => $mount, %settings}) }

# Lays data over a user of a mount: user('facebook', 'ovan', pages => 3).
sub user ($self, $mount, $name, %data) { return $self->control(user => {mount => $mount, name => $name, %data}) }

# Moves the sandbox's clock forward.
sub advance ($self, $seconds) { return $self->control(clock => {advance => $seconds}) }

# Everything the sandbox ever handed out that nobody may log.
sub secrets ($self) { return @{$self->control('secrets')} }

sub control ($self, $action, $data = undef) {
    my $bytes = Social::Test::RawConnection->format_request(
        method    => defined $data ? 'POST' : 'GET',
        target    => "/_sandbox/$action",
        authority => "127.0.0.1:$self->{port}",
        headers   => {'Content-Type' => 'application/json'},
        body      => defined $data ? $json->encode($data) : undef,
    );
    my $wire = Social::Test::RawConnection->new(port => $self->{port});
    $wire->put($bytes);
    my $response = $wire->read_response(timeout => $self->{patience}) or croak "the sandbox does not answer to $action";
    $wire->hang_up;
    my $reply = $response->json;
    croak "the sandbox refuses $action: " . $response->body if $response->status != 200;
    return $reply;
}

sub _slurp ($path) {
    open my $in, '<', $path or return '';
    local $/;
    return readline($in) // '';
}

1;
