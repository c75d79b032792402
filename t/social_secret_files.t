# Files with secrets: those that everybody can read are refused, wherever they are named, and a
# symbolic link is as good as what it leads to.
use lib 't/lib';
use Social::Test;

use Crypt::PK::RSA         ();
use Social::Test::TokenApi qw(users_file);

my $t   = Social::Test->new;
my $dir = $t->dir . '/conf';
my $pem = do { my $key = Crypt::PK::RSA->new; $key->generate_key(256, 65_537); $key->export_key_pem('private') };

# What stands in the file, and the options of a gateway that has its path there.
my %place = (
    'social_keyring' => [Social::Test::Gateway::random_key(), sub ($path) { (social => {social_keyring => $path}) }],
    'social_token_key HS256' =>
        ['a secret of more than thirty-two bytes', sub ($path) { (social => {social_token_key => "HS256 $path"}) }],
    'social_token_key RS256' => [$pem, sub ($path) { (social => {social_token_key => "RS256 $path"}) }],
    'social_store password=' => [
        'hidden-password-of-redis',
        sub ($path) { (social => {social_store => "redis://127.0.0.1/0 password=file:$path"}) }
    ],
    'users' => [
        users_file(169, '$6$rounds=1000$sandboxsalt$', 'owner@mysite.example'),
        sub ($path) { (site => {users => $path}) }
    ],
    map {
        my $member = $_;
        ($member => ["hidden-value-of-$member", sub ($path) { (provider => {facebook => {$member => "file:$path"}}) }])
    } qw(client_secret access_token),
);

# A symbolic link of that name.
sub link_to ($target, $name) {
    unlink "$dir/$name";
    symlink $target, "$dir/$name" or die "no link: $!";
    return "$dir/$name";
}

for my $name (sort keys %place) {
    my ($content, $options) = @{$place{$name}};
    my $says        = sub ($path) { $t->conf_error($options->($path)) };
    my ($directive) = $name =~ /^(\w+)/;
    my $open        = qr/\[emerg\] "$directive" names a secret file that everybody can read, use chmod o-r: /;
    subtest $name => sub {
        my $file   = $t->file('secret', $content, 0600);
        my $direct = link_to('secret',      'direct');
        my $chain  = link_to("$dir/direct", 'chain');
        is($says->($_), undef, 'a file that its owner alone can read is fine, by name and by links')
            for $file, $direct, $chain;
        chmod 0640, $file;
        is($says->($_), undef, 'a file that its group can read is taken') for $file, $chain;
        chmod 0644, $file;
        like($says->($_), qr/$open\Q$_\E /, 'a file that everybody can read is refused') for $file, $direct, $chain;
        chmod 0604, $file;
        like($says->($direct), $open, 'a file that all but its group can read is refused');
        unlink $file;
        like(
            $says->($_),
            qr/"$directive" names a file that cannot be read: \Q$_\E /,
            'a link that leads nowhere is told'
        ) for $direct, $chain;
        link_to($dir, 'direct');
        like(
            $says->($_),
            qr/"$directive" names a file that cannot be read: \Q$_\E /,
            'a link to a directory is refused'
        ) for $direct, $chain;
        unlink "$dir/chain", "$dir/direct";
    };
}

subtest 'what is no secret may be read by everybody' => sub {
    my $public = $t->file('public.pem', Crypt::PK::RSA->new(\$pem)->export_key_pem('public_x509'), 0644);
    my @keys   = ('HS256 ' . $t->token_key_file, 'RS256 ' . link_to($public, 'public'));
    is($t->conf_error(social => {social_token_key => \@keys}), undef, 'a public key, by a link');
};

subtest 'a link that is moved to another file is followed by a reload' => sub {
    my @keys = map { Social::Test::Gateway::random_key() } 1, 2;
    $t->file("ring.$_", $keys[$_ - 1], 0600) for 1, 2;
    $t->secret(map {s/\n//r} @keys);
    my $ring = link_to('ring.1', 'ring');
    $t->gateway(social => {social_keyring => $ring})->start;
    my $status = sub ($id) { $t->api(GET => "/api/facebook/session/$id", token => $t->bearer)->status };
    my $id     = $t->login('facebook');
    is($status->($id), 200, 'a session of the first key');
    link_to('ring.2', 'ring');
    is($status->($id), 200, 'a session is there until the second key is alone');
    ok($t->reload(drained => 1), 'nginx reloads');
    is($status->($id), 404, 'the reload uses the second key alone');
    chmod 0644, "$dir/ring.1";
    link_to('ring.1', 'ring');
    $t->tolerate(qr/"social_keyring" names a secret file that everybody can read/);
    ok(!$t->reload, 'a link to a file that everybody can read is refused');
    is($status->($id),                   404, 'nginx goes on with what it has');
    is($status->($t->login('facebook')), 200, 'new sessions work after the refused reload');
};

done_testing;
