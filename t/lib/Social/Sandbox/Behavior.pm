# How an endpoint misbehaves, on request of a test.
#
#   skip => N, times => N   after N good calls; for N calls (else until forgiven)
#   delay => MS             waits before it answers
#   status, body, json, type, headers   answers this, without doing anything
#   hex => '7b7d'           the body as bytes, for what is no text
#   error => {code => 4}    the provider's own kind of error
#   redirect => URL         answers 302
#   patch => {…}, drop => […]   does its work, but changes members of the JSON answer
#   garbage => 1            does its work, but answers bytes that are no JSON
#   pad => BYTES            appends white space to that length
#   gzip => 1               compresses the answer, whether the caller takes that or not
#   truncate => BYTES       promises the whole body, closes after that many bytes
#   drip => MS              one byte at a time
#   close => 'before'       closes at once, nothing done
#   close => 'after'        does its work, then closes without an answer
#   close => 'headers'      closes in the middle of the headers
#   hang => 1               never answers
package Social::Sandbox::Behavior;
use v5.36;

use IO::Compress::Gzip ();
use Mojo::JSON         ();
use Social::Sandbox::Reply;

my %FIELD = map { $_ => 1 } qw(
    endpoint skip times delay status body json type headers error redirect patch drop
    garbage hex pad gzip truncate drip close hang
);

sub new ($class) { return bless {rules => {}}, $class }

sub add ($self, $rule) {
    my ($unknown) = grep { !$FIELD{$_} } sort keys %$rule;
    die "unknown behavior '$unknown'\n" if defined $unknown;
    die "behave needs an endpoint\n"    if !length($rule->{endpoint} // '');
    push @{$self->{rules}{$rule->{endpoint}}}, {%$rule};
    return;
}

# Forgets the rules of one endpoint, or all of them.
sub forgive ($self, $endpoint = undef) {
    if   (defined $endpoint) { delete $self->{rules}{$endpoint} }
    else                     { $self->{rules} = {} }
    return;
}

# The rule for this call of the endpoint, if any.
sub next_for ($self, $endpoint) {
    my $rules = $self->{rules}{$endpoint} or return;
    my $rule  = $rules->[0];
    if ($rule->{skip}) { $rule->{skip}--; return }
    if (defined $rule->{times}) {
        shift @$rules                    if --$rule->{times} <= 0;
        delete $self->{rules}{$endpoint} if !@$rules;
    }
    return $rule;
}

# True when the provider itself is not to be asked.
sub replaces ($rule) {
    return 1 if ($rule->{close} // '') eq 'before' || $rule->{hang};
    return scalar grep { exists $rule->{$_} } qw(status body hex json error redirect);
}

# The answer of a rule that replaces the provider's; `$mount` knows its kind of errors.
sub stand_in ($rule, $mount) {
    return Social::Sandbox::Reply->redirect($rule->{redirect}) if defined $rule->{redirect};
    return $mount->error_reply($rule->{error})                 if $rule->{error};
    my $body = exists $rule->{json} ? Mojo::JSON::encode_json($rule->{json}) : $rule->{body} // '';
    my $type = $rule->{type} // (exists $rule->{json} ? 'application/json' : 'text/plain');
    utf8::encode($body) if utf8::is_utf8($body);
    $body = pack 'H*', $rule->{hex} if exists $rule->{hex};
    return Social::Sandbox::Reply->new($rule->{status} // 200, $type, $body, %{$rule->{headers} // {}});
}

# Changes the provider's own answer.
sub bend ($rule, $reply) {
    if ($rule->{patch} || $rule->{drop}) {
        my $data = $reply->decoded;
        if (ref $data eq 'HASH') {
            %$data = (%$data, %{$rule->{patch} // {}});
            delete @$data{@{$rule->{drop} // []}};
            $reply->{body} = Mojo::JSON::encode_json($data);
        }
    }
    $reply->{type} = $rule->{type}                    if defined $rule->{type};
    $reply->{body} = "\x00\xff{\"not\": json\x80" x 3 if $rule->{garbage};
    $reply->{body} .= ' ' x ($rule->{pad} - length $reply->{body}) if ($rule->{pad} // 0) > length $reply->{body};
    if ($rule->{gzip}) {
        IO::Compress::Gzip::gzip(\$reply->{body} => \my $packed);
        $reply->{body} = $packed;
        $reply->{headers}{'Content-Encoding'} = 'gzip';
    }
    return $reply;
}

# True when the answer cannot go out as an ordinary one.
sub is_rough ($rule) {
    return scalar grep { defined $rule->{$_} } qw(truncate drip close hang);
}

1;
