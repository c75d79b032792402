# Signatures of OAuth 1.0a: the base string of RFC 5849 §3.4.1, HMAC-SHA1, and the
# judgment about a request. Used by providers to verify and by tests to sign.
package Social::Sandbox::OAuth1Signature;
use v5.36;

use Digest::SHA  qw(hmac_sha1);
use MIME::Base64 qw(encode_base64);
use Social::Sandbox::Reply;
use Social::Sandbox::Request;

my $SKEW = 300;

# RFC 5849 §3.6
sub escape ($text) { return Social::Sandbox::Reply::escape($text) }

# base_string('POST', 'https://api.example/path', [[name, value], …]): the URL without its query.
sub base_string ($method, $url, $pairs) {
    my @encoded
        = sort { $a->[0] cmp $b->[0] || $a->[1] cmp $b->[1] } map { [escape($_->[0]), escape($_->[1])] } @$pairs;
    my ($scheme, $authority, $path) = $url =~ m{^(\w+)://([^/?#]*)([^?#]*)};
    $authority = lc $authority;
    $authority =~ s/:80$//  if lc $scheme eq 'http';
    $authority =~ s/:443$// if lc $scheme eq 'https';
    return join '&', uc $method, escape(lc($scheme) . "://$authority" . (length $path ? $path : '/')),
        escape(join '&', map {"$_->[0]=$_->[1]"} @encoded);
}

sub signature ($base, $consumer_secret, $token_secret = '') {
    return encode_base64(hmac_sha1($base, escape($consumer_secret) . '&' . escape($token_secret)), '');
}

# The Authorization value of a signed request:
# authorization(method => …, url => with its query, form => [[name, value], …], oauth => {…},
#     consumer_secret => …, token_secret => …)
sub authorization (%arg) {
    my ($url, $query) = split /\?/, $arg{url}, 2;
    my %oauth = (oauth_signature_method => 'HMAC-SHA1', oauth_version => '1.0', %{$arg{oauth}});
    delete @oauth{grep { !defined $oauth{$_} } keys %oauth};
    my $pairs = [
        @{Social::Sandbox::Request::parse_form($query // '')},
        @{$arg{form} // []},
        map { [$_, $oauth{$_}] } keys %oauth,
    ];
    $oauth{oauth_signature}
        = signature(base_string($arg{method}, $url, $pairs), $arg{consumer_secret}, $arg{token_secret} // '');
    return 'OAuth ' . join ', ', map { $_ . '="' . escape($oauth{$_}) . '"' } sort keys %oauth;
}

# ({name => value}, undef) of an Authorization header, or (undef, reason).
sub parse_header ($header) {
    my ($rest) = ($header // '') =~ /^OAuth\s+(.+)$/is or return (undef, 'absent');
    my %oauth;
    for my $part (split /\s*,\s*/, $rest) {
        my ($name, $value) = $part =~ /^([^=\s]+)="([^"]*)"$/ or return (undef, 'malformed');
        $value =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
        $name  =~ s/%([0-9a-fA-F]{2})/chr hex $1/ge;
        return (undef, 'repeated') if exists $oauth{$name};
        $oauth{$name} = $value;
    }
    return (\%oauth, undef);
}

# Judges a request: {oauth => {…}} or {fault => 'absent'|'malformed'|'repeated'|'consumer'|
# 'method'|'timestamp'|'token'|'nonce'|'signature'}.
#   consumer_key, consumer_secret   of the one app
#   token_secret => sub($token)     undef for an unknown token; called for '' where none is sent
#   now, nonces => {}               what was used already
sub judge ($request, %arg) {
    my ($oauth, $fault) = parse_header($request->header('authorization'));
    return {fault => $fault} if $fault;
    for my $name (qw(oauth_consumer_key oauth_nonce oauth_signature oauth_signature_method oauth_timestamp)) {
        return {fault => 'malformed'} if !length($oauth->{$name} // '');
    }
    return {fault => 'malformed'}
        if ($oauth->{oauth_version} // '1.0') ne '1.0' || $oauth->{oauth_nonce} !~ /^[\x21-\x7e]+$/;
    return {fault => 'consumer'} if $oauth->{oauth_consumer_key} ne $arg{consumer_key};
    return {fault => 'method'}   if $oauth->{oauth_signature_method} ne 'HMAC-SHA1';
    return {fault => 'timestamp'}
        if $oauth->{oauth_timestamp} !~ /^\d+$/ || abs($arg{now} - $oauth->{oauth_timestamp}) > $SKEW;

    my $secret = $arg{token_secret}->($oauth->{oauth_token} // '');
    return {fault => 'token'} if !defined $secret;
    my @signed = map { [$_, $oauth->{$_}] } grep { $_ ne 'oauth_signature' && $_ ne 'realm' } keys %$oauth;
    my $base   = base_string($request->method, $request->url, [@signed, @{$request->pairs}]);
    return {fault => 'signature'} if signature($base, $arg{consumer_secret}, $secret) ne $oauth->{oauth_signature};

    # RFC 5849 §3.3: unique for the same timestamp, consumer and token. Only after the
    # signature, or strangers could use up the nonces of others.
    my $once = join "\0", map { $oauth->{$_} // '' } qw(oauth_consumer_key oauth_token oauth_timestamp oauth_nonce);
    return {fault => 'nonce'} if $arg{nonces}{$once}++;
    return {oauth => $oauth};
}

1;
