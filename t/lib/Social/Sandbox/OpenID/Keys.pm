# The signing keys of the OpenID provider: RS256, ES256 and EdDSA, rotated on demand, and
# their public halves as a JWK set (RFC 7517).
package Social::Sandbox::OpenID::Keys;
use v5.36;

use Crypt::PK::ECC     ();
use Crypt::PK::Ed25519 ();
use Crypt::PK::RSA     ();
use Mojo::JSON         qw(decode_json);

my %make = (

    # 2,048 bits take a while to find, so a key is made when it is first needed.
    RS256 => sub { my $key = Crypt::PK::RSA->new;     $key->generate_key(256, 65_537); $key },
    ES256 => sub { my $key = Crypt::PK::ECC->new;     $key->generate_key('nistp256');  $key },
    EdDSA => sub { my $key = Crypt::PK::Ed25519->new; $key->generate_key;              $key },
);

sub new ($class) { return bless {keys => [], serial => 0}, $class }

# The key that signs with an algorithm: {kid, alg, key}.
sub signing ($self, $alg) {
    my ($found) = grep { $_->{alg} eq $alg } reverse @{$self->{keys}};
    return $found // $self->add($alg);
}

sub add ($self, $alg) {
    my $make  = $make{$alg} // die "no key for $alg\n";
    my $entry = {kid => 'key-' . ++$self->{serial}, alg => $alg, key => $make->()};
    push @{$self->{keys}}, $entry;
    return $entry;
}

# A new key for the algorithm; the old one stays in the set if asked.
sub rotate ($self, $alg, $keep_old) {
    @{$self->{keys}} = grep { $_->{alg} ne $alg } @{$self->{keys}} if !$keep_old;
    return $self->add($alg);
}

sub jwks ($self) {
    return {
        keys => [
            map {
                my $jwk = decode_json($_->{key}->export_key_jwk('public'));
                +{%$jwk, kid => $_->{kid}, alg => $_->{alg}, use => 'sig'}
            } @{$self->{keys}}
        ]
    };
}

1;
