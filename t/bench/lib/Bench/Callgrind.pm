# A nginx under callgrind, and what requests cost it.
package Bench::Callgrind;
use v5.36;

use Carp qw(croak);
use Social::Test::Process;
use Time::HiRes qw(sleep time);

# Requests before those that count.
my $WARM = 200;

# new(test => a Social::Test that is configured and does not run)
sub new ($class, %arg) {
    my $self = bless {dumps => 0, %arg}, $class;
    my $t    = $self->{test};
    my $conf = $t->file('callgrind.conf', _single(_read($t->dir . '/conf/nginx.conf')));
    $self->{process} = Social::Test::Process->spawn(
        name => 'valgrind',
        argv => [
            'valgrind', '--tool=callgrind', '--compress-strings=no', '--compress-pos=no',
            "--callgrind-out-file=$t->{dir}/callgrind", $t->nginx->binary, '-p', $t->dir, '-c', $conf, '-e',
            $t->dir . '/logs/error.log',
        ],
        env    => {NGINX => undef},
        stdout => $t->dir . '/logs/valgrind.out',
        stderr => $t->dir . '/logs/valgrind.out',
    );
    $self->{wire} = $t->wait_for(sub { eval { $t->wire } }, 60)
        // croak 'nginx does not start under valgrind: ' . _read($t->dir . '/logs/valgrind.out');
    return $self;
}

# The profile of one request: [[path, headers], …] in turn, `count` of them.
sub measure ($self, $requests, $count) {
    $self->_send($requests, $WARM);
    $self->_control('--zero');
    $self->_send($requests, $count);
    $self->_control('--dump');
    my $file = "$self->{test}{dir}/callgrind." . ++$self->{dumps};
    $self->{test}->wait_for(sub { -s $file && _read($file) =~ /^totals:/m }, 30) or croak 'callgrind wrote nothing';
    return Bench::Callgrind::Profile->read($file, $count);
}

sub stop ($self) {
    $self->{process}->stop('TERM', 30);
    return $self->{test}->sandbox->stop;
}

sub _send ($self, $requests, $count) {
    for my $i (0 .. $count - 1) {
        my ($path, $headers) = @{$requests->[$i % @$requests]};
        my $lines = join '', map {"$_: $headers->{$_}\r\n"} sort keys %$headers;
        $self->{wire}->put("GET $path HTTP/1.1\r\nHost: 127.0.0.1\r\n$lines\r\n");
        $self->{wire}->read_response;
    }
    return;
}

sub _control ($self, $option) {
    my $pid = $self->{process}->pid;
    system("callgrind_control $option $pid >/dev/null 2>&1") == 0 or croak 'callgrind_control failed';
    return;
}

sub _single ($conf) {
    return $conf =~ s/master_process on/master_process off/r;
}

sub _read ($path) {
    open my $in, '<', $path or return '';
    local $/;
    return readline($in) // '';
}

package Bench::Callgrind::Profile;
use v5.36;

# The file of one dump, without compression of its names: costs of one request.
sub read ($class, $file, $count) {
    my $self = bless {count => $count, self => {}, all => {}, object => {}}, $class;
    open my $in, '<', $file or die "$file: $!\n";
    my ($object, $function, $called) = ('', '', 0);
    while (my $line = readline $in) {
        if    ($line =~ m{^ob=(?:.*/)?(.*)})   { $object   = $1 }
        elsif ($line =~ /^fn=(.*)/)            { $function = $1; $self->{object}{$function} = $object }
        elsif ($line =~ /^calls=/)             { $called   = 1 }
        elsif ($line =~ /^totals: (\d+)/)      { $self->{total} = $1 }
        elsif ($function ne '' && $line =~ /^(?:[+*-]|0x)?\S* (\d+)$/) {
            $self->{self}{$function} += $1 if !$called;
            $self->{all}{$function}  += $1;
            $called = 0;
        }
    }
    return $self;
}

sub total ($self) { return $self->{total} / $self->{count} }

# Of the function whose name matches, with all that it calls.
sub inclusive ($self, $name) {
    my ($function) = sort { $self->{all}{$b} <=> $self->{all}{$a} } grep {/$name/} keys %{$self->{all}};
    return defined $function ? $self->{all}{$function} / $self->{count} : 0;
}

# Lines: with all that it calls, by itself, where, what.
sub text ($self) {
    my %object;
    $object{$self->{object}{$_}} += $self->{self}{$_} for keys %{$self->{self}};
    my $by_cost = sub ($cost) { sort { $cost->{$b} <=> $cost->{$a} } keys %$cost };
    return join '', sprintf("%9d\n\n", $self->total),
        (map { sprintf "%9d  %s\n", $object{$_} / $self->{count}, $_ } $by_cost->(\%object)), "\n",
        map {
            sprintf "%9d %9d  %-16.16s %.110s\n", $self->{all}{$_} / $self->{count}, ($self->{self}{$_} // 0) / $self->{count},
                $self->{object}{$_}, $_
        } ($by_cost->($self->{all}))[0 .. 119];
}

1;
