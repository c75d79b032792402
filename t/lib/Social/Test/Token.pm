# Bearer tokens as a site would have them: minted here, good or bad to the taste of the test.
package Social::Test::Token;
use v5.36;

use Social::Sandbox::Jws;

my $serial = 0;

# mint(key => $bytes, [alg => 'HS256'], [header => {…}], claim => value, …)
# A claim of undef is left out. `header` members replace `typ` and `alg`.
# The usual claims are there unless given: sub, sid, iat, nbf, exp, jti.
sub mint ($class, %arg) {
    my $key    = delete $arg{key};
    my $alg    = delete $arg{alg}    // 'HS256';
    my $header = delete $arg{header} // {};
    my $now    = time;
    my %claim  = (
        sub => 'owner@mysite.example',
        sid => '169',
        iat => $now,
        nbf => $now,
        exp => $now + 900,
        jti => sprintf('%08x%08x', $$, ++$serial) . unpack('H*', pack 'NN', rand 2**32, rand 2**32),
        %arg,
    );
    delete @claim{grep { !defined $claim{$_} } keys %claim};
    return Social::Sandbox::Jws->sign(
        header => {typ => 'JWT', alg => $alg, %$header},
        claims => \%claim,
        key    => $key,
        alg    => $alg,
    );
}

# A token whose two first parts are the given JSON texts, signed properly (HS256).
sub mint_text ($class, $key, $header, $claims) {
    return Social::Sandbox::Jws->sign_text($header, $claims, $key, 'HS256');
}

# {header, claims} of a token, unverified.
sub read ($class, $token) { return Social::Sandbox::Jws->read($token) }

# True when the HS256 signature is that of `$key`.
sub is_signed_by ($class, $token, $key) {
    my ($signed, $signature) = $token =~ /^(.*)\.([^.]*)$/s or return 0;
    return Social::Sandbox::Jws->signature('HS256', $key, $signed) eq $signature;
}

1;
