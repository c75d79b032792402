# One HTTP/1.x response, as it came over the wire.
package Social::Test::Response;
use v5.36;

use JSON::PP ();

# Takes one response off the front of a buffer; undef while it is incomplete.
# eof: nothing more will come. method: of the request, since HEAD has no body.
sub take ($class, $buffer, %arg) {
    my $end = index $$buffer, "\r\n\r\n";
    return if $end < 0;
    my $self = bless {head => substr($$buffer, 0, $end + 4), body => ''}, $class;
    my ($status_line, @lines) = split /\r\n/, $self->{head};
    @$self{qw(protocol status reason)} = $status_line =~ m{^(HTTP/\d\.\d) (\d{3})(?: (.*))?$}
        or return;
    $self->{headers} = [map { [/^([^:]+):[ \t]*(.*?)[ \t]*$/s] } @lines];

    my $rest = substr $$buffer, $end + 4;
    my $used = $self->_read_body($rest, %arg);
    return if !defined $used;
    substr($$buffer, 0, $end + 4 + $used) = '';
    return $self;
}

sub status    ($self) { return $self->{status} }
sub reason    ($self) { return $self->{reason} }
sub protocol  ($self) { return $self->{protocol} }
sub head      ($self) { return $self->{head} }
sub body      ($self) { return $self->{body} }
sub truncated ($self) { return $self->{truncated} // 0 }
sub url       ($self) { return $self->{url} }

# The first value of a header; header_all gives every one of them.
sub header ($self, $name) { return ($self->header_all($name))[0] }

sub header_all ($self, $name) {
    return map { $_->[1] } grep { lc $_->[0] eq lc $name } @{$self->{headers}};
}

sub header_names ($self) {
    return map { lc $_->[0] } @{$self->{headers}};
}

sub location ($self) { return $self->header('Location') }

sub is_redirect ($self) {
    return $self->{status} =~ /^30[12378]$/ && defined $self->location;
}

# The decoded body, or undef when it is no JSON.
sub json ($self) {
    return scalar eval { JSON::PP->new->utf8->allow_nonref->decode($self->{body}) };
}

# The value of `sessionId` in the Location, as it stands there.
sub session_id ($self) {
    my ($id) = ($self->location // '') =~ /[?&]sessionId=([^&#]+)/;
    return $id;
}

# name => value of every cookie this response sets (an emptied one has '').
sub set_cookies ($self) {
    return map {/^([^=;]+)=([^;]*)/} $self->header_all('Set-Cookie');
}

# How many bytes of `$rest` are the body; undef while it is incomplete.
sub _read_body ($self, $rest, %arg) {
    my $status = $self->{status};
    return 0                                     if ($arg{method} // '') eq 'HEAD' || $status =~ /^(?:1\d\d|204|304)$/;
    return $self->_read_chunks($rest, $arg{eof}) if lc($self->header('Transfer-Encoding') // '') eq 'chunked';

    my $length = $self->header('Content-Length');
    if (defined $length && length($rest) >= $length) {
        $self->{body} = substr $rest, 0, $length;
        return $length;
    }
    return if !$arg{eof};
    $self->{truncated} = 1 if defined $length;
    $self->{body}      = $rest;
    return length $rest;
}

sub _read_chunks ($self, $rest, $eof) {
    my $at = 0;
    while (1) {
        pos($rest) = $at;
        my $has_size = $rest =~ /\G([0-9a-fA-F]+)[^\r\n]*\r\n/gc;
        my $size     = $has_size ? hex $1 : 0;
        my $start    = pos $rest;
        if (!$has_size || length($rest) < $start + $size + 2) {
            return if !$eof;
            $self->{truncated} = 1;
            return length $rest;
        }
        return $start + 2 if !$size;
        $self->{body} .= substr $rest, $start, $size;
        $at = $start + $size + 2;
    }
}

1;
