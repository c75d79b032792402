# What the sandbox handed out: codes, tokens, pending consents. Each has an owner's
# data, a time at which it ends, and may be spent or withdrawn.
package Social::Sandbox::Ledger;
use v5.36;

use Crypt::PRNG qw(random_bytes_b64u);

# new(now => sub { seconds })
sub new ($class, %arg) { return bless {now => $arg{now}, entries => {}, secrets => []}, $class }

# Letters and digits.
sub random ($length) { return substr(random_bytes_b64u(int($length * 3 / 4) + 1), 0, $length) =~ tr/_-/Zz/r }

# issue(kind => 'code', [value => …], [length => 40], [prefix => ''], [ttl => seconds], …data): the value.
sub issue ($self, %arg) {
    my ($value,  $ttl)    = delete @arg{qw(value ttl)};
    my ($prefix, $length) = (delete $arg{prefix} // '', delete $arg{length} // 40);
    $value //= $prefix . random($length);
    my $now = $self->{now}->();
    push @{$self->{secrets}}, $value if !$self->{entries}{$value};
    $self->{entries}{$value} = {issued => $now, expires => defined $ttl ? $now + $ttl : undef, %arg, value => $value};
    return $value;
}

# The entry of that kind, whatever became of it.
sub find ($self, $kind, $value) {
    my $entry = $self->{entries}{$value // ''};
    return $entry && $entry->{kind} eq $kind ? $entry : undef;
}

# The entry while it is good.
sub valid ($self, $kind, $value) {
    my $entry = $self->find($kind, $value);
    return $entry && !$entry->{spent} && !$entry->{revoked} && !$self->is_over($entry) ? $entry : undef;
}

# A good entry of that kind that the condition picks.
sub first_valid ($self, $kind, $condition) {
    my @valid = grep { $_ && $condition->($_) } map { $self->valid($kind, $_) } sort keys %{$self->{entries}};
    return $valid[0];
}

sub is_over ($self, $entry) { return defined $entry->{expires} && $entry->{expires} <= $self->{now}->() }

sub entries ($self) { return values %{$self->{entries}} }

# Withdraws every entry that the condition picks; how many.
sub revoke_where ($self, $condition) {
    my @hit = grep { !$_->{revoked} && $condition->($_) } values %{$self->{entries}};
    $_->{revoked} = 1 for @hit;
    return scalar @hit;
}

# More that nobody may log, known to the sandbox alone.
sub note_secret ($self, $value) { push @{$self->{secrets}}, $value; return $value }

sub secrets ($self) { return @{$self->{secrets}} }

sub clear ($self) { @$self{qw(entries secrets)} = ({}, []); return }

1;
