# Every example is a configuration that nginx accepts: the files of conf-examples, and the
# one in README.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy qw(copy);
use File::Path qw(make_path);
use MIME::Base64 qw(encode_base64);
use Social::Test;

$ENV{TWITTER_OAUTH2_SECRET} = 'example-of-a-secret';

my $t        = Social::Test->new(sandbox => 0);
my $examples = $t->root . '/conf-examples';

# What the comment at the top of each example has an operator make.
$t->secret_file('keyring', encode_base64(join('', map { chr int rand 256 } 1 .. 32), '') . "\n");
$t->secret_file('token.key', 'x' x 48 . "\n");
$t->secret_file('users', '169:owner@mysite.example:$6$saltsalt$' . 'a' x 86 . "\n");
$t->secret_file("$_.secret", "secret-of-$_\n") for qw(facebook twitter owner-token company forum library redis);
copy('/etc/ssl/certs/ca-certificates.crt', $t->dir . '/conf/company-ca.pem') or die "copy: $!\n";
copy("$examples/endpoints.conf", $t->dir . '/conf/endpoints.conf')          or die "copy: $!\n";
make_path($t->dir . '/conf/pages', $t->dir . '/logs', $t->dir . '/conf/social');
copy("$examples/endpoints.conf", $t->dir . '/conf/social/endpoints.conf') or die "copy: $!\n";
for my $page (glob "$examples/pages/*.html") {
    copy($page, $t->dir . '/conf/pages/') or die "copy: $!\n";
}

# Nothing but what differs between machines: where the module lies, the ports, and hosts that
# are not to be asked for here.
sub on_this_machine ($text) {
    my ($module, $dir) = ($t->{module}, $t->dir);
    $module eq 'static' ? $text =~ s{^load_module [^;]+;}{}m : $text =~ s{^load_module [^;]+;}{load_module $module;}m;
    $text =~ s{listen( +)(?:127\.0\.0\.1:)?(\d+)}{"listen${1}127.0.0.1:" . $t->port($2)}ge;
    $text =~ s{proxy_pass https://[a-z.]+}{proxy_pass https://127.0.0.1:9}g;
    $text =~ s{/etc/nginx/social/}{$dir/conf/}g;
    return $text;
}

sub content ($path) {
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return scalar readline $in;
}

for my $path (grep { !/endpoints\.conf$/ } glob "$examples/*.conf") {
    my ($name) = $path =~ m{([^/]+)$};
    my $said = $t->conf_warnings(on_this_machine(content($path))) // $t->conf_error(on_this_machine(content($path)));
    unlike($said, qr/\[(?:emerg|warn)\]/, "$name is accepted without a warning");
}

my ($readme) = content($t->root . '/README.md') =~ /^```nginx\n(load_module.*?)^```/ms;
ok($readme, 'README has a whole configuration');
unlike($t->conf_warnings(on_this_machine($readme)) // '[emerg]', qr/\[(?:emerg|warn)\]/, '… and it is accepted without a warning');

done_testing;
