# The sessions that all clients of a soak know, in a file that each of them adds to and follows.
#
# Lines are short enough to be appended at once: "+" and a session, or "-" and its number.
package Soak::Registry;
use v5.36;

use Carp  qw(croak);
use Fcntl qw(O_APPEND O_CREAT O_RDWR);

my @FIELDS = qw(number provider site user id);

sub open ($class, $path) {
    sysopen my $file, $path, O_RDWR | O_CREAT | O_APPEND or croak "no registry: $!";
    open my $in, '<', $path or croak "no registry: $!";
    return bless {file => $file, in => $in, rest => '', live => [], place => {}}, $class;
}

# add(number => '3.17', provider => 'facebook', site => '169', user => 7, id => '…')
sub add ($self, %session) { return syswrite $self->{file}, join("\t", '+', @session{@FIELDS}) . "\n" }

sub remove ($self, $session) { return syswrite $self->{file}, "-\t$session->{number}\n" }

# Sessions that nobody has removed, as far as everybody has told by now.
sub live ($self) {
    $self->_follow;
    return @{$self->{live}};
}

# One of them at random, undef where there is none.
sub any ($self, $accepts = sub ($session) {1}) {
    $self->_follow;
    my $live = $self->{live};
    for (1 .. 8) {
        my $session = $live->[rand @$live] // return;
        return $session if $accepts->($session);
    }
    return;
}

sub _follow ($self) {
    seek $self->{in}, 0, 1;    # takes back the end of the file
    while (defined(my $line = readline $self->{in})) {
        $line = $self->{rest} . $line;
        if ($line !~ s/\n\z//) { $self->{rest} = $line; last }
        $self->{rest} = '';
        my ($sign, @values) = split /\t/, $line;
        if   ($sign eq '+') { $self->_insert(@values) }
        else                { $self->_delete($values[0]) }
    }
    return;
}

sub _insert ($self, @values) {
    my %session;
    @session{@FIELDS} = @values;
    push @{$self->{live}}, \%session;
    $self->{place}{$session{number}} = $#{$self->{live}};
    return;
}

# The last one takes the place.
sub _delete ($self, $number) {
    my $place = delete $self->{place}{$number} // return;
    my $last  = pop @{$self->{live}};
    return if $last->{number} eq $number;
    $self->{live}[$place] = $last;
    $self->{place}{$last->{number}} = $place;
    return;
}

1;
