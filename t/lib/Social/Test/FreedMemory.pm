# Finds a secret in what nginx's processes free, so that a test fails where a wipe is missing.
#
#     my $freed = Social::Test::FreedMemory->new(marker => 'hunter2-is-no-password');
#     my $t = Social::Test->new(watch => $freed)->gateway(main => $freed->main)->start;
#     is_deeply([$freed->found], [], 'no password is left behind');
package Social::Test::FreedMemory;
use v5.36;

use Carp       qw(croak);
use File::Temp ();

# Why there can be none here, or undef.
sub lack ($class) {
    return 'nginx runs with a library of somebody else' if $ENV{SOCIAL_PRELOAD} || ($ENV{SOCIAL_MODULE} // '') eq 'static';
    return undef;
}

sub new ($class, %arg) {
    my $dir  = File::Temp->newdir;
    my $self = bless {%arg, dir => $dir, library => "$dir/freed_memory.so", report => "$dir/report"}, $class;
    chmod 0755, "$dir";
    my $source = __FILE__ =~ s{FreedMemory\.pm$}{freed_memory.c}r;
    system('cc', '-O1', '-g', '-shared', '-fPIC', '-o', $self->{library}, $source) == 0 or croak 'cc failed';
    open my $out, '>', $self->{report} or croak "$!";
    chmod 0666, $self->{report};
    return $self;
}

# What nginx.conf has to say so that workers look, too.
sub main ($) { return '' }

sub environment ($self) {
    return (
        LD_PRELOAD          => $self->{library},
        FREED_MEMORY_MARKER => $self->{marker},
        FREED_MEMORY_REPORT => $self->{report},
    );
}

# A line for each block that was freed with the secret in it.
sub found ($self) {
    open my $in, '<', $self->{report} or croak "$!";
    my @lines = map {s/\n$//r} readline $in;
    return map { $self->_named($_) } @lines;
}

sub forget ($self) { truncate $self->{report}, 0 or croak "$!"; return $self }

# With the place in our source instead of an address.
sub _named ($self, $line) {
    my ($file, $address) = $line =~ m{(/\S+\.so)\+(0x[0-9a-f]+)} or return $line;
    my ($place) = qx(addr2line -Cfipe $file $address 2>/dev/null) // '';
    return $place ? "$line: $place" =~ s/\s+/ /gr : $line;
}

1;
