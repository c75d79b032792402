# Proof Key for Code Exchange, RFC 7636.
package Social::Sandbox::Pkce;
use v5.36;

use Digest::SHA  qw(sha256);
use MIME::Base64 qw(encode_base64url);

# §4.2, the S256 method.
sub challenge ($verifier) { return encode_base64url(sha256($verifier)) }

# §4.6: whether a verifier is the one of a challenge. Only S256 asks for the length of
# §4.1, because real providers take any text for `plain`.
sub fits ($challenge, $method, $verifier) {
    return $challenge eq $verifier if $method eq 'plain';
    return 0                       if $verifier !~ /^[\w.~-]{43,128}$/a;
    return $challenge eq challenge($verifier);
}

1;
