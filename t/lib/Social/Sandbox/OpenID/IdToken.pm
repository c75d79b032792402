# The id tokens of the OpenID provider: good ones, and those that a test asks for by the
# settings `claims`, `header` and `sign_with`.
package Social::Sandbox::OpenID::IdToken;
use v5.36;

use Digest::SHA  qw(sha256 sha512);
use MIME::Base64 qw(encode_base64url);
use Social::Sandbox::Jws;
use Social::Sandbox::OpenID::Keys;

# OpenID Connect Core 1.0 §2 and §3.1.3.6
sub make ($mount, $from, $access) {
    my $alg    = $mount->setting('alg');
    my $signer = $mount->{keys}->signing($alg);
    my $now    = $mount->now;
    my $hash   = $alg eq 'EdDSA' ? sha512($access) : sha256($access);
    my %claims = (
        iss     => $mount->url,
        sub     => $mount->user($from->{user})->{id},
        aud     => $mount->setting('client_id'),
        iat     => $now,
        exp     => $now + $mount->setting('id_token_ttl'),
        at_hash => encode_base64url(substr $hash, 0, length($hash) / 2),
        (defined $from->{nonce} ? (nonce => $from->{nonce}) : ()),
        $mount->profile($from),
        %{$mount->setting('claims')},
    );
    my %header = (alg => $alg, kid => $signer->{kid}, typ => 'JWT', %{$mount->setting('header')});
    my $given  = sub ($data) {
        return {map { $_ => $data->{$_} } grep { defined $data->{$_} } keys %$data};
    };
    my $with = $mount->setting('sign_with') // $alg;
    my $key  = $with eq $alg ? $signer->{key} : $with =~ /^HS/ ? $mount->setting('client_secret') : undef;
    $key = Social::Sandbox::OpenID::Keys->new->add($alg)->{key} if $with eq 'stranger';
    return $mount->ledger->note_secret(
        Social::Sandbox::Jws->sign(
            header => $given->(\%header),
            claims => $given->(\%claims),
            key    => $key,
            alg    => $with eq 'stranger' ? $alg : $with,
        )
    );
}

1;
