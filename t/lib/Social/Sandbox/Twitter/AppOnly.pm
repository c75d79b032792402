# X's app-only bearer tokens: one for an app, with percent escapes in it that are part of
# the token.
# https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens
package Social::Sandbox::Twitter::AppOnly;
use v5.36;

use MIME::Base64 qw(decode_base64);
use Social::Sandbox::Reply;

sub token ($mount, $request) {
    return _refused() if !_is_app($mount, $request);
    return _refused() if ($request->form('grant_type') // '') ne 'client_credentials' || @{$request->pairs} != 1;

    # Clients are to keep the token; one that asks again and again is turned away.
    return _refused() if ++$mount->{app_token_requests} > $mount->setting('app_token_requests');
    return Social::Sandbox::Reply->token(200, {token_type => 'bearer', access_token => _current($mount)});
}

# POST /oauth2/invalidate_token with Basic and access_token={the token, verbatim}
sub invalidate ($mount, $request) {
    return _refused() if !_is_app($mount, $request);
    my ($verbatim) = $request->body =~ /(?:^|&)access_token=([^&]+)/;
    my $entry = $mount->ledger->valid('twitter_app', $verbatim // '')
        // $mount->ledger->valid('twitter_app', $request->form('access_token'));
    return $mount->error_reply({code => 89}) if !$entry;
    $entry->{revoked}            = 1;
    $mount->{app_token}          = undef;
    $mount->{app_token_requests} = 0;
    return Social::Sandbox::Reply->token(200, {access_token => $entry->{value}});
}

sub _current ($mount) {
    my $known = $mount->{app_token};
    return $known if defined $known && $mount->ledger->valid('twitter_app', $known);
    my $random = sub ($length) { Social::Sandbox::Ledger::random($length) };
    return $mount->{app_token} = $mount->ledger->issue(
        kind  => 'twitter_app',
        value => ('A' x 22) . $random->(8) . '%2F' . $random->(30) . '%3D' . $random->(44),
    );
}

# Both halves are form-encoded before base64.
sub _is_app ($mount, $request) {
    my $basic = $request->credentials('Basic') // return 0;
    my ($key, $secret) = map {s/%([0-9a-fA-F]{2})/chr hex $1/ger} split /:/, decode_base64($basic), 2;
    return
           ($key // '') eq $mount->setting('consumer_key')
        && ($secret // '') eq $mount->setting('consumer_secret')
        && $request->is_form;
}

sub _refused {
    return Social::Sandbox::Reply->json(
        403,
        {
            errors =>
                [{code => 99, label => 'authenticity_token_error', message => 'Unable to verify your credentials'}],
        }
    );
}

1;
