# What the logs of a test must not contain: alarms, sanitizer reports, secrets.
#
# Each check returns the offending lines, so that an empty list is a pass.
package Social::Test::Log;
use v5.36;

use MIME::Base64 qw(decode_base64);

# A secret shorter than this could stand in a log by accident.
my $SHORTEST = 12;

# The head of a longer secret is as good as all of it to whoever reads the log.
my ($LONG, $HEAD) = (40, 24);

sub new ($class, %arg) {
    return bless {dir => $arg{dir}, secrets => {}, tolerated => []}, $class;
}

# Something that no log may hold, in whatever shape it would get there.
sub secret ($self, @values) {
    for my $value (@values) {
        next if !defined $value || length $value < $SHORTEST || $self->{secrets}{$value};
        my %shape = ($value => 1);
        $shape{_escape($value)} = 1;
        $shape{substr $value, 0, $HEAD} = 1 if length $value >= $LONG && $value !~ /^eyJ/;
        if ($value =~ /^eyJ[\w-]+\.[\w-]+\.([\w-]+)$/ && length $1 >= $SHORTEST) { $shape{$1} = 1 }
        if (length $value == 92 && (my $inner = decode_base64($value)) =~ /^[\w+\/=]+:[\w+\/=]+$/) {
            $shape{$inner} = 1;
        }
        $self->{secrets}{$_} = 1 for keys %shape;
    }
    return $self;
}

# Every token, secret and session id in the data of an answer.
sub secrets_of ($self, $data) {
    my @todo = grep {ref} $data;
    while (my $node = shift @todo) {
        my %member = ref $node eq 'HASH' ? %$node : ();
        $self->secret(map { $member{$_} } grep { /token|^session$|secret/ && !ref $member{$_} } keys %member);
        push @todo, grep { ref eq 'HASH' || ref eq 'ARRAY' } ref $node eq 'ARRAY' ? @$node : values %member;
    }
    return $self;
}

# Lines of the error log that the test provokes on purpose.
sub tolerate ($self, $pattern) {
    push @{$self->{tolerated}}, $pattern;
    return $self;
}

sub text ($self, $name = 'error.log') {
    open my $in, '<:raw', "$self->{dir}/logs/$name" or return '';
    local $/;
    return readline($in) // '';
}

sub lines ($self, $name = 'error.log') { return split /\n/, $self->text($name) }

# [alert] and worse, and workers that died of a signal.
sub alarms ($self) {
    return
        grep { /\[(?:alert|emerg|crit)\]|exited on signal|exited with fatal code/ && !$self->_is_tolerated($_) }
        $self->lines;
}

# Lines and report files of a sanitizer or of the C++ runtime.
sub sanitizer_reports ($self) {
    my $pattern = qr/(?:Address|Leak|Thread|Memory)Sanitizer|runtime error:|terminate called|pure virtual method/;
    return (
        (grep { $_ =~ $pattern } map { $self->lines($_) } qw(error.log console.log)),
        (map {s{.*/}{}r} grep {-s} glob "$self->{dir}/logs/*san.*"),
    );
}

# Lines that hold a secret, as "file:line number: label" without the secret itself.
sub leaks ($self) {
    my %by_head;
    push @{$by_head{substr $_, 0, $SHORTEST}}, $_ for sort { length $b <=> length $a } keys %{$self->{secrets}};
    return if !%by_head;
    my @found;
    for my $name (map {s{.*/}{}r} glob "$self->{dir}/logs/*.log") {
        next if $name eq 'sandbox.log' || $name eq 'check.log';
        my $number = 0;
        for my $line ($self->lines($name)) {
            $number++;
            my $masked = _masked($line, \%by_head);
            push @found, "$name:$number: $masked" if $masked ne $line && !$self->_is_tolerated($line);
        }
    }
    return @found;
}

# The line without the secrets, which are found by their first characters: there may be as many as
# a soak has met.
sub _masked ($line, $by_head) {
    for (my $at = 0; $at <= length($line) - $SHORTEST; $at++) {
        my $secrets = $by_head->{substr $line, $at, $SHORTEST} or next;
        my ($secret) = grep { substr($line, $at, length) eq $_ } @$secrets;
        substr($line, $at, length $secret) = '<SECRET>' if defined $secret;
    }
    return $line;
}

# What the sandbox wrote to its standard error.
# A peer that refuses the sandbox's certificate closes the connection: some versions of OpenSSL
# report the write that follows. That is the peer's decision and no fault of the sandbox.
sub sandbox_complaints ($self) {
    return grep { !/\[error\] Broken pipe$/ } $self->lines('sandbox.log');
}

sub _is_tolerated ($self, $line) {
    return scalar grep { $line =~ $_ } @{$self->{tolerated}};
}

sub _escape ($text) { return $text =~ s/([^A-Za-z0-9\-._~])/sprintf '%%%02X', ord $1/ger }

1;
