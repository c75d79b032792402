# The token check alone, in front of an answer that costs next to nothing: each algorithm with
# tokens that were never seen before, one that was; and the quota.
package Token;
use v5.36;

use Bench::Gateways;
use Bench::Table;
use Crypt::PK::ECC     ();
use Crypt::PK::Ed25519 ();
use Crypt::PK::RSA     ();
use Social::Test::Token;

# A worker remembers the tokens that it has verified last. These are more than it can, or, where
# it takes too long to sign so many, too long for it, so that each check is a whole one.
my $MANY    = 8_192;
my $PADDING = 'x' x 1600;
my $LONG    = 64;

sub tables ($gateways, %option) {
    my %key = keys_of();
    my $t   = $gateways->gateway(
        'tokens',
        store     => 'memory size=8m',
        token_keys => sub ($t) {
            map { "$_ " . key_file($t, $_, $key{$_}) } sort keys %key;
        },
        http   => "social_site 170 { origin https://other.example; }\n",
        server => <<~'CONF',
            location = /bare    { empty_gif; }
            location = /guarded { empty_gif; social_bearer on; }
            CONF
    );
    my $again = $gateways->tokens->[0];
    my $side  = sub ($what, $path, $tokens, %more) {
        Bench::Gateways::side($what, $t, Bench::Gateways::with_tokens($tokens, ($path) x @$tokens), %more);
    };
    my $mint = sub ($alg, $count, %more) {
        my $key = $key{$alg} // $t->token_key;
        [map { Social::Test::Token->mint(alg => $alg, key => $key, sid => '170', exp => time + 7200, %more) } 1 .. $count];
    };
    my %long  = map { $_ => $mint->($_, $LONG, padding => $PADDING) } 'HS256', sort keys %key;
    my $floor = 'nginx: empty_gif, a token of 2.5 KB';
    return Bench::Table->new(
        title => 'The token check alone',
        sides => [
            $side->('nginx: empty_gif',                   '/bare',    [$again]),
            $side->('HS256, a token that was seen before', '/guarded', $mint->('HS256', 1)),
            $side->('the same with a quota',              '/guarded', [$again]),
            $side->('HS256, a new token',                 '/guarded', $mint->('HS256', $MANY)),
            $side->($floor,                               '/bare',    $long{HS256}, of => $floor),
            map { $side->("$_, a new token of 2.5 KB", '/guarded', $long{$_}, of => $floor) } 'HS256', sort keys %key
        ],
        notes => [
            'What takes longer than HS256 is the signature; most of what a long HS256 token takes is its JSON.',
        ],
    );
}

sub keys_of () {
    my $ecc = Crypt::PK::ECC->new;
    $ecc->generate_key('nistp256');
    my $rsa = Crypt::PK::RSA->new;
    $rsa->generate_key(256, 65_537);
    my $ed25519 = Crypt::PK::Ed25519->new;
    $ed25519->generate_key;
    return (ES256 => $ecc, RS256 => $rsa, PS256 => $rsa, EdDSA => $ed25519);
}

sub key_file ($t, $alg, $key) {
    return $t->file("bench-$alg.pem", $key->export_key_pem($alg =~ /^[RP]S/ ? 'public_x509' : 'public'), 0600);
}

1;
