# The sealed cookie of a login in progress, as somebody who has the gateway's keyring could
# rewrite it: so that a test need not wait until a login is too old.
#
#     name    [__Host-]social_login_ID
#     value   base64url(key id (4) · nonce (12) · AES-256-GCM(fields) · tag (16)), ID is the associated data
#     fields  end in the time the login began, Unix seconds, 64 bits big-endian
package Social::Test::LoginCookie;
use v5.36;

use Carp                 qw(croak);
use Crypt::AuthEnc::GCM  qw(gcm_decrypt_verify gcm_encrypt_authenticate);
use Crypt::KeyDerivation qw(hkdf);
use MIME::Base64         qw(decode_base64 decode_base64url encode_base64url);

my $LABEL = 'nginx-social login cookie v1';
my ($KEY_ID, $NONCE, $TAG, $TIME) = (4, 12, 16, 8);

# The value of the cookie `$name`, as if its login had begun `$seconds` earlier. `$keyring` is the file's text.
sub aged ($class, $keyring, $name, $value, $seconds) {
    my ($id)  = $name =~ /social_login_([\w-]+)$/ or croak "no login cookie: $name";
    my $key   = hkdf(decode_base64($keyring), '', 'SHA256', 32, $LABEL);
    my $bytes = decode_base64url($value);
    my $head  = substr $bytes, 0, $KEY_ID;
    my $nonce = substr $bytes, $KEY_ID, $NONCE;
    my $body  = substr $bytes, $KEY_ID + $NONCE, -$TAG;
    my $tag   = substr $bytes, -$TAG;
    my $plain = gcm_decrypt_verify('AES', $key, $nonce, $id, $body, $tag) // croak 'the cookie does not open';
    my $began = unpack 'Q>', substr $plain, -$TIME;
    substr($plain, -$TIME) = pack 'Q>', $began - $seconds;
    return encode_base64url($head . $nonce . join '', gcm_encrypt_authenticate('AES', $key, $nonce, $id, $plain));
}

1;
