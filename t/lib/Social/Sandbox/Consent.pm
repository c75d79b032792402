# The page at which a person says yes or no, and the modes that spare tests the page.
#
#   auto  yes at once       page  ask       deny  no at once
package Social::Sandbox::Consent;
use v5.36;

use Mojo::Template;
use Scalar::Util qw(weaken);
use Social::Sandbox::Ledger;
use Social::Sandbox::Reply;

my $template = Mojo::Template->new(vars => 1, auto_escape => 1);
my $PAGE     = do { local $/; readline DATA };

sub new ($class, $sandbox) {
    my $self = bless {sandbox => $sandbox, mode => 'auto', pending => {}}, $class;
    weaken $self->{sandbox};
    return $self;
}

sub mode ($self) { return $self->{mode} }

sub set_mode ($self, $mode) {
    die "consent is auto, page or deny\n" if $mode !~ /^(?:auto|page|deny)$/;
    $self->{mode} = $mode;
    return;
}

# Decides about a login that the provider found in order. $login is the mount's own data.
sub ask ($self, $mount, $request, $login) {
    my $user = $mount->user_of($request);
    return $mount->approve($login, $user) if $self->{mode} eq 'auto';
    return $mount->refuse($login)         if $self->{mode} eq 'deny';
    my $id = Social::Sandbox::Ledger::random(32);
    $self->{pending}{$id} = {mount => $mount->name, login => $login, user => $user};
    return Social::Sandbox::Reply->html(
        200,
        $self->_render(
            brand => $mount->brand,
            title => 'Log in with ' . $mount->brand->{name},
            kind  => 'ask',
            id    => $id,
            user  => $user->{name},
            app   => $login->{app_name} // 'Sandbox App',
            wants => $login->{wants}    // [],
            post  => $mount->url . '/consent',
        )
    );
}

# The press of a button on that page: POST {mount}/consent.
sub answer ($self, $mount, $request) {
    my $pending = delete $self->{pending}{$request->form('request') // ''};
    if (!$pending || $pending->{mount} ne $mount->name) {
        return $mount->error_page('This page has expired', 'Go back to the application and start again.');
    }
    return $mount->refuse($pending->{login}) if ($request->form('decision') // '') ne 'continue';
    return $mount->approve($pending->{login}, $pending->{user});
}

sub error_page ($self, $brand, $title, $text) {
    return $self->_render(brand => $brand, title => $title, kind => 'error', text => $text);
}

# X shows this one after a refusal: its link goes back to the application.
sub refused_page ($self, $brand, $link) {
    return $self->_render(brand => $brand, title => 'You have not given access', kind => 'refused', link => $link);
}

sub _render ($self, %vars) {
    my $html = $template->render($PAGE,
        {user => '', app => '', wants => [], id => '', post => '', text => '', link => '', %vars});
    die $html           if ref $html;
    utf8::encode($html) if utf8::is_utf8($html);
    return $html;
}

1;

__DATA__
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='8' fill='%23<%= substr $brand->{color}, 1 %>'/%3E%3C/svg%3E">
<title><%= $title %></title>
<style>
:root { --bar: <%= $brand->{color} %>; --brand: var(--bar); --on-brand: #fff; --ink: #1c1e21; --soft: #65676b; --paper: #fff; --ground: #f0f2f5; --line: #dadde1 }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e6eb; --soft: #b0b3b8; --paper: #242526; --ground: #18191a; --line: #3e4042 } }
% if ($brand->{night}) {
@media (prefers-color-scheme: dark) { :root { --brand: <%= $brand->{night} %>; --on-brand: <%= $brand->{color} %> } }
% }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 16px; background: var(--ground); color: var(--ink);
       font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
main { width: 100%; max-width: 420px; background: var(--paper); border: 1px solid var(--line); border-radius: 16px; overflow: hidden;
       box-shadow: 0 8px 28px rgb(0 0 0 / 12%) }
header { background: var(--bar); color: #fff; padding: 14px 24px; font-weight: 700; font-size: 18px; display: flex; justify-content: space-between; align-items: center }
header small { font-weight: 400; font-size: 13px }
section { padding: 24px }
h1 { font-size: 20px; line-height: 1.3; margin: 0 0 8px; text-wrap: balance }
p { margin: 0 0 16px; color: var(--soft) }
p:last-child { margin: 0 }
form { margin-top: 20px }
.who { display: flex; align-items: center; gap: 12px; margin: 0 0 16px; color: var(--ink) }
.face { width: 52px; height: 52px; border-radius: 50%; background: var(--brand); color: var(--on-brand); display: grid; place-items: center; font-size: 22px; font-weight: 700 }
ul { margin: 0 0 20px; padding: 12px 16px 12px 32px; border: 1px solid var(--line); border-radius: 10px; color: var(--soft); font-size: 14px; overflow-wrap: anywhere }
button, a.button { display: block; width: 100%; min-height: 48px; border-radius: 10px; border: 0; font: inherit; font-weight: 600; cursor: pointer;
       text-align: center; text-decoration: none; padding: 11px 16px; margin-top: 10px; background: var(--brand); color: var(--on-brand) }
button.second { background: transparent; color: var(--ink); border: 1px solid var(--line) }
button:focus-visible, a:focus-visible { outline: 3px solid color-mix(in srgb, var(--brand) 45%, transparent); outline-offset: 2px }
</style>
</head>
<body>
<main data-consent="<%= $kind %>">
<header><span><%= $brand->{name} %></span><small>sandbox</small></header>
<section>
% if ($kind eq 'ask') {
<div class="who"><span class="face" aria-hidden="true"><%= substr $user, 0, 1 %></span><strong><%= $user %></strong></div>
<h1><%= $app %> wants to use your account</h1>
% if (@$wants) {
<p>It asks for:</p>
<ul><% for my $want (@$wants) { %><li><%= $want %></li><% } %></ul>
% }
<form method="post" action="<%= $post %>">
<input type="hidden" name="request" value="<%= $id %>">
<button type="submit" name="decision" value="continue">Continue as <%= (split ' ', $user)[0] %></button>
<button type="submit" name="decision" value="cancel" class="second">Not now</button>
</form>
% } elsif ($kind eq 'refused') {
<h1><%= $title %></h1>
<p>The application will not be able to use your account.</p>
<a class="button" href="<%= $link %>">Return to the application</a>
% } else {
<h1><%= $title %></h1>
<p><%= $text %></p>
% }
</section>
</main>
</body>
</html>
