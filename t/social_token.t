# Bearer tokens with one HS256 key, as most gateways have it: what is refused, with which
# words, and that a refusal leaves no trace on the connection or in the worker.
use lib 't/lib';
use Social::Test;

use JSON::PP     qw(encode_json);
use MIME::Base64 qw(encode_base64url decode_base64url);
use Social::Sandbox::Jws;
use Time::HiRes qw(sleep time);

my $token_class = 'Social::Test::Token';
my $jws         = 'Social::Sandbox::Jws';

# Tokens of a megabyte are to reach the module, not nginx's own limit.
my $t    = Social::Test->new->gateway(http => 'large_client_header_buffers 4 4m;')->start;
my $id   = $t->login('facebook');
my $path = "/api/facebook/session/$id";
my $key  = $t->token_key;

# One keep-alive connection for all of this file: a state that stays would be seen.
my $wire;

sub get_with_lines (@lines) {
    $wire //= $t->wire;
    my $request = join "\r\n", "GET $path HTTP/1.1", 'Host: gateway', @lines, '', '';
    $wire->put($request);
    my $response = $wire->read_response;
    $wire = undef if !$response || lc($response->header('Connection') // '') eq 'close';
    return $response;
}

sub bearer ($token) { return get_with_lines("Authorization: Bearer $token") }

sub is_challenged ($response, $message, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $challenge = 'Bearer realm="social"';
    $challenge .= qq(, error="invalid_token", error_description="$message") if $message ne 'Token required';
    my @got = $response->header_all('WWW-Authenticate');
    return is_envelope($response, 401, $message, $name)
        && (@got == 1 && $got[0] eq $challenge
        || !diag("    WWW-Authenticate: @got") && fail("$name: the challenge"));
}

sub is_refused ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_challenged(bearer($token), 'Invalid token', "invalid: $name");
}

sub is_expired ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_challenged(bearer($token), 'Expired token', "expired: $name");
}

sub is_good ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->secret($token);
    return is(bearer($token)->status, 200, "good: $name");
}

sub mint (%arg) { return $token_class->mint(key => $key, %arg) }

# A token with that text as its header.
sub with_header ($text)  { return $token_class->mint_text($key, $text, claims()) }
sub claims      (%claim) { return encode_json({sid => '169', exp => time + 900, %claim}) =~ s/("exp":\d+)\.\d+/$1/r }
sub parts       ($token) { return split /\./, $token, -1 }

is_good(mint(), 'a token of the site');

subtest 'without a token there is the bare challenge' => sub {
    is_challenged(get_with_lines(), 'Token required', 'no header');
    my $good = mint();
    my $was  = $path;
    for my $query ("access_token=$good", "token=$good", "Authorization=Bearer%20$good") {
        $path = "$was?$query";
        is_challenged(get_with_lines(), 'Token required', 'a token in the query is none');
    }
    $path = $was;
    is_challenged(
        get_with_lines("Cookie: token=$good; access_token=$good; Authorization=Bearer $good"),
        'Token required',
        'a token in a cookie is none'
    );
    is_challenged(
        get_with_lines("X-Authorization: Bearer $good", "Proxy-Authorization: Bearer $good"),
        'Token required',
        'a token in another header is none'
    );
};

subtest 'the header is the scheme, one space and the token' => sub {
    my $good = mint();
    is(get_with_lines("Authorization: $_ $good")->status, 200, "the scheme may be written $_")
        for qw(bearer BEARER bEaReR);
    is(get_with_lines("Authorization:   Bearer $good  ")->status, 200, 'blanks around the value do not count');
    my %bad = (
        'the scheme alone'        => 'Bearer',
        'the scheme and a blank'  => 'Bearer ',
        'nothing'                 => '',
        'two blanks'              => "Bearer  $good",
        'a tab'                   => "Bearer\t$good",
        'no blank'                => "Bearer$good",
        'the token alone'         => $good,
        'another scheme'          => "Basic $good",
        'a longer scheme'         => "Bearers $good",
        'two tokens'              => "Bearer $good, Bearer $good",
        'two tokens and a comma'  => "Bearer $good,$good",
        'a token and a word'      => "Bearer $good x",
        'quotes'                  => qq(Bearer "$good"),
        'a parameter'             => "Bearer token=$good",
        '32 KB of nothing'        => 'Bearer ' . 'A' x 32_768,
        'bytes that are no ASCII' => "Bearer \xff\xfe\x80",
    );
    is_challenged(get_with_lines("Authorization: $bad{$_}"), 'Invalid token', "invalid: $_") for sort keys %bad;

    # nginx's own 400: which of two headers counts would be a guess. It logs them, too.
    $t->tolerate(qr/client sent duplicate header line/);
    isnt(get_with_lines("Authorization: Bearer $good", "Authorization: Bearer $_")->status,
        200, 'two headers admit nobody')
        for $good, 'x';
};

subtest 'the algorithm is that of the key' => sub {
    my ($head, $payload) = parts(mint());
    for my $none (qw(none None NONE nOnE), '') {
        my $unsigned = encode_base64url(qq({"alg":"$none","typ":"JWT"})) . ".$payload.";
        is_refused($unsigned,                              "unsigned, alg '$none', no signature");
        is_refused($unsigned . encode_base64url('x' x 32), "unsigned, alg '$none', some signature");
        is_refused($unsigned . $jws->signature('HS256', $key, $unsigned =~ s/\.$//r),
            "alg '$none', signed with the key");
        is_refused(mint(key => 'another key of thirty-two bytes.'), 'a forged token after an unsigned one');
        is_good(mint(), 'an honest one after both');
    }
    for my $alg (qw(HS384 HS512)) {
        is_refused(mint(alg    => $alg),          "$alg with the right key, which is for HS256");
        is_refused(mint(header => {alg => $alg}), "HS256 that says $alg");
    }
    is_refused(mint(header => {alg => $_}), "HS256 that says $_")
        for qw(RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA hs256 HS-256 HS256K A128KW);
    is_refused(with_header($_), "a header of $_")
        for (
        '{}',                                          '[]',
        '"HS256"',                                     'null',
        '{"alg":256}',                                 '{"alg":["HS256"]}',
        '{"alg":null}',                                '{"alg":"HS256","alg":"none"}',
        '{"alg":"HS256","crit":["exp"]}',              '{"alg":"HS256","crit":[]}',
        '{"alg":"HS256","enc":"A256GCM"}',             '{"alg":"dir","enc":"A256GCM"}',
        '{"alg":"HS256"',                              '{"alg":"HS256"} x',
        "\x{feff}{\"alg\":\"HS256\"}" =~ s/^.//r . '', '{"alg":"HS256\u0000"}',
        )[0 .. 13, 15];
};

subtest 'a key is neither short, nor guessed, nor taken from the token' => sub {
    is_refused(mint(key => $_), 'signed with ' . (length $_ ? "'$_'" : 'an empty key'))
        for '', 'secret', '169', "$key\n";
    require IO::Socket::INET;
    my $listener = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', Proto => 'tcp') or die "no port: $!";
    my $url      = 'http://127.0.0.1:' . $listener->sockport . '/keys';
    my $own      = 'a key of my own, thirty-two bytes';
    my %claimed  = (
        jwk => {kty => 'oct', k => encode_base64url($own)},
        jku => $url,
        x5u => $url,
        x5c => [encode_base64url($own)],
    );
    is_refused(mint(key => $own, header => {$_ => $claimed{$_}}),    "the header's own $_") for sort keys %claimed;
    is_refused(mint(key => $own, header => {%claimed, kid => $url}), 'all of them');
    ok(!IO::Select->new($listener)->can_read(0.2), 'headers of a token fetch nothing');

    my @kids = ('../../dev/null', "' or 1=1 --", '%s%s%n', "a\r\nb", 'k' x 10_240, '', 'unknown', '/etc/passwd', "\0");
    is_refused(mint(header => {kid => $_}), 'kid ' . substr encode_json([$_]), 0, 40) for @kids;
    is_refused(mint(header => {kid => $_}), 'kid ' . encode_json([$_])) for 1, [], {}, JSON::PP::true;
    unlike($t->log->text, qr{dev/null|etc/passwd|or 1=1}, 'a kid is not logged');
};

subtest 'a token has three parts' => sub {
    my ($h, $p, $s) = parts(mint());
    my %bad = (
        'no dot'              => "$h$p$s",
        'one dot'             => "$h.$p",
        'no signature'        => "$h.$p.",
        'no header'           => ".$p.$s",
        'no payload'          => "$h..$s",
        'nothing but dots'    => '..',
        'four parts'          => "$h.$p.$s.x",
        'a dot at the end'    => "$h.$p.$s.",
        'a dot in front'      => ".$h.$p.$s",
        'five parts, a JWE'   => encode_base64url('{"alg":"dir","enc":"A256GCM"}') . '..a.b.c',
        'the parts exchanged' => "$p.$h.$s",
    );
    is_refused($bad{$_}, $_) for sort keys %bad;
    for my $dots (100_000, 1_000_000) {
        my @seconds = sort { $a <=> $b } map {
            my $begin = time;
            is_refused('.' x $dots, "$dots dots");
            time - $begin;
        } 1 .. 3;
        cmp_ok($seconds[0], '<', $dots / 2_000_000, "$dots dots are refused within a moment");
    }
};

subtest 'a signature is right to the last bit' => sub {
    my ($h, $p, $s) = parts(mint());
    my $bytes = decode_base64url($s);
    is_refused("$h.$p." . encode_base64url(substr $bytes, 0, $_), "$_ bytes of it") for 0 .. 31;
    is_refused("$h.$p." . encode_base64url("$bytes$_"), 'one byte more') for "\0", 'x', $bytes;
    for my $bit (0, 7, 8, 127, 128, 255) {
        my $wrong = $bytes;
        vec($wrong, $bit, 1) ^= 1;
        is_refused("$h.$p." . encode_base64url($wrong), "bit $bit flipped");
    }
    my $last = substr $s, -1;
    my $next = substr 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
        1 + index('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_', $last), 1;
    is_refused("$h.$p." . substr($s, 0, -1) . $next, 'spare bits of the last character');
    is_refused("$h.$p.$s$_", "'$_' behind it") for '=', '==', 'A', 'AA', 'AAA', '%3d';
    is_refused("$h=.$p.$s",                                         'padding in the header');
    is_refused("$h.$p=.$s",                                         'padding in the payload');
    is_refused("$h.$p." . substr($s, 0, 10) . ' ' . substr($s, 10), 'a blank inside');
    my $token = mint();
    $token = mint() while (parts($token))[2] !~ /[-_]/;
    is_refused(join('.', map {tr{-_}{+/}r} parts($token)), 'the other alphabet');
    is_refused(mint(key => $key . "\0"),    'a key with a NUL behind it');
    is_refused(mint(key => substr $key, 1), 'a part of the key');
    is_good(mint(), 'the next honest token');
};

subtest 'a token that was good before is judged anew' => sub {
    my $short = mint(exp => int(time) + 2);
    is_good($short, 'now');
    sleep 0.05 while time < $token_class->read($short)->{claims}{exp} + 0.1;
    is_expired($short, 'an expired token on the same connection');
    is_expired($short, 'an expired token stays expired on the connection');
    my $good = mint();
    is_good($good, 'a good token on the same connection');
    my ($h, $p, $s) = parts($good);
    is_refused("$h.$p." . encode_base64url('x' x 32),                  'the same claims with another signature');
    is_refused("$h." . encode_base64url(claims(sid => '170')) . ".$s", 'the same signature with other claims');
    is_good($good, 'the good token on the connection afterwards');
};

subtest 'a key that is taken away takes its tokens along' => sub {
    my $old  = mint();
    my $next = 'the next key, of thirty-two bytes or more';
    my ($old_file, $new_file) = ($t->token_key_file, $t->secret_file('next.key', $next));
    $t->gateway(social => {social_token_key => ["HS256 $new_file", "HS256 $old_file"]});
    $t->reload(drained => 1);
    $wire = undef;
    is_good($old,               'the old key beside the new one');
    is_good(mint(key => $next), 'the new key');
    $t->gateway(social => {social_token_key => "HS256 $new_file"});
    $t->reload(drained => 1);
    $wire = undef;
    is_refused($old, 'the old key is gone');
    is_good(mint(key => $next), 'the new key alone');
    $t->gateway(social => {social_token_key => "HS256 $new_file"}, sites => {170 => {}});
    $t->reload(drained => 1);
    $wire = undef;
    is_refused(mint(key => $next), 'the site is gone');
    is(bearer(mint(key => $next, sid => '170'))->status, 404, 'the sessions of the removed site are not found');
};

$t->tolerate(qr/client sent (?:too long|invalid) header/);
done_testing;
