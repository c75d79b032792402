# What Facebook's app secret signs: appsecret_proof of API calls, signed_request of the
# callbacks that Facebook makes.
# https://developers.facebook.com/docs/graph-api/guides/secure-requests
# https://developers.facebook.com/docs/facebook-login/security
package Social::Sandbox::Facebook::Proof;
use v5.36;

use Digest::SHA  qw(hmac_sha256 hmac_sha256_hex);
use MIME::Base64 qw(encode_base64url decode_base64url);
use Mojo::JSON   qw(decode_json encode_json);
use Social::Sandbox::Reply;

# A timed proof lives five minutes.
my $LIFETIME = 300;

# proof($secret, $token) or, timed, proof($secret, $token, $time)
sub proof ($secret, $token, $time = undef) {
    return hmac_sha256_hex(defined $time ? "$token|$time" : $token, $secret);
}

# undef when the proof of a call is in order, else what is wrong. It counts in the query alone.
sub complaint ($mount, $request, $token) {
    my $given = $request->query('appsecret_proof');
    if (!defined $given) {
        return $mount->setting('require_proof')
            ? 'API calls from the server require an appsecret_proof argument'
            : undef;
    }
    my $time = $request->query('appsecret_time');
    return 'Invalid appsecret_time provided in the API argument'
        if defined $time && ($time !~ /^\d+$/ || abs($mount->now - $time) > $LIFETIME);
    return 'Invalid appsecret_proof provided in the API argument'
        if $given ne proof($mount->setting('client_secret'), $token, $time);
    return;
}

# sign($secret, {user_id => …}, [padded => 1])
sub sign ($secret, $payload, %arg) {
    my $encode = sub ($bytes) {
        my $text = encode_base64url($bytes);
        return $arg{padded} ? $text . '=' x (-length($text) % 4) : $text;
    };
    my $body = $encode->(encode_json($payload));
    return $encode->(hmac_sha256($body, $secret)) . ".$body";
}

# The payload of a signed_request, undef when it is not signed by that secret.
sub open_signed ($secret, $text) {
    my ($signature, $body) = $text =~ /^([\w-]+=*)\.([\w-]+=*)$/ or return;
    return if decode_base64url($signature =~ s/=+$//r) ne hmac_sha256($body, $secret);
    my $payload = eval { decode_json(decode_base64url($body =~ s/=+$//r)) };
    return ref $payload eq 'HASH' && lc($payload->{algorithm} // '') eq 'hmac-sha256' ? $payload : undef;
}

# signed_request($mount, [user_id => …], [url => where to post it], [padded => 1],
#     [algorithm => …], [secret => a wrong one], [extra => {…}])
# {signed_request, [status, body]}; with `url`, a promise of it.
sub signed_request ($mount, %arg) {
    my $now     = $mount->now;
    my $user_id = $arg{user_id} // $mount->user($mount->setting('user'))->{id};
    my $signed  = sign(
        $arg{secret} // $mount->setting('client_secret'),
        {
            algorithm => $arg{algorithm} // 'HMAC-SHA256',
            user_id   => $user_id,
            issued_at => $now,
            expires   => $now + 3_600,
            %{$arg{extra} // {}},
        },
        padded => $arg{padded},
    );
    return {signed_request => $signed} if !defined $arg{url};
    require Mojo::UserAgent;
    state $agent = Mojo::UserAgent->new(max_redirects => 0, request_timeout => 10);
    return $agent->post_p($arg{url} => form => {signed_request => $signed})->then(
        sub ($tx) {
            my $res = $tx->res;
            return {
                signed_request => $signed,
                status         => $res->code,
                type           => $res->headers->content_type,
                body           => $res->body
            };
        }
    );
}

1;
