# The folders of src/, from the ground floor up. A folder includes itself, ngx/ where it may, and
# folders of lower floors.
package Layout;
use strict;
use warnings;

our @FLOORS = (
    [qw(base)],
    [qw(crypto)],
    [qw(coro)],
    [qw(quota)],
    [qw(site)],
    [qw(page redis session token)],
    [qw(oauth)],
    [qw(flow)],
    [qw(loop)],
    [qw(shm)],
    [qw(http_client)],
    [qw(redis_client)],
    [qw(store)],
    [qw(worker)],
    [qw(settings)],
    [qw(request)],
    [qw(access)],
    [qw(endpoint)],
    [qw(conf)],
    [qw(module)],
);

# Folders that do without nginx, libcurl, hiredis and coroutines.
our %PURE = map { $_ => 1 } qw(base crypto quota site session page redis token oauth);

# Folders that may include nginx's headers, by ngx/ngx.hpp.
our %IO = map { $_ => 1 } qw(ngx loop shm http_client redis_client store worker settings request access endpoint conf module);

our %FLOOR = map {
    my $floor = $_;
    map { $_ => $floor } @{ $FLOORS[$floor] }
} 0 .. $#FLOORS;

# Whether a file of the first folder may include one of the second.
sub may_include {
    my ($from, $to) = @_;
    return 1 if $from eq $to;
    return $IO{$from} if $to eq 'ngx';
    return $to eq 'base' if $from eq 'ngx';
    return 0 if !exists $FLOOR{$from} || !exists $FLOOR{$to};
    return 0 if $PURE{$from} && !$PURE{$to};
    return $FLOOR{$to} < $FLOOR{$from};
}

# {file => [files that it includes]}, paths below src/.
sub includes {
    my %includes;
    for my $file (glob 'src/*/*.[ch]pp') {
        my ($path) = $file =~ m{^src/(.+)$};
        open my $in, '<', $file or die "$file: $!\n";
        local $/;
        $includes{$path} = [readline($in) =~ /^#include "([^"]+)"/mg];
    }
    return \%includes;
}

# Headers that include each other, as lists that end where they begin.
sub circles {
    my ($includes) = @_;
    my (%state, @circles);
    my $visit;
    $visit = sub {
        my ($file, @path) = @_;
        if (($state{$file} // '') eq 'open') {
            shift @path while $path[0] ne $file;
            push @circles, [@path, $file];
        }
        return if $state{$file};
        $state{$file} = 'open';
        $visit->($_, @path, $file) for grep { exists $includes->{$_} } @{ $includes->{$file} };
        $state{$file} = 'done';
    };
    $visit->($_) for sort keys %$includes;
    return @circles;
}

1;
