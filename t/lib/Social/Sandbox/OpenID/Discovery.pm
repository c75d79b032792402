# What the OpenID provider says about itself.
package Social::Sandbox::OpenID::Discovery;
use v5.36;

use Mojo::JSON qw(true);

our @SCOPES = qw(openid profile email offline_access);

# OpenID Connect Discovery 1.0 §3
sub metadata ($mount) {
    my $issuer = $mount->url;
    my %data   = (
        issuer                                => $issuer,
        authorization_endpoint                => "$issuer/authorize",
        token_endpoint                        => "$issuer/token",
        userinfo_endpoint                     => "$issuer/userinfo",
        jwks_uri                              => "$issuer/jwks",
        revocation_endpoint                   => "$issuer/revoke",
        response_types_supported              => ['code'],
        subject_types_supported               => ['public'],
        id_token_signing_alg_values_supported => [qw(RS256 ES256 EdDSA)],
        scopes_supported                      => \@SCOPES,
        code_challenge_methods_supported      => ['S256'],
        token_endpoint_auth_methods_supported => [qw(client_secret_basic client_secret_post)],
        grant_types_supported                 => [qw(authorization_code refresh_token client_credentials)],
        ($mount->setting('send_iss') ? (authorization_response_iss_parameter_supported => true) : ()),
        %{$mount->setting('metadata')},
    );
    return {map { $_ => $data{$_} } grep { defined $data{$_} } keys %data};
}

1;
