# A provider to log in with, for tests and demonstrations: Facebook, Instagram, X, and
# any OAuth 1.0a, OAuth 2.0 or OpenID Connect provider, each under a path of its own,
# with the real ones' paths, quirks and refusals below it.
#
#   /facebook   dialog and Graph API (also what Instagram through Facebook uses)
#   /instagram  Instagram Login without Facebook
#   /twitter    X: OAuth 1.0a, OAuth 2.0 with PKCE, app-only
#   /oidc       OAuth 2.0 and OpenID Connect
#   /oauth1     OAuth 1.0a
#   /_sandbox   the control channel of the tests
#
# `call` works without any socket; Social::Sandbox::Server puts it on one.
package Social::Sandbox;
use v5.36;

use Social::Sandbox::Behavior;
use Social::Sandbox::Consent;
use Social::Sandbox::Control;
use Social::Sandbox::Facebook;
use Social::Sandbox::Instagram;
use Social::Sandbox::Journal;
use Social::Sandbox::Ledger;
use Social::Sandbox::OAuth1;
use Social::Sandbox::OpenID;
use Social::Sandbox::Reply;
use Social::Sandbox::Request;
use Social::Sandbox::Twitter;

# new([public => 'https://sandbox.example'], [settings => {mount => {…}}])
# public: how clients reach it, where that is not the address it listens on.
sub new ($class, %arg) {
    my $self = bless {offset => 0, public => $arg{public}, origin => $arg{public} // 'http://127.0.0.1'}, $class;
    $self->{ledger}    = Social::Sandbox::Ledger->new(now => sub { $self->now });
    $self->{journal}   = Social::Sandbox::Journal->new;
    $self->{behaviors} = Social::Sandbox::Behavior->new;
    $self->{consent}   = Social::Sandbox::Consent->new($self);
    $self->{control}   = Social::Sandbox::Control->new($self);
    my %class = (
        facebook  => 'Social::Sandbox::Facebook',
        instagram => 'Social::Sandbox::Instagram',
        twitter   => 'Social::Sandbox::Twitter',
        oidc      => 'Social::Sandbox::OpenID',
        oauth1    => 'Social::Sandbox::OAuth1',
    );
    $self->{mounts}{$_} = $class{$_}->new($self) for keys %class;
    $self->mount($_)->configure(%{$arg{settings}{$_}}) for keys %{$arg{settings} // {}};
    return $self;
}

sub ledger    ($self) { return $self->{ledger} }
sub journal   ($self) { return $self->{journal} }
sub behaviors ($self) { return $self->{behaviors} }
sub consent   ($self) { return $self->{consent} }
sub mounts    ($self) { return $self->{mounts} }

sub mount ($self, $name) { return $self->{mounts}{$name // ''} // die "no such mount\n" }

sub now     ($self)           { return time + $self->{offset} }
sub advance ($self, $seconds) { $self->{offset} += $seconds; return $self->{offset} }

# Where a mount is for its clients.
sub url ($self, $mount) { return "$self->{origin}/$mount" }

# What the server listens on; the first is the one that links are made with.
sub set_origin ($self, @origins) {
    $self->{origins} = {map { $_ => 1 } @origins, map {s/127\.0\.0\.1/localhost/r} @origins};
    $self->{origin}  = $self->{public} // $origins[0];
    return;
}

# One call without a socket: call(GET => '/facebook/v26.0/me?…', [headers => {name => value}], [body => '']).
sub call ($self, $method, $target, %arg) {
    my ($path, $query) = split /\?/, $target, 2;
    my %headers = map { lc $_ => [$arg{headers}{$_}] } keys %{$arg{headers} // {}};
    $headers{'content-type'} //= ['application/x-www-form-urlencoded'] if defined $arg{body};
    my $reply;
    $self->serve($self->request($method, $path, $query // '', \%headers, $arg{body} // ''),
        sub ($got, $) { $reply = $got });
    return $reply;
}

sub request ($self, $method, $path, $query, $headers, $body, $secure = 0) {
    my ($mount, $rest) = $path =~ m{^/([^/]*)(/.*)?$}s;
    return Social::Sandbox::Request->new(
        method    => $method,
        mount     => $mount // '',
        path      => $rest  // '/',
        full_path => $path,
        origin    =>
            $self->_origin_for(($secure ? 'https' : 'http') . '://' . lc($headers->{host} ? $headers->{host}[0] : '')),
        query   => $query,
        headers => $headers,
        body    => $body,
    );
}

# Answers a request: $deliver->($reply, $rule) once, possibly later; the rule is a
# behavior that the delivery itself has to follow, or undef.
sub serve ($self, $request, $deliver) {
    my $mount = $request->{mount};
    return $self->{control}->serve($request, $deliver) if $mount eq '_sandbox';
    my $provider = $self->{mounts}{$mount}
        or return $deliver->(Social::Sandbox::Reply->text(404, "There is no provider here.\n"), undef);

    my ($name, $handler, @captures) = $provider->route($request);
    my $endpoint = "$mount.$name";
    my $entry    = $request->{entry} = $self->{journal}->record($endpoint, $request);
    my $rule     = $self->{behaviors}->next_for($endpoint);
    my $reply;
    if ($rule && Social::Sandbox::Behavior::replaces($rule)) {
        $reply = Social::Sandbox::Behavior::stand_in($rule, $provider);
    }
    else {
        $reply = eval { $handler->($provider, $request, @captures) } // _broken($endpoint, $@);
        $entry->{accepted} = $reply->status == 200 ? 1 : 0;
    }
    Social::Sandbox::Behavior::bend($rule, $reply) if $rule;
    $entry->{status} = $reply->status;
    return $deliver->($reply, $rule);
}

# A fault of the sandbox itself: tests fail on what it writes to its standard error.
sub _broken ($endpoint, $error) {
    warn "$endpoint: $error";
    return Social::Sandbox::Reply->text(500, "The sandbox is broken.\n");
}

# What the client called this address, as its signature has it. A forged Host does not change
# what signatures are checked against.
sub _origin_for ($self, $called) {
    return !defined $self->{public} && $self->{origins}{$called} ? $called : $self->{origin};
}

1;
