# The servers of the demo, with their configurations: the sandbox provider, Redis, gateways and
# the balancer in front of them. Each start_… returns when that one answers.
package Demo::Servers;
use v5.36;

use Demo::Files qw(fill_in write_file);
use File::Path  qw(make_path);
use Social::Test::Nginx;
use Social::Test::Redis;

# new(root => of the repository, dir => DIR, module => PATH, processes => Demo::Processes)
sub new ($class, %arg) {
    my $self = bless {%arg, templates => "$arg{root}/t/demo", nginx => Social::Test::Nginx->binary}, $class;
    make_path(map {"$self->{dir}/$_"} qw(conf html logs));
    return $self;
}

# It asks, as providers do.
sub start_sandbox ($self, $port, $settings) {
    my $config = "$self->{dir}/conf/sandbox.json";
    write_file($config, $settings);
    my $script = "$self->{root}/t/sandbox/provider.pl";
    $self->{processes}->start('sandbox', $port, $^X, $script, '--port', $port, '--consent', 'page', '--config', $config);
    return;
}

# The title that Redis would give itself does not name the demo's directory.
sub start_redis ($self, $port) {
    my $data = "$self->{dir}/redis";
    make_path($data);
    $self->{processes}->start('redis', $port, Social::Test::Redis->binary, '--port', $port, '--bind', '127.0.0.1', '--dir',
        $data, '--save', '', '--appendonly', 'no', '--set-proc-title', 'no');
    return;
}

# start_gateway('one', PORT, [behind => 'address of a balancer'], the words of nginx.conf.in)
sub start_gateway ($self, $name, $port, %arg) {
    my $behind = delete $arg{behind};
    my $real   = $behind ? "set_real_ip_from $behind; real_ip_header X-Forwarded-For;" : '';
    return $self->_start_nginx('nginx.conf.in', $name, $port, %arg, CLIENT_ADDRESS => $real);
}

sub start_balancer ($self, $port, @addresses) {
    my $servers = join "\n", map {"        server $_;"} @addresses;
    return $self->_start_nginx('balancer.conf.in', 'balancer', $port, SERVERS => $servers);
}

sub _start_nginx ($self, $template, $name, $port, %word) {
    my ($dir, $conf) = ($self->{dir}, "$self->{dir}/conf/$name.conf");
    make_path("$dir/temp/$name");
    my %common = (
        NAME   => $name,
        PORT   => $port,
        DIR    => $dir,
        ROOT   => $self->{root},
        MODULE => $self->{module},
        USER   => $self->_user_line,
    );
    write_file($conf, fill_in("$self->{templates}/$template", %common, %word));
    $self->{processes}->start($name, $port, $self->{nginx}, '-p', $dir, '-c', $conf, '-e', "$dir/logs/$name.error.log");
    return;
}

# Workers of root become nobody, as they should, where nobody can come as far as the start page.
sub _user_line ($self) {
    return '' if $> != 0;
    my $path = "$self->{dir}/html";
    while (length $path) {
        return 'user root;' if !((stat $path)[2] & 0001);
        $path =~ s{/[^/]*$}{};
    }
    return 'user nobody nogroup;';
}

1;
