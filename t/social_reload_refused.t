# A reload that nginx refuses changes nothing: neither for the workers that run, nor for those that the
# master starts later, which have what the refused configuration has left in the master.
use lib 't/lib';
use Social::Test;

use IO::Socket::INET;
use Social::Test::Certificate;

my $UNUSED = 'h' x 92;

# A page that most of nginx's filters have a part in.
my $t     = Social::Test->new->tolerate(qr/\[emerg\]|exited on signal 9/);
my $PAGE  = join '', map {"<p>line $_ is here</p>\n"} 1 .. 500;
my $taken = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $@\n";
my ($certificate, $key) = Social::Test::Certificate->new(dir => $t->dir . '/conf')->issue('server');
mkdir $t->dir . '/html';
$t->file('../html/page.html', $PAGE);

my $FILES = <<~"FILES";
    root @{[$t->dir]}/html;
    gzip on;
    gzip_min_length 1;
    expires epoch;
    add_header X-Content-Type-Options nosniff always;
    location = /page.html { }
    location = /changed {
        alias @{[$t->dir]}/html/page.html;
        sub_filter_types *;
        sub_filter here there;
        sub_filter_once off;
    }
    location = /guarded { social_bearer on; alias @{[$t->dir]}/html/page.html; }
    FILES
my $TLS = <<~"TLS";
    server {
        listen 127.0.0.1:@{[$t->port('tls')]} ssl;
        ssl_certificate $certificate;
        ssl_certificate_key $key;
        $FILES
        include @{[$t->root]}/conf-examples/endpoints.conf;
    }
    TLS
my %good = (server => $FILES, http => $TLS);

# Everything that a client sees of the answers, but for the date.
sub answers ($with_module = 1) {
    my %headers = (
        plain       => {},
        compressed  => {'Accept-Encoding' => 'gzip'},
        part        => {Range             => 'bytes=10-19'},
        conditional => {'If-None-Match'   => '*'},
    );
    my @paths = (
        '/page.html', '/changed', $with_module ? ('/guarded', "/api/facebook/session/$UNUSED", '/facebook/auth') : ()
    );
    my %seen;
    for my $path (@paths) {
        for my $how (sort keys %headers) {
            my $lines = join '', map {"$_: $headers{$how}{$_}\r\n"} sort keys %{$headers{$how}};
            for my $port ('gateway', $with_module ? 'tls' : ()) {
                my $text = $t->raw(
                    "GET $path HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n$lines\r\n",
                    port => $t->port($port),
                    ($port eq 'tls' ? (tls => {}) : ())
                );
                $seen{"$path $how at $port"} = $text =~ s/^Date: .*\r\n//mir;
            }
        }
    }
    return \%seen;
}

sub is_unharmed ($before, $name, @how) {
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    $t->nginx->kill_worker;
    my $after = answers(@how);
    my @wrong = grep { $before->{$_} ne $after->{$_} } sort keys %$before;
    return is("@wrong", '', "$name: a new worker answers as before");
}

$t->gateway(%good)->start;
my $before = answers();
like($before->{'/page.html plain at gateway'}, qr/\Q$PAGE\E\z/, 'a file is sent');
like(
    $before->{'/page.html compressed at tls'},
    qr/Content-Encoding: gzip.*\x1f\x8b/si,
    'a file is sent compressed over TLS'
);
like($before->{'/page.html part at gateway'},    qr/^HTTP\/1.1 206/, 'a part of a file is sent');
like($before->{'/page.html conditional at tls'}, qr/^HTTP\/1.1 304/, 'an unchanged file is not sent');
like($before->{'/changed plain at gateway'},     qr/is there</,      'a filtered file is sent changed');
like($before->{'/guarded plain at gateway'},     qr/^HTTP\/1.1 401.*"Token required"/s, 'a guarded one needs a token');
like(
    $before->{"/api/facebook/session/$UNUSED plain at tls"},
    qr/^HTTP\/1.1 401.*"Token required"/s,
    'the session API needs a token'
);
like($before->{'/page.html plain at gateway'}, qr/^Cache-Control: no-cache\r$/m, 'nginx adds fields to a file');
is_deeply(
    [$before->{'/facebook/auth plain at gateway'} =~ /^((?:Cache-Control|X-Content-Type-Options|Expires): .*)\r$/gm],
    ['Cache-Control: no-store', 'X-Content-Type-Options: nosniff'],
    'a file has no header of the module'
);

my %no_site = (sites => {});
my %mistake = (
    'a token API without a key' => {social => {social_token_key => undef}},
    'a guard without a key'   => {social => {social_token_key => undef}, server => 'location /g { social_bearer on; }'},
    'Redis without a keyring' => {social => {social_keyring   => undef, social_store => 'redis://127.0.0.1:1/0'}},
    'endpoints without a site'            => \%no_site,
    'a value that cannot be read'         => {social => {social_session_ttl => 'soon'}},
    'an unknown provider'                 => {server => 'location /x { social_auth nobody; }'},
    'a credential of an unknown provider' => {server => 'location /x { social_credential nobody app; }'},
    'a handler beside an endpoint'        => {server => 'location /x { social_session; proxy_pass http://127.0.0.1; }'},
    'a check at no location'              => {server => 'location = /x { social_authenticate /nowhere; }'},
    'a certificate file without one'      =>
        {provider => {facebook => {ca_file => $t->file('none.pem', "no certificate\n")}}},
    'a key file without a key' => {
        social => {
            social_token_key => 'RS256 '
                . $t->file('none.key', "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        }
    },
    'a key set without a key' =>
        {social => {social_token_key => 'jwks ' . $t->file('none.jwks', '{"keys":[{"kty":"RSA","n":"AA","e":"AA"}]}')}},
    'a port that is taken'                => {server => 'listen 127.0.0.1:' . $taken->sockport . ';'},
    'a variable that nginx does not know' => {server => 'location /x { add_header X-Y $nobody_has_this; }'},
    'TLS without a certificate'           => {http   => 'server { listen 127.0.0.1:%%PORT:bare%% ssl; }'},
);

for my $name (sort keys %mistake) {
    my %other = %{$mistake{$name}};
    $t->gateway(%good, %other, map { $_ => join "\n", $good{$_}, $other{$_} // () } qw(server http));
    ok(!$t->reload, "$name: the reload is refused");
    is_unharmed($before, $name);
}

subtest 'a refused configuration without the module' => sub {
    my $module = delete $t->nginx->{module};
    $t->conf('server { listen 127.0.0.1:%%PORT%%; listen 127.0.0.1:' . $taken->sockport . '; }');
    ok(!$t->reload, 'the reload is refused');
    $t->nginx->{module} = $module;
    is_unharmed($before, 'a reload without the module harms nothing');
};

subtest 'a refused configuration that brings the module' => sub {
    my $module = delete $t->nginx->{module};
    $t->conf("server { listen 127.0.0.1:%%PORT%%; @{[$FILES =~ s/^.*social.*$//gmr]} }");
    ok($t->reload(drained => 1), 'nginx runs without the module');
    my $alone = answers(0);
    $t->nginx->{module} = $module;
    for my $name ('a port that is taken', 'a variable that nginx does not know', 'a token API without a key') {
        my %other = %{$mistake{$name}};
        $t->gateway(%good, %other, map { $_ => join "\n", $good{$_}, $other{$_} // () } qw(server http));
        ok(!$t->reload, "$name: the reload is refused");
        is_unharmed($alone, $name, 0);
    }
    $t->gateway(%good);
    ok($t->reload(drained => 1), 'a good configuration brings it');
    is_unharmed($before, 'a reload with the module harms nothing');
};

done_testing;
