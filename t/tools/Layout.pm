# The folders of src/, from the ground floor up. A folder may include itself and folders of lower
# floors. %IO lists the folders that may include ngx/ besides. ngx/ itself may include base/ only.
package Layout;
use strict;
use warnings;
use Findings qw(slurp);

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

# Folders that may not use nginx, libcurl, hiredis and coroutines.
our %PURE = map { $_ => 1 } qw(base crypto quota site session page redis token oauth);

# Folders that may include nginx's headers, through ngx/ngx.hpp.
our %IO = map { $_ => 1 } qw(ngx loop shm http_client redis_client store worker settings request access endpoint conf module);

our %FLOOR = map {
    my $floor = $_;
    map { $_ => $floor } @{ $FLOORS[$floor] }
} 0 .. $#FLOORS;

# True if a file of the first folder may include one of the second.
sub may_include {
    my ($from, $to) = @_;
    return 1 if $from eq $to;
    return $IO{$from} if $to eq 'ngx';
    return $to eq 'base' if $from eq 'ngx';
    return 0 if !exists $FLOOR{$from} || !exists $FLOOR{$to};
    return 0 if $PURE{$from} && !$PURE{$to};
    return $FLOOR{$to} < $FLOOR{$from};
}

# Returns {file => [files that it includes]} with paths below src/.
sub includes {
    my %includes;
    for my $file (glob 'src/*/*.[ch]pp') {
        my ($path) = $file =~ m{^src/(.+)$};
        $includes{$path} = [slurp($file) =~ /^#include "([^"]+)"/mg];
    }
    return \%includes;
}

# Returns include cycles as lists of files; the first file is repeated at the end.
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
