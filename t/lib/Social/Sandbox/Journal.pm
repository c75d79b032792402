# What the sandbox was asked. Secret values are kept as fingerprints: two calls with the
# same token can be told apart from two with different ones, and nothing leaks.
package Social::Sandbox::Journal;
use v5.36;

use Digest::SHA qw(sha256_hex);
use Time::HiRes qw(time);

my $SECRET  = qr/(?:^code$|secret|token|verifier|signature|signed_request|proof|nonce|^state$|password)/;
my @HEADERS = qw(accept content-type host user-agent);
my $KEPT    = 20_000;

# Parameters that a provider takes once.
my $ONCE = qr/^(?:code|refresh_token)$/;

sub new ($class) { return bless {counters => {}, seen => [], presented => {}}, $class }

# Writes a call down; the entry is completed with the status later.
sub record ($self, $endpoint, $request) {
    $self->{counters}{$endpoint}++;
    my %params;
    for my $pair (@{$request->pairs}) {
        my ($name, $value) = @$pair;
        $value = fingerprint($value) if $name =~ $SECRET && $name !~ /^(?:token_type_hint|oauth_signature_method)$/;
        if    (!exists $params{$name}) { $params{$name} = $value }
        elsif (ref $params{$name})     { push @{$params{$name}}, $value }
        else                           { $params{$name} = [$params{$name}, $value] }
    }
    my $entry = {
        endpoint => $endpoint,
        method   => $request->method,
        path     => $request->path,
        params   => \%params,
        headers  => {map { $_ => $request->header($_) } grep { defined $request->header($_) } @HEADERS},
    };
    if (my ($scheme, $credentials) = ($request->header('authorization') // '') =~ /^(\S+)\s*(.*)$/s) {
        $entry->{headers}{authorization} = $scheme . (length $credentials ? ' ' . fingerprint($credentials) : '');
    }
    for my $name (grep { $_ =~ $ONCE && !ref $params{$_} } keys %params) {
        push @{$self->{presented}{"$endpoint $name $params{$name}"}}, {at => time, accepted => \$entry->{accepted}};
    }
    push @{$self->{seen}}, $entry;
    shift @{$self->{seen}} if @{$self->{seen}} > $KEPT;
    return $entry;
}

sub counters ($self) { return $self->{counters} }
sub seen     ($self) { return $self->{seen} }

# Codes and refresh tokens that were accepted and presented again: {endpoint, name, fingerprint,
# accepted (when), again (when)} of each.
sub presented_again ($self) {
    my @again;
    for my $key (sort keys %{$self->{presented}}) {
        my @calls      = @{$self->{presented}{$key}};
        my ($accepted) = grep { ${$calls[$_]{accepted}} } 0 .. $#calls;
        my $next       = defined $accepted && $calls[$accepted + 1] or next;
        my ($endpoint, $name, $fingerprint) = split / /, $key;
        push @again, {
            endpoint    => $endpoint,
            name        => $name,
            fingerprint => $fingerprint,
            accepted    => $calls[$accepted]{at},
            again       => $next->{at},
        };
    }
    return \@again;
}

sub clear ($self) { @$self{qw(counters seen presented)} = ({}, [], {}); return }

sub fingerprint ($value) {
    return 'sha256:'
        . substr sha256_hex(utf8::is_utf8($value) ? do { my $copy = $value; utf8::encode($copy); $copy } : $value), 0,
        16;
}

1;
