# What all processes of a soak are to do, in a file: "run"; "calm", with few logins; "pause",
# which each client confirms by a file of its own; "stop".
package Soak::Mode;
use v5.36;

use Carp qw(croak);

# new(DIR of the soak)
sub new ($class, $dir) { return bless {path => "$dir/mode"}, $class }

sub name ($self) {
    open my $in, '<', $self->{path} or return 'stop';
    return readline($in) // 'run';
}

sub set ($self, $name) {
    open my $out, '>', "$self->{path}.new" or croak "cannot write: $!";
    print {$out} $name;
    close $out;
    rename "$self->{path}.new", $self->{path} or croak "cannot rename: $!";
    return;
}

# Whether all of so many clients have paused.
sub is_paused ($self, $clients) {
    return $clients == grep { -e "$self->{path}.paused.$_" } 1 .. $clients;
}

# A client has paused, or goes on.
sub confirm_pause ($self, $number, $paused) {
    my $file = "$self->{path}.paused.$number";
    return unlink $file if !$paused;
    return              if -e $file;
    open my $out, '>', $file or croak "cannot pause: $!";
    return;
}

1;
