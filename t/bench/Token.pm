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

# A worker remembers tokens that it has verified; these are too long for that, so that each check
# is a whole one.
my $PADDING = 'x' x 1600;
my $NEW     = 64;

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
        my @requests = map { [$path, Bench::Gateways::bearer($_)] } @$tokens;
        +{what => $what, url => $t->url('/'), pids => [$t->nginx->workers], requests => \@requests, %more};
    };
    my $mint = sub ($alg, $site, $count) {
        my $key = $alg eq 'HS256' ? $t->token_key : $key{$alg};
        my @padding = $count > 1 ? (padding => $PADDING) : ();
        [map { Social::Test::Token->mint(alg => $alg, key => $key, sid => $site, exp => time + 7200, @padding) } 1 .. $count];
    };
    return Bench::Table->new(
        title => 'The token check alone; "new" are tokens of 2.5 KB, which are not remembered',
        sides => [
            $side->('nginx: empty_gif', '/bare',    [$again]),
            $side->('HS256, seen before', '/guarded', $mint->('HS256', 170, 1)),
            $side->('the same with a quota', '/guarded', [$again]),
            map { $side->("$_, new", '/guarded', $mint->($_, 170, $NEW)) } 'HS256', sort keys %key
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
