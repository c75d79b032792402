# social_token_key: whose tokens are good. Keys of our own, and keys that others publish.
use lib 't/lib';
use Social::Test;

use Crypt::PK::ECC     ();
use Crypt::PK::Ed25519 ();
use Crypt::PK::RSA     ();
use JSON::PP           ();
use MIME::Base64       qw(encode_base64url);
use Social::Sandbox::Jws;
use Social::Test::Backend;
use Social::Test::TokenApi qw(token_of);
use Time::HiRes            qw(sleep);

my $json       = JSON::PP->new->utf8->canonical;
my @ALGORITHMS = qw(HS256 HS384 HS512 RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA);

my $rsa = generate('Crypt::PK::RSA', 256, 65_537);
my %key = (
    RS    => $rsa,
    PS    => $rsa,
    ES256 => generate('Crypt::PK::ECC', 'secp256r1'),
    ES384 => generate('Crypt::PK::ECC', 'secp384r1'),
    ES512 => generate('Crypt::PK::ECC', 'secp521r1'),
    EdDSA => generate('Crypt::PK::Ed25519'),
    HS    => 'a secret of more than thirty-two bytes for tests',
);

my $t = Social::Test->new;
$t->secret($key{HS});
my $id;

subtest 'each algorithm signs and verifies' => sub {
    for my $alg (@ALGORITHMS) {
        configure("$alg " . private_file($alg));
        $id //= $t->login('facebook');
        my $issued = token_of(
            $t,
            email    => 'owner@mysite.example',
            password => $Social::Test::Gateway::PASSWORD,
            siteId   => 169
        );
        is(Social::Test::Token->read($issued)->{header}{alg}, $alg, "$alg signs");
        is(status($issued),                                   200,  "$alg verifies its own token");
        is(status(minted($alg)), 200, "$alg verifies a token of another signer without kid");
        is(status(minted($alg) =~ s/(.)(?=[^.]{10}$)/$1 eq 'A' ? 'B' : 'A'/er), 401,
            "$alg refuses a changed signature");
        is(status(minted($alg, header => {kid => 'unknown'})), 401, "$alg refuses an unknown kid");
        my ($other) = grep { $_ ne $alg } $alg =~ /^HS/ ? 'ES256' : 'HS256';
        is(status(minted($other)),                          401, "$alg refuses $other");
        is(status(minted($other, header => {alg => $alg})), 401, "$alg refuses $other under its own name");
    }
};

subtest 'a public key verifies, and cannot sign' => sub {
    configure('HS256 ' . private_file('HS256'), map { "$_ " . public_file($_) } qw(RS256 ES256 EdDSA));
    is(status(minted($_)), 200, "$_")                      for qw(HS256 RS256 ES256 EdDSA);
    is(status(minted($_)), 401, "$_ is another algorithm") for qw(RS384 PS256 HS384);
    my $pem = $key{RS}->export_key_pem('public_x509');
    is(status(Social::Sandbox::Jws->sign_text($json->encode({alg => 'HS256'}), claims(), $pem, 'HS256')),
        401, 'a public key is no secret (CVE-2015-9235)');
    my $said = refused_by([map { "$_ " . public_file($_) } 'RS256']);
    like(
        $said,
        qr/"social_authenticate" gives out tokens, and no key can sign them/,
        'first in the list it is a mistake'
    );
};

subtest 'keys are rotated without a gap' => sub {
    my ($old, $new) = map { $t->secret_file("rotated.$_", "the secret number $_ that is long enough\n") } 1, 2;
    configure("HS256 $old");
    my $first = issued();
    configure("HS256 $new", "HS256 $old");
    is(status($first), 200, 'a token of the old key is good while that is in the list');
    my $second = issued();
    my @kid    = map { Social::Test::Token->read($_)->{header}{kid} } $first, $second;
    isnt($kid[1], $kid[0], 'the first key signs');
    is(status($second), 200, 'the second key verifies');
    configure("HS256 $new");
    is(status($first),  401, 'a key that is gone takes its tokens with it');
    is(status($second), 200, 'the other stays');
};

subtest 'tokens that are none' => sub {
    configure('HS256 ' . private_file('HS256'));
    my ($header, $payload, $signature) = split /\./, minted('HS256');
    for my $alg (qw(none None NONE nOnE)) {
        my $forged = encode_base64url($json->encode({alg => $alg})) . ".$payload.";
        is(status($_), 401, "alg $alg") for $forged, "$forged$signature";
    }
    my $embedded = encode_base64url(
        $json->encode({alg => 'HS256', jwk => {kty => 'oct', k => 'AA'}, jku => 'http://127.0.0.1:1/'}));
    my %bad = (
        'two parts'           => "$header.$payload",
        'an empty signature'  => "$header.$payload.",
        'an empty payload'    => "$header..$signature",
        'dots'                => '..',
        'four parts'          => "$header.$payload.$signature.x",
        'many dots'           => '.' x 4000,
        'padding'             => "$header.$payload.$signature=",
        'a shorter signature' => "$header.$payload." . substr($signature, 0, 20),
        'an empty key' => Social::Sandbox::Jws->sign_text($json->encode({alg => 'HS256'}), claims(), '', 'HS256'),
        'the secret "secret"' =>
            Social::Sandbox::Jws->sign_text($json->encode({alg => 'HS256'}), claims(), 'secret', 'HS256'),
        'a key in the token' => "$embedded.$payload.$signature",
        (   map {
                ("kid " . unpack("H8", $_) . " … of " . length($_) . " bytes" => minted('HS256', header => {kid => $_}))
            } '../../dev/null',
            q(' or 1=1),
            '%s%n', "a\r\nb",
            'x' x 4000,
            ''
        ),
        'a kid that is a number' => minted('HS256', header => {kid => 7}),
    );
    for my $what (sort keys %bad) {
        my $answer = $t->api(GET => "/api/facebook/session/$id", headers => {Authorization => "Bearer $bad{$what}"});
        is_envelope($answer, 401, 'Invalid token', $what);
    }
    is(status(minted('HS256')), 200, 'a good one is good after all of them');
};

subtest 'mistakes in the configuration' => sub {
    my %pair = (
        'RS256 ' . private_file('ES256')                                       => 'the key is no RSA key',
        'ES256 ' . private_file('RS256')                                       => 'the key is no elliptic curve key',
        'ES256 ' . private_file('ES384')                                       => 'the key is on another curve',
        'EdDSA ' . private_file('RS256')                                       => 'the key is no Ed25519 key',
        'HS256 ' . private_file('RS256')                                       => 'takes a secret, not a PEM key',
        'RS256 ' . private_file('HS256')                                       => 'no PEM key',
        'HS999 ' . private_file('HS256')                                       => 'unknown token algorithm',
        'none ' . private_file('HS256')                                        => 'unknown token algorithm',
        'HS256 ' . $t->file('short.key', 'x' x 31 . "\n", 0600)                => 'fewer than 32 bytes',
        'HS256 ' . $t->file('empty.key', '', 0600)                             => 'fewer than 32 bytes',
        'HS256 ' . $t->file('open.key', 'x' x 40, 0644)                        => 'everybody can read',
        'RS256 ' . $t->file('open.pem', $rsa->export_key_pem('private'), 0644) => 'everybody can read',
        'RS256 ' . weak_file()                                                 => 'fewer than 2048 bits',
        'HS256 /nowhere'                                                       => 'cannot be read',
        'HS256'                                                                => 'invalid number of arguments',
        'HS256 ' . private_file('HS256') . ' ca_file=x'                        => 'unknown parameter',
    );
    like(refused_by($_), qr/"social_token_key".*\Q$pair{$_}\E|\Q$pair{$_}\E.*"social_token_key"/, s{ /.*/}{ }r)
        for sort keys %pair;
    my $twice = 'HS256 ' . private_file('HS256');
    like(refused_by([$twice, $twice]), qr/"social_token_key" the token key is given twice/, 'one key given twice');
    is($t->conf_error(social => {social_token_key => 'HS256 ' . $t->file('least.key', 'x' x 32 . "\n", 0600)}),
        undef, 'a secret of 32 bytes will do');
};

subtest 'a file of published keys' => sub {
    my @published = (
        jwk('RS256', kid => 'one'),
        jwk('ES256', kid => 'two'),
        {kty => 'oct', k => encode_base64url('x' x 40), kid => 'three', alg => 'HS256'}
    );
    my $file = $t->file('keys.json', $json->encode({keys => \@published}));
    configure("jwks $file", 'HS256 ' . private_file('HS256'));
    is(status(issued()),                                  200, 'our own key signs, wherever it stands in the list');
    is(status(minted('RS256', header => {kid => 'one'})), 200, 'a key of the set verifies');
    is(status(minted('ES256', header => {kid => 'two'})), 200, 'another key of the set verifies');
    is(status(minted('ES256', header => {kid => 'one'})), 401, 'the id of another key refuses');
    is(status(minted('RS256')),                           200, 'the algorithm selects the key without a kid');
    is( status(
            Social::Sandbox::Jws->sign_text(
                $json->encode({alg => 'HS256', kid => 'three'}),
                claims(), 'x' x 40, 'HS256'
            )
        ),
        401,
        'a secret in a published set is none'
    );
    my $said = refused_by(["jwks $file"]);
    like($said, qr/"social_authenticate" gives out tokens, and no key can sign them/, 'published keys never sign');
    my %bad = (
        "jwks " . $t->file('no.json', 'text')           => 'not valid JSON',
        "jwks " . $t->file('empty.json', '{"keys":[]}') => 'no usable key',
        'jwks /nowhere.json'                            => 'cannot be read',
        "jwks $file ca_file=$file"                      => 'takes ca_file= with an https URL only',
        'jwks http://gateway.example/jwks'              => 'needs an https URL',
        'jwks ftp://127.0.0.1/jwks'                     => 'needs an https URL',
        'jwks https://user@gateway.example/jwks'        => 'needs an https URL',
        'jwks https://a.example/jwks what=1'            => 'unknown parameter',
        'jwks https://a.example/jwks ca_file=/nowhere'  => 'cannot be read',
    );
    like(refused_by([$_]), qr/"social_token_key".*\Q$bad{$_}\E/, s{ /.*/}{ }r) for sort keys %bad;
    like(
        refused_by([('jwks https://a.example/jwks') x 2]),
        qr/"social_token_key" names a URL twice/,
        'one URL given twice'
    );
};

subtest 'published keys at a URL' => sub {
    my $served  = $t->file('served.json', $json->encode({keys => [jwk('RS256', kid => 'first')]}));
    my $backend = Social::Test::Backend->new(
        sub ($request) {
            open my $in, '<:raw', $served or return [500, {}, ''];
            local $/;
            my $text = readline $in;
            return $text =~ /^(\d+)$/ ? [$1, {}, ''] : [200, {'Content-Type' => 'application/json'}, $text];
        }
    );
    my @keys = ('HS256 ' . private_file('HS256'), 'jwks ' . $backend->url('/jwks'));
    configure(@keys);
    my $good = minted('RS256', header => {kid => 'first'});
    ok($t->wait_for(sub { status($good) == 200 }), 'keys are fetched in the background');
    is(status(minted('HS256')),   200, 'our own are good all the time');
    is(scalar $backend->requests, 1,   'the keys are fetched once');

    $t->file('served.json', $json->encode({keys => [jwk('RS256', kid => 'first'), jwk('ES256', kid => 'second')]}));
    my $new = minted('ES256', header => {kid => 'second'});
    is(status($new), 401, 'a key that is not known yet refuses');
    ok($t->wait_for(sub { status($new) == 200 }), 'an unknown kid is fetched');
    is(scalar $backend->requests, 2, 'the unknown kid is fetched once');
    $t->file('served.json', $json->encode({keys => [jwk('EdDSA', kid => 'third')]}));
    is(status(minted('EdDSA', header => {kid => $_})), 401, "no flood of questions by kid $_") for 'third', 'a' .. 'h';
    sleep 0.3;
    is(scalar $backend->requests,                       2,   'unknown kids are fetched once a minute');
    is(status($good),                                   200, 'the keys that are there stay good');
    is(status(minted('HS256', header => {kid => 'x'})), 401, 'a secret is not confused with them');
    $backend->stop;

    my $broken = Social::Test::Backend->new(sub ($request) { [503, {}, 'down'] });
    configure($keys[0], 'jwks ' . $broken->url);
    ok($t->wait_for(sub { $broken->requests > 0 }), 'a publisher that fails is asked');
    is(status($good),           401, 'its tokens are refused');
    is(status(minted('HS256')), 200, 'tokens of other keys are good');
    ok($t->wait_for(sub { $t->log->text =~ /the JWK Set cannot be fetched: status 503/ }), 'the log says why');
    ok($t->wait_for(sub { $broken->requests > 1 }), 'a failed fetch is repeated soon');
};

subtest 'published keys come over TLS' => sub {
    my $tls = Social::Test->new(tls => {});
    $tls->sandbox->control(rotate => {alg => 'RS256'});
    my $url = $tls->sandbox->tls_url('oidc') . '/jwks';
    my $key = 'HS256 ' . $tls->token_key_file;
    $tls->gateway(social => {social_token_key => [$key, "jwks $url ca_file=" . $tls->ca_file]})->start;
    ok($tls->wait_for(sub { $tls->sandbox->calls('oidc.jwks') == 1 }), 'keys are fetched over TLS with ca_file');
    $tls->gateway(social => {social_token_key => [$key, "jwks $url"]});
    ok($tls->reload(drained => 1),                                           'a reload removes ca_file');
    ok($tls->wait_for(sub { $tls->log->text =~ /\[error\].*certificate/i }), 'an unknown certificate is refused');
    is($tls->sandbox->calls('oidc.jwks'), 1, 'an untrusted server is not asked for keys');
};

done_testing;

sub generate ($class, @how) { my $key = $class->new; $key->generate_key(@how); return $key }

sub key_of ($alg) { return $key{$alg} // $key{substr $alg, 0, 2} }

sub private_file ($alg) {
    my $key = key_of($alg);
    return $t->secret_file("secret.$alg", "$key\n") if !ref $key;
    my $path = $t->dir . "/conf/private.$alg.pem";
    return -e $path ? $path : $t->file("private.$alg.pem", pem($key, 'private'), 0600);
}

# CryptX has a label of its own for PKCS#8 (RFC 8410 §10.3).
sub pem ($key, $part) { return $key->export_key_pem($part) =~ s/ED25519 (?=PRIVATE)//gr }

sub public_file ($alg) {
    my $key = key_of($alg);
    return $t->file("public.$alg.pem", pem($key, $alg =~ /^RS/ ? 'public_x509' : 'public'));
}

sub weak_file () {
    return $t->file('weak.pem', generate('Crypt::PK::RSA', 128, 65_537)->export_key_pem('private'), 0600);
}

sub jwk ($alg, %more) {
    return {%{$json->decode(key_of($alg)->export_key_jwk('public'))}, alg => $alg, use => 'sig', %more};
}

sub claims () { return $json->encode({sub => 'x', sid => '169', exp => time + 900}) }

sub minted ($alg, %arg) {
    my $token = Social::Test::Token->mint(key => key_of($alg), alg => $alg, %arg);
    $t->secret($token);
    return $token;
}

sub issued () {
    return token_of($t, email => 'owner@mysite.example', password => $Social::Test::Gateway::PASSWORD, siteId => 169);
}

# 200 for a good token, 401 for another.
sub status ($token) { return $t->api(GET => "/api/facebook/session/$id", token => $token)->status }

sub configure (@keys) {
    $t->gateway(social => {social_token_key => \@keys});
    $t->nginx->master ? ($t->reload || die $t->log->text =~ s{.*(?=\[emerg\])}{}sr) : $t->start;
    return;
}

sub refused_by ($keys) { return $t->conf_error(social => {social_token_key => $keys}) // 'nothing is refused' }
