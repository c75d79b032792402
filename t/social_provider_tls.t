# The provider has to prove who it is: what no trusted authority signed for its name, today, is not
# talked to. ca_file names another authority.
use lib 't/lib';
use Social::Test;

my $SITE = 'https://mysite.example/welcome';

# The end of a login at a provider that shows such a certificate.
sub end_of_login ($certificate, $override = {}, %headers) {
    my $t    = Social::Test->new(tls => $certificate);
    my $host = delete $headers{host} // '127.0.0.1';
    $t->gateway(
        provider => {
            facebook => {
                api_url => $t->sandbox->tls_url('facebook') =~ s/127\.0\.0\.1/$host/r,
                ca_file => $t->ca_file,
                timeout => '3s',
                %$override
            }
        }
    )->start;
    my $browser = $t->browser;
    return ($t, $browser->get($browser->callback_of('facebook', redirect => $SITE), headers => \%headers));
}

sub is_refused ($name, $certificate, $override = {}) {
    subtest $name => sub {
        my ($t, $page) = end_of_login($certificate, $override);
        is_page($page, 502, qr/Facebook is not answering/, 'the login ends with the page');
        like($page->body, qr/Try again/, 'the page of the failed login links to another');
        is($t->sandbox->calls('facebook.access_token'), 0, 'the code was not sent');
        my ($line)
            = grep {/\[error\].*social: no trusted TLS connection to the provider: 127\.0\.0\.1: /} $t->log->lines;
        ok($line, 'the error log says why');

        my ($u, $answer) = end_of_login($certificate, $override, Accept => 'application/json');
        is_envelope(
            $answer, 502,
            'facebook is not answering, please try again',
            devMessage => qr/^no trusted TLS connection to the provider: 127\.0\.0\.1: /
        );
    };
    return;
}

subtest 'a good certificate of the authority in ca_file' => sub {
    my ($t, $end) = end_of_login({});
    like($end->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, 'the login ends well') or diag $end->body;
    is($t->sandbox->calls('facebook.access_token'), 1, 'the login calls the provider over TLS');
};

subtest 'a good certificate for a name' => sub {
    my (undef, $end) = end_of_login({hosts => ['localhost']}, {}, host => 'localhost');
    like($end->location, qr{^\Q$SITE\E\?sessionId=\w{92}}, 'the login ends well') or diag $end->body;
};

# CVE-2009-2408: the name would end there for whoever reads it as C does.
subtest 'a certificate whose name has a NUL in it' => sub {
    my ($t, $page) = end_of_login({hosts => ["localhost\0.evil.example"]}, {}, host => 'localhost');
    is_page($page, 502, qr/Facebook is not answering/, 'the login ends with the page');
    is($t->sandbox->calls('facebook.access_token'), 0, 'an untrusted certificate gets no code');
    like(
        $t->log->text,
        qr/\[error\].*social: no trusted TLS connection to the provider: localhost: /,
        'the log names the untrusted certificate'
    );
};

is_refused('an authority that nobody knows',            {}, {ca_file => undef});
is_refused('a certificate of yesterday',                {expired     => 1});
is_refused('a certificate of another host',             {hosts       => ['other.example']});
is_refused('a certificate of localhost for an address', {hosts       => ['localhost']});
is_refused('a certificate that signed itself',          {self_signed => 1});
is_refused('a self-signed one of another host',         {self_signed => 1, hosts => ['other.example']});

done_testing;
