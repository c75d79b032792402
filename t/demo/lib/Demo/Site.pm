# The one site that the demo's gateway serves: its keys, its user, and a bearer token for it.
package Demo::Site;
use v5.36;

use Demo::Files qw(read_file write_file write_secret);
use MIME::Base64 qw(encode_base64);
use Social::Test::Token;

my $WEEK = 7 * 24 * 60 * 60;

# new(dir => DIR): writes keyring, token.key and users below it.
sub new ($class, %arg) {
    my $self = bless {id => 169, email => 'owner@mysite.example', password => 'correct horse battery staple', %arg}, $class;
    my $salt = unpack 'H*', _random(8);
    write_secret("$self->{dir}/keyring",   encode_base64(_random(32), ''));
    write_secret("$self->{dir}/token.key", encode_base64(_random(48), ''));
    write_secret("$self->{dir}/users",     "$self->{id}:$self->{email}:" . crypt $self->{password}, "\$6\$$salt\$");
    return $self;
}

sub id       ($self) { return $self->{id} }
sub email    ($self) { return $self->{email} }
sub password ($self) { return $self->{password} }

sub token ($self) {
    return Social::Test::Token->mint(
        key => read_file("$self->{dir}/token.key") =~ s/\n\z//r,
        sid => "$self->{id}",
        sub => $self->{email},
        exp => time + $WEEK,
    );
}

sub _random ($count) {
    open my $in, '<:raw', '/dev/urandom' or die "no random bytes: $!\n";
    read($in, my $bytes, $count) == $count or die "no random bytes\n";
    return $bytes;
}

1;
