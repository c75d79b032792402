# Node: fastify, fast-jwt, and ioredis that sends what comes up in one turn of its loop together.
# Its packages are installed below SOCIAL_BUILD, once for each package-lock.json.
package Bench::Peer::Fastify;
use v5.36;

use parent 'Bench::Peer';

use Carp       qw(croak);
use File::Copy qw(copy);
use File::Path qw(make_path);
use JSON::PP   ();

my $SOURCE = "$Bench::Peer::SOURCES/fastify";
my @FILES  = map { s{.*/}{}r } glob "$SOURCE/*.js";

sub name        ($class) { return 'fastify' }
sub needs_redis ($class) { return 1 }
sub store_file  ($class) { return 'stored.js' }

# Debian 12 has a node of its own that is too old for fastify 5.
sub lacks ($class) {
    return 'node 20' if _node_version() !~ /^(\d+)/ || $1 < 20;
    return 'npm'     if !grep {-x "$_/npm"} split /:/, $ENV{PATH} // '';
    return $class->SUPER::lacks;
}

sub version ($self) {
    my %version = $self->_versions;
    return join ', ', 'node ' . _node_version(), map {"$_ $version{$_}"} sort keys %version;
}

sub command ($self) {
    my $installed = $self->_install;
    my $settings  = $self->settings_file(store => $self->store_file);
    return ('node', "$installed/server.js", $settings);
}

sub _node_version {
    my ($version) = qx(node --version 2>/dev/null) =~ /^v(\S+)/;
    return $version // 'missing';
}

# The folder of the installed packages. The stamp is written last.
sub _install ($self) {
    my $folder = ($ENV{SOCIAL_BUILD} // "$Bench::Peer::ROOT/build") . '/bench-peers/fastify';
    make_path($folder);
    my $lock      = $self->file_text("$SOURCE/package-lock.json");
    my $installed = $self->file_text("$folder/installed.json") eq $lock;
    for my $name (@FILES, $installed ? () : qw(package.json package-lock.json .npmrc)) {
        copy("$SOURCE/$name", "$folder/$name") or croak "$folder/$name: $!";
    }
    return $folder if $installed;
    my $log = "$self->{dir}/npm.log";
    system 'sh', '-c', 'cd "$1" && exec npm ci --omit=dev --ignore-scripts --no-audit --no-fund >"$2" 2>&1', 'sh', $folder, $log
        and croak "npm ci fails:\n" . $self->file_text($log);
    copy("$folder/package-lock.json", "$folder/installed.json") or croak "$folder: $!";
    return $folder;
}

# What the lock says of the packages that package.json asks for.
sub _versions ($self) {
    my ($package, $lock)
        = map { JSON::PP::decode_json($self->file_text("$SOURCE/$_")) } qw(package.json package-lock.json);
    return map { ($_ => $lock->{packages}{"node_modules/$_"}{version}) } keys %{$package->{dependencies}};
}

1;
