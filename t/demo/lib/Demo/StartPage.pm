# The page at / of the demo, with one button for each provider.
package Demo::StartPage;
use v5.36;

use Demo::Files qw(fill_in write_file);
use Digest::SHA qw(sha256);
use MIME::Base64 qw(encode_base64);

# write(PATH, template => PATH, public => URL, providers => Demo::Providers): the
# Content-Security-Policy for it.
sub write ($path, %arg) {
    my ($public, $providers) = @arg{qw(public providers)};
    my $html = fill_in(
        $arg{template},
        INTRODUCTION => $providers->are_real
        ? 'The gateway talks to Facebook itself: you need an account that may use this app.'
        : 'The gateway talks to a sandbox that plays the providers: you need no account, and nothing leaves this machine.',
        BUTTONS    => join("\n", map { _button($public, @$_) } $providers->offers),
        WRONG_SITE => "$public/facebook/auth?redirectUrl=" . _escape('https://unknown.example/'),
    );
    write_file($path, $html);
    my ($style) = $html =~ m{<style>(.*?)</style>}s;
    my $hash = encode_base64(sha256($style), '');
    return "default-src 'none'; style-src 'sha256-$hash'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

sub _button ($public, $name, $label, @) {
    my $link = "$public/$name/auth?redirectUrl=" . _escape("$public/$name/session");
    return qq(<li><a class="login $name" href="$link">$label</a></li>);
}

sub _escape ($text) { return $text =~ s/([^A-Za-z0-9._~-])/sprintf '%%%02X', ord $1/ger }

1;
