# An authority of the test's own, and the certificates it signs: good ones, and those
# that a client must refuse.
package Social::Test::Certificate;
use v5.36;

use IO::Socket::SSL::Utils qw(CERT_create PEM_cert2file PEM_key2file);

# new(dir => DIR): makes the authority.
sub new ($class, %arg) {
    my ($certificate, $key) = CERT_create(
        CA         => 1,
        subject    => {commonName => 'Test authority'},
        not_before => time - 86_400,
    );
    my $self = bless {%arg, authority => $certificate, key => $key}, $class;
    PEM_cert2file($certificate, $self->ca_file);
    return $self;
}

# What clients are to trust.
sub ca_file ($self) { return "$self->{dir}/ca.pem" }

# issue('server', [hosts => ['127.0.0.1']], [expired => 1], [self_signed => 1]): (certificate file, key file)
# A host may hold a NUL, which the usual way to write names cannot say.
sub issue ($self, $name, %arg) {
    my @hosts = @{$arg{hosts} // ['127.0.0.1']};
    my ($certificate, $key) = CERT_create(
        subject         => {commonName => $hosts[0] =~ s/\0.*//sr},
        (grep({/\0/} @hosts)
            ? (ext => [{sn => 'subjectAltName', data => 'DER:' . unpack 'H*', _names(@hosts)}])
            : (subjectAltNames => [map { [/^[\d.]+$/ ? 'IP' : 'DNS', $_] } @hosts])),
        purpose         => 'server',
        not_before      => time - 86_400,
        not_after       => time + ($arg{expired} ? -3_600 : 86_400),
        ($arg{self_signed} ? () : (issuer_cert => $self->{authority}, issuer_key => $self->{key})),
    );
    my @files = map {"$self->{dir}/$name.$_"} qw(crt key);
    PEM_cert2file($certificate, $files[0]);
    PEM_key2file($key, $files[1]);
    return @files;
}

# GeneralNames of dNSName [2], RFC 5280 §4.2.1.6. All of them are short.
sub _names (@hosts) {
    my $names = join '', map { pack 'C C/a*', 0x82, $_ } @hosts;
    return pack 'C C/a*', 0x30, $names;
}

1;
