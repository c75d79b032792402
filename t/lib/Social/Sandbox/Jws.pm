# JSON Web Signatures in compact form (RFC 7515), for minting: id tokens of the
# sandbox and bearer tokens of the tests, honest ones and others.
package Social::Sandbox::Jws;
use v5.36;

use Digest::SHA  qw(hmac_sha256 hmac_sha384 hmac_sha512);
use JSON::PP     ();
use MIME::Base64 qw(encode_base64url decode_base64url);

my $json = JSON::PP->new->utf8->canonical->allow_nonref;

my %hmac = (HS256 => \&hmac_sha256, HS384 => \&hmac_sha384, HS512 => \&hmac_sha512);

# sign(header => {}, claims => {}, key => bytes or Crypt::PK object, alg => 'HS256')
# `alg` is what is signed with; the header says whatever it says.
sub sign ($class, %arg) {
    return $class->sign_text($json->encode($arg{header}), $json->encode($arg{claims}), $arg{key}, $arg{alg});
}

sub sign_text ($class, $header, $claims, $key, $alg) {
    my $signed = encode_base64url($header) . '.' . encode_base64url($claims);
    return "$signed." . $class->signature($alg, $key, $signed);
}

# base64url of the signature; `none` has an empty one.
sub signature ($class, $alg, $key, $signed) {
    return '' if lc $alg eq 'none';
    if (my $hmac = $hmac{$alg}) { return encode_base64url($hmac->($signed, $key)) }
    my ($bits) = $alg =~ /(\d+)$/;
    my $bytes
        = $alg =~ /^RS/   ? $key->sign_message($signed, "SHA$bits", 'v1.5')
        : $alg =~ /^PS/   ? $key->sign_message($signed, "SHA$bits", 'pss', $bits / 8)
        : $alg =~ /^ES/   ? $key->sign_message_rfc7518($signed, "SHA$bits")
        : $alg eq 'EdDSA' ? $key->sign_message($signed)
        :                   die "unknown algorithm $alg\n";
    return encode_base64url($bytes);
}

# {header, claims}, nothing verified; undef when it is no compact JWS.
sub read ($class, $token) {
    my @part = split /\./, $token, -1;
    return if @part != 3;
    my ($header, $claims) = map {
        my $text = decode_base64url($_);
        eval { $json->decode($text) } // return
    } @part[0, 1];
    return {header => $header, claims => $claims};
}

1;
