# What the families of providers have in common: a table of routes, settings, users,
# and the step back to the application.
#
# A subclass gives `table` ([method, pattern, endpoint or sub, handler] rows), `defaults`,
# `default_users`, `error_reply`, and `approve`/`refuse` for the consent page.
package Social::Sandbox::Mount;
use v5.36;

use Scalar::Util qw(weaken);
use Social::Sandbox::Defaults;
use Social::Sandbox::Reply;

sub new ($class, $sandbox) {
    my $self = bless {sandbox => $sandbox}, $class;
    weaken $self->{sandbox};
    $self->{rows} = [$self->table];
    $self->restore;
    return $self;
}

# Back to the state of a new sandbox.
sub restore ($self) {
    $self->{settings} = {
        redirect_uris => [],
        strict        => 1,
        user          => 'ovan',
        %{Social::Sandbox::Defaults::app($self->name)},
        $self->defaults,
    };
    $self->{users} = {$self->default_users};
    return;
}

sub sandbox ($self)        { return $self->{sandbox} }
sub ledger  ($self)        { return $self->{sandbox}{ledger} }
sub now     ($self)        { return $self->{sandbox}->now }
sub url     ($self)        { return $self->{sandbox}->url($self->name) }
sub setting ($self, $name) { return $self->{settings}{$name} }

sub configure ($self, %settings) {
    for my $name (sort keys %settings) {
        die "no such setting of " . $self->name . ": $name\n" if !exists $self->{settings}{$name};
        $self->{settings}{$name} = $settings{$name};
    }
    return;
}

# (endpoint, handler, captures) of a request; unknown paths have a handler too.
sub route ($self, $request) {
    my ($method, $path) = @$request{qw(method path)};
    my $other_method;
    for my $row (@{$self->{rows}}) {
        my ($methods, $pattern, $endpoint, $handler) = @$row;
        my @captures = $path =~ $pattern or next;
        @captures = () if !$#+;
        if ($method !~ /^(?:$methods)$/) { $other_method = 1; next }
        $endpoint = $endpoint->($request) if ref $endpoint;
        return ($endpoint, $handler, @captures);
    }
    return ('method',  sub ($mount, $request) { $mount->wrong_method($request) }) if $other_method;
    return ('unknown', sub ($mount, $request) { $mount->not_found($request) });
}

sub not_found    ($self, $request) { return Social::Sandbox::Reply->text(404, "Not found\n") }
sub wrong_method ($self, $request) { return Social::Sandbox::Reply->text(405, "Method not allowed\n") }

# ---- Users ----

# Who is logged in at the provider in this browser: a cookie's choice, else the setting.
sub user_of ($self, $request) { return $self->user($request->cookie('sandbox_user') // $self->setting('user')) }

# A user by name. Any name of the form u123 is a user, so that load tests have as many as they like.
sub user ($self, $name) {
    return $self->{users}{$name} //=
        $name =~ /^u(\d+)$/ ? {$self->numbered_user($1), key => $name} : die "no such user\n";
}

sub set_user ($self, $name, %data) {
    my $known = $self->{users}{$name}
        // ($name =~ /^u(\d+)$/ ? {$self->numbered_user($1)} : {$self->numbered_user(abs unpack '%32C*', $name)});
    $self->{users}{$name} = {%$known, key => $name, %data};
    return;
}

sub user_by_id ($self, $id) {
    my ($user) = grep { $_->{id} eq $id } values %{$self->{users}};
    return $user;
}

# ---- Redirect URIs ----

# RFC 6749 §3.1.2.3 as the providers mean it: identical to a registered one.
sub is_registered ($self, $uri) {
    return scalar grep { $_ eq ($uri // '') } @{$self->setting('redirect_uris')};
}

# The press of a button on the consent page.
sub answer_consent ($self, $request) { return $self->sandbox->consent->answer($self, $request) }

# A page of the provider's own for what must not be sent to any redirect_uri.
sub error_page ($self, $title, $text, $status = 400) {
    return Social::Sandbox::Reply->html($status, $self->sandbox->consent->error_page($self->brand, $title, $text));
}

1;
