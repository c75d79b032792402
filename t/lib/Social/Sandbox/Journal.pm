# What the sandbox was asked. Secret values are kept as fingerprints: two calls with the
# same token can be told apart from two with different ones, and nothing leaks.
package Social::Sandbox::Journal;
use v5.36;

use Digest::SHA qw(sha256_hex);

my $SECRET  = qr/(?:^code$|secret|token|verifier|signature|signed_request|proof|nonce|^state$|password)/;
my @HEADERS = qw(accept content-type host user-agent);
my $KEPT    = 20_000;

sub new ($class) { return bless {counters => {}, seen => []}, $class }

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
    push @{$self->{seen}}, $entry;
    shift @{$self->{seen}} if @{$self->{seen}} > $KEPT;
    return $entry;
}

sub counters ($self) { return $self->{counters} }
sub seen     ($self) { return $self->{seen} }

sub clear ($self) { @$self{qw(counters seen)} = ({}, []); return }

sub fingerprint ($value) {
    return 'sha256:'
        . substr sha256_hex(utf8::is_utf8($value) ? do { my $copy = $value; utf8::encode($copy); $copy } : $value), 0,
        16;
}

1;
