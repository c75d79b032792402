# Every example is a configuration that nginx accepts: the files of conf-examples, and those in
# README, whose commands install the module where Debian's nginx looks for it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use File::Copy   qw(copy);
use File::Path   qw(make_path);
use MIME::Base64 qw(encode_base64);
use Social::Test;
use Social::Test::Certificate;

$ENV{TWITTER_OAUTH2_SECRET} = 'example-of-a-secret';

my $t        = Social::Test->new(sandbox => 0);
my $examples = $t->root . '/conf-examples';

# What the comment at the top of each example has an operator make.
$t->secret_file('keyring',   encode_base64(join('', map { chr int rand 256 } 1 .. 32), '') . "\n");
$t->secret_file('token.key', 'x' x 48 . "\n");
$t->secret_file('users',     '169:owner@mysite.example:$6$saltsalt$' . 'a' x 86 . "\n");
$t->secret_file("$_.secret", "secret-of-$_\n") for qw(facebook twitter owner-token company forum library redis);
copy('/etc/ssl/certs/ca-certificates.crt', $t->dir . '/conf/company-ca.pem') or die "copy: $!\n";
copy("$examples/endpoints.conf",           $t->dir . '/conf/endpoints.conf') or die "copy: $!\n";
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
    $text =~ s{proxy_pass( +)https://[a-z.]+}{proxy_pass${1}https://127.0.0.1:9}g;
    $text =~ s{/etc/nginx/social/}{$dir/conf/}g;
    $text =~ s{/etc/letsencrypt/live/gateway\.example/}{$dir/conf/}g;
    $text =~ s{/var/log/nginx/}{$dir/logs/}g;
    return $text;
}

sub content ($path) {
    open my $in, '<', $path or die "$path: $!\n";
    local $/;
    return scalar readline $in;
}

subtest 'the files of conf-examples' => sub {
    for my $path (grep { !/endpoints\.conf$/ } glob "$examples/*.conf") {
        my ($name) = $path =~ m{([^/]+)$};
        my $said = $t->conf_warnings(on_this_machine(content($path)))
            // $t->conf_error(on_this_machine(content($path)));
        unlike($said, qr/\[(?:emerg|warn)\]/, "$name is accepted without a warning");
    }
};

# Fenced blocks of a language, without the indentation of a list.
sub blocks ($text, $language) {
    my @blocks;
    while ($text =~ /^( *)```$language\n(.*?)^\1```/gms) {
        my ($indentation, $block) = ($1, $2);
        push @blocks, $block =~ s/^$indentation//gmr;
    }
    return @blocks;
}

# The contexts around an example that is a part of a configuration.
sub whole ($block) {
    return $block if $block =~ /^load_module/;
    my $head = "load_module modules/ngx_http_social_module.so;\nevents {}\n";
    return "${head}http {\n$block}\n" if $block =~ /^server \{/m;
    return $head . <<~"CONF";
        http {
            social_public_url https://gateway.example;
            social_keyring /etc/nginx/social/keyring;
            social_token_key HS256 /etc/nginx/social/token.key;
            social_site 169 { origin https://mysite.example; }
            social_provider twitter_oauth2 { type twitter_oauth2; client_id 4711; client_secret an-example; }
            server { listen 8080; $block }
        }
        CONF
}

my $authority = Social::Test::Certificate->new(dir => $t->dir);
my ($certificate, $key) = $authority->issue('gateway', hosts => ['gateway.example']);
copy($certificate, $t->dir . '/conf/fullchain.pem') or die "copy: $!\n";
copy($key,         $t->dir . '/conf/privkey.pem')   or die "copy: $!\n";

my $readme = content($t->root . '/README.md');

subtest 'the configurations of README' => sub {
    my @blocks = blocks($readme, 'nginx');
    is(scalar(grep {/^load_module/} @blocks), 1, 'README has a whole configuration');
    my ($whole) = grep {/^load_module/} @blocks;
    is($whole =~ tr/\n//, 20, 'the whole configuration of README has twenty lines');
    like($whole, qr/\$social_request/, 'the whole configuration of README logs no codes and ids');
    for my $block (@blocks) {
        my $text = on_this_machine(whole($block));
        my $said = $t->conf_warnings($text) // $t->conf_error($text);
        unlike($said, qr/\[(?:emerg|warn)\]/, 'README: ' . ($block =~ /^(.*)/)[0] . ' … is accepted without a warning');
    }
};

subtest 'the commands of README' => sub {

    # As Debian has it before the first package of a module: without the folder of modules.
SKIP: {
        skip 'the module is a part of nginx', 2 if $t->{module} eq 'static';
        my $root = $t->dir . '/debian';
        make_path("$root/etc/nginx/modules-enabled");
        my ($commands) = grep {/^install -D/} blocks($readme, 'sh');
        $commands =~ s{build/ngx_http_social_module\.so}{$t->{module}};
        $commands =~ s{(?=/(?:etc|usr/lib)/nginx/)}{$root}g;
        is(system('bash', '-euc', "cd " . $t->root . "\n$commands"), 0, 'the commands of README install the module');
        my $text = content("$root/etc/nginx/modules-enabled/50-mod-http-social.conf");
        my ($file) = $text =~ m{^load_module modules/(\S+);$};
        ok($file && -x "$root/usr/lib/nginx/modules/$file" && -e "$root/etc/nginx/social/endpoints.conf",
            'the commands of README load the module that they have installed');
    }
};

done_testing;
