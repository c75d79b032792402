# The final checks of a test file: stops everything, then checks what holds for every test.
package Social::Test::FinalChecks;
use v5.36;

use Test::More ();

# One test for each check.
sub report ($test) {
    my $builder = Test::More->builder;
    my %problem = problems($test);
    for my $name (sort keys %problem) {
        $builder->ok(!@{$problem{$name}}, $name);
        $builder->diag("    $_") for @{$problem{$name}};
    }
    return;
}

# Stops what runs and tells what was wrong: check => [lines].
sub problems ($test) {
    my $log     = $test->log;
    my $sandbox = $test->sandbox;
    my @mute;
    if ($sandbox && $sandbox->processes) {
        eval { $test->secret($sandbox->secrets); 1 } or push @mute, $@ =~ s/ at .*//sr;
    }

    my @parts     = grep {ref} $test->nginx, $test->redis, $sandbox;
    my @processes = map  { $_->processes } @parts;
    my @stubborn  = map  { ref($_) . ' had to be killed' } grep { !$_->stop } @parts;
    push @stubborn, map { $_->name . ' is still there' } grep { $_->alive } @processes;
    $test->nginx->hand_over_reports;
    return (
        'the error log holds no alarm'   => [$log->alarms],
        'no sanitizer reported anything' => [$log->sanitizer_reports],
        'no log holds a secret'          => [$log->leaks],
        'every process has ended'        => \@stubborn,
        'the sandbox had no complaint'   => [@mute, $log->sandbox_complaints],
    );
}

1;
