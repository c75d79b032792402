# A clock for one nginx that a test moves: what nginx takes for the time of day, while its timers
# go on as ever, or with (timers => 1) move as well. libfaketime does it.
#
#     my $clock = Social::Test::Clock->new;
#     my $t = Social::Test->new(clock => $clock)->gateway(main => $clock->main)->start;
#     $clock->forward(86_400);
package Social::Test::Clock;
use v5.36;

use Carp qw(croak);
use File::Temp ();

# Why there can be none here, or undef. A sanitizer's runtime has to be the first library, and
# has its own idea of the functions that are replaced.
sub lack ($class) {
    return 'nginx runs with a library of somebody else' if $ENV{SOCIAL_PRELOAD};
    return defined _library() ? undef : 'libfaketime is not installed';
}

sub new ($class, %arg) {
    my $self = bless {offset => 0, file => File::Temp->new, %arg}, $class;
    chmod 0644, $self->{file}->filename;
    $self->forward(0);
    return $self;
}

# Later by so many seconds, from now on.
sub forward ($self, $seconds) {
    $self->{offset} += $seconds;
    open my $out, '>', $self->{file}->filename or croak "cannot move the clock: $!";
    print {$out} "+$self->{offset}\n";
    close $out or croak "cannot move the clock: $!";
    return $self->{offset};
}

# The time by this clock.
sub now ($self) { return time + $self->{offset} }

# What nginx.conf has to say so that workers know the file, too.
sub main ($self) { return 'env FAKETIME_TIMESTAMP_FILE; env FAKETIME_NO_CACHE;' }

sub environment ($self) {
    return (
        LD_PRELOAD                   => _library(),
        FAKETIME_TIMESTAMP_FILE      => $self->{file}->filename,
        FAKETIME_NO_CACHE            => 1,
        FAKETIME_DONT_FAKE_MONOTONIC => $self->{timers} ? 0 : 1,
    );
}

sub _library { return (glob '/usr/lib/*/faketime/libfaketime.so.1')[0] }

1;
