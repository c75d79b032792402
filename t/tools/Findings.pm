# Shared by the checks of t/tools: files as text, and findings that are printed and counted.
package Findings;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(slurp report findings);

my $findings = 0;

# Returns the text of a file; `$layer` decodes it, for example ':encoding(UTF-8)'.
sub slurp {
    my ($file, $layer) = @_;
    open my $in, '<' . ($layer // ''), $file or die "$file: $!\n";
    local $/;
    return readline($in) // '';
}

# Prints a finding and counts it.
sub report {
    my ($file, $line, $rule) = @_;
    print STDERR "$file:$line: $rule\n";
    $findings++;
    return;
}

# Returns how many findings were reported.
sub findings { return $findings }

1;
