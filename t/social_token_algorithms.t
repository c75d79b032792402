# Every algorithm that a token key may have, by tokens of an independent implementation;
# that a key is never used for another algorithm; and the rules about issuer, audience
# and clocks.
use lib 't/lib';
use Social::Test;

use Crypt::PK::ECC     ();
use Crypt::PK::Ed25519 ();
use Crypt::PK::RSA     ();
use JSON::PP           qw(encode_json);
use MIME::Base64       qw(encode_base64url decode_base64url);
use Social::Sandbox::Jws;

my $token_class = 'Social::Test::Token';
my $t           = Social::Test->new;

sub ecc ($curve) { my $key = Crypt::PK::ECC->new;     $key->generate_key($curve);      return $key }
sub rsa ()       { my $key = Crypt::PK::RSA->new;     $key->generate_key(256, 65_537); return $key }
sub ed25519 ()   { my $key = Crypt::PK::Ed25519->new; $key->generate_key;              return $key }

my $rsa = rsa();
my %key = (
    (map { ("HS$_" => "a secret for HS$_ of more than thirty-two bytes" . 'x' x 32) } 256, 384, 512),
    (map { ("RS$_" => $rsa, "PS$_" => $rsa) } 256, 384, 512),
    ES256 => ecc('nistp256'),
    ES384 => ecc('nistp384'),
    ES512 => ecc('nistp521'),
    EdDSA => ed25519(),
);
my @algorithms = sort keys %key;

sub pem ($alg) { return $key{$alg}->export_key_pem($alg =~ /^[RP]S/ ? 'public_x509' : 'public') }

my %file = map {
    my $content = ref $key{$_} ? pem($_) : "$key{$_}\n";
    ($_ => $t->file("token-$_.key", $content, 0600))
} @algorithms;

# HS256 first: the first key has to sign, and the others are public.
$t->gateway(social => {social_token_key => [map {"$_ $file{$_}"} 'HS256', grep { $_ ne 'HS256' } @algorithms]})->start;
my $id = $t->login('facebook');

sub bearer ($token) { return $t->api(GET => "/api/facebook/session/$id", token => $token) }

sub mint ($alg, %arg) { return $token_class->mint(key => $key{$alg}, alg => $alg, %arg) }

sub is_good ($token, $name) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is(bearer($token)->status, 200, "good: $name");
}

sub is_refused ($token, $name, $message = 'Invalid token') {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_envelope(bearer($token), 401, $message, "refused: $name");
}

subtest 'each algorithm works with its key' => sub {
    for my $alg (@algorithms) {
        is_good(mint($alg), $alg);
        is_refused(mint($alg, exp => time - 1), "$alg, expired", 'Expired token');
        my ($h, $p, $s) = split /\./, mint($alg);
        is_refused("$h.$p.", "$alg without its signature");
        my $bytes = decode_base64url($s);
        is_refused("$h.$p." . encode_base64url(substr $bytes, 0, -1), "$alg, a byte short");
        is_refused("$h.$p." . encode_base64url("$bytes\0"),           "$alg, a byte long");
        is_refused("$h.$p." . encode_base64url("\0" x length $bytes), "$alg, all zeros");
        vec($bytes, 9, 1) ^= 1;
        is_refused("$h.$p." . encode_base64url($bytes), "$alg, a bit flipped");
        is_refused("$h." . encode_base64url(encode_json({sid => '169', exp => time + 900})) . ".$s",
            "$alg, other claims");
    }
};

subtest 'a key has one algorithm, whatever the header says' => sub {
    for my $alg (@algorithms) {
        for my $said (grep { $_ ne $alg } @algorithms, 'none') {
            is_refused(mint($alg, header => {alg => $said}), "$alg that says $said");
        }
    }
};

# CVE-2015-9235, CVE-2026-39999: the public key as the secret of an HMAC.
subtest 'a public key is no secret' => sub {
    for my $alg (grep { ref $key{$_} } @algorithms) {
        my $pem = pem($alg);
        for my $hmac (qw(HS256 HS384 HS512)) {
            for my $secret (
                $pem,
                $pem =~ s/\n\z//r,
                $pem =~ s/-----[^-]+-----|\n//gr,
                $key{$alg}->export_key_der('public')
                )
            {
                is_refused($token_class->mint(key => $secret, alg => $hmac), "$hmac over the public key of $alg");
            }
        }
        is_refused($token_class->mint(key => $pem, alg => 'HS256', header => {alg => $alg}), "the same that says $alg");
    }
};

subtest 'another key of the same kind is another key' => sub {
    my %other = (RS256 => rsa(), ES256 => ecc('nistp256'), EdDSA => ed25519());
    $other{PS256} = $other{RS256};
    is_refused($token_class->mint(key => $other{$_}, alg => $_), "$_ of a stranger") for sort keys %other;
    is_refused(
        $token_class->mint(
            key    => $other{$_},
            alg    => $_,
            header => {jwk => JSON::PP::decode_json($other{$_}->export_key_jwk('public'))}
        ),
        "$_ of a stranger who brings the key"
    ) for sort keys %other;
};

sub only_key ($alg) {
    my $private
        = ref $key{$alg} ? $t->file("private-$alg.key", $key{$alg}->export_key_pem('private'), 0600) : $file{$alg};
    $t->gateway(social => {social_token_key => "$alg $private"});
    return ok($t->reload(drained => 1), "a key for $alg alone");
}

subtest 'only the algorithms of the configuration count' => sub {
    only_key('HS384');
    is_good(mint('HS384'), 'the one that is there');
    is_refused(mint($_),                                          $_) for grep { $_ ne 'HS384' } @algorithms;
    is_refused($token_class->mint(key => $key{HS384}, alg => $_), "its secret with $_") for qw(HS256 HS512);
    only_key('RS256');
    is_good(mint('RS256'), 'RS256 alone');
    is_refused(mint($_), "$_ of the same RSA key") for qw(RS384 RS512 PS256 PS384 PS512);
    only_key('PS512');
    is_good(mint('PS512'), 'PS512 alone');
    is_refused(mint($_), "$_ of the same RSA key") for qw(RS256 RS384 RS512 PS256 PS384);
};

subtest 'issuer and audience are compared as a whole' => sub {
    my $https = 'https://gateway.example';
    $t->gateway(
        social => {
            social_token_key      => "HS256 $file{HS256}",
            social_token_issuer   => $https,
            social_token_audience => 'good',
        }
    );
    $t->reload(drained => 1);
    is_good(mint('HS256', iss => $https, aud => $_), 'aud ' . encode_json([$_]))
        for 'good', ['good'], ['a', 'good'],
        ['good', 'good'];
    is_refused(mint('HS256', iss => $https, aud => $_), 'aud ' . encode_json([$_]))
        for undef, '', 'goo', 'good ', 'goods',
        'Good', 'a good one', [], [''], ['a'], [['good']], {}, {good => 1}, 7, ['good', 7], JSON::PP::true;
    is_refused(mint('HS256', aud => 'good', iss => $_), 'iss ' . encode_json([$_]))
        for undef, '', "$https/", 'https://gateway',
        "x$https", uc $https, [$https], {}, 7, JSON::PP::true;
    is_refused(mint('HS256', iss => $https, aud => 'bad',  exp => 1), 'a wrong audience is not called expired');
    is_refused(mint('HS256', iss => 'bad',  aud => 'good', exp => 1), 'neither is a wrong issuer');
    is_refused(mint('HS256', iss => $https, aud => 'good', exp => 1), 'all right but old', 'Expired token');
};

subtest 'clocks may differ by the leeway' => sub {
    $t->gateway(social => {social_token_key => "HS256 $file{HS256}", social_token_leeway => '30s'});
    $t->reload(drained => 1);
    my $now = time;
    is_good(mint('HS256', exp => $now - 20), 'it ended 20 seconds ago');
    is_good(mint('HS256', nbf => $now + 20), 'it begins in 20 seconds');
    is_good(mint('HS256', iat => $now + 20), 'it will be issued in 20 seconds');
    is_refused(mint('HS256', exp => $now - 40),                 'it ended 40 seconds ago', 'Expired token');
    is_refused(mint('HS256', $_  => $now + 40),                 "$_ in 40 seconds") for qw(nbf iat);
    is_refused(mint('HS256', nbf => '9223372036854775807' + 0), 'leeway and time do not overflow');
};

subtest 'a token key is long enough and of the right kind' => sub {
    my %bad = (
        'an empty secret'                 => ['HS256', ''],
        'a line feed'                     => ['HS256', "\n"],
        'a word'                          => ['HS256', "secret\n"],
        '31 bytes'                        => ['HS256', 'x' x 31],
        'no PEM'                          => ['RS256', "secret\n"],
        'a key on another curve'          => ['ES384', pem('ES256')],
        'an RSA key for ES256'            => ['ES256', pem('RS256')],
        'an Ed25519 key for RS256'        => ['RS256', pem('EdDSA')],
        'a public key for an HMAC secret' => ['none',  pem('RS256')],
    );
    for my $what (sort keys %bad) {
        my ($alg, $content) = @{$bad{$what}};
        my $path  = $t->file('bad.key', $content, 0600);
        my $error = $t->conf_error(social => {social_token_key => "$alg $path"});
        like($error, qr/\[emerg\].*"?social_token_key"?.* in \S+:\d+$/m, "refused at nginx -t: $what");
        unlike($error // '', qr/\Q$content\E/, "the refusal of $what does not show the key") if length $content > 2;
    }
    is($t->conf_error(social => {social_token_key => 'HS256 ' . $t->file('good.key', 'x' x 32, 0600)}),
        undef, '32 bytes are enough');
};

done_testing;
