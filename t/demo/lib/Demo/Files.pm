# The files of the demo: read and written as a whole, secrets for their owner alone.
package Demo::Files;
use v5.36;

use Exporter qw(import);

our @EXPORT_OK = qw(fill_in read_file write_file write_secret);

sub write_secret ($path, $text) {
    write_file($path, '');
    chmod 0600, $path;
    return write_file($path, "$text\n");
}

sub write_file ($path, $text) {
    open my $out, '>:raw', $path or die "$path: $!\n";
    print {$out} $text;
    return close $out || die "$path: $!\n";
}

sub read_file ($path) {
    open my $in, '<:raw', $path or return '';
    local $/;
    return readline($in) // '';
}

# A template with its @NAME@ words replaced.
sub fill_in ($path, %value) {
    return read_file($path) =~ s/@([A-Z_]+)@/$value{$1} \/\/ die "$path: nothing for $1\n"/ger;
}

1;
