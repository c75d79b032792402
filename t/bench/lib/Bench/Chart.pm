# A picture of those sides of the tables that have a name: bars of their ratios, as SVG.
package Bench::Chart;
use v5.36;

my ($WIDTH, $BAR, $GAP, $LEFT, $RIGHT) = (760, 22, 8, 250, 70);

sub svg (@tables) {
    my $y = 46;
    my @parts;
    for my $table (@tables) {
        my @sides = grep { defined $_->{name} } $table->sides;
        next if !@sides;
        push @parts, sprintf '<text class="title" x="16" y="%d">%s</text>', $y, _escape($table->title);
        $y += 14;
        for my $side (@sides) {
            my $ratio = $table->ratio($side);
            my $width = $ratio * ($WIDTH - $LEFT - $RIGHT);
            push @parts,
                sprintf('<text class="name" x="%d" y="%d">%s</text>', $LEFT - 10, $y + 16, _escape($side->{name})),
                sprintf('<rect class="%s" x="%d" y="%d" width="%.1f" height="%d"/>', _class($side, $table), $LEFT, $y, $width, $BAR),
                sprintf('<text class="ratio" x="%.1f" y="%d">%.2f</text>', $LEFT + $width + 6, $y + 16, $ratio);
            $y += $BAR + $GAP;
        }
        $y += 34;
    }
    my $height = $y - 20;
    return join "\n", <<~"HEAD" =~ s/\n\z//r, @parts, "</svg>\n";
        <svg xmlns="http://www.w3.org/2000/svg" width="$WIDTH" height="$height" viewBox="0 0 $WIDTH $height" role="img" aria-label="Requests per second as a part of what plain nginx answers">
        <style>
        text { font: 14px sans-serif; fill: #1f2328 }
        .title { font-weight: bold } .name { text-anchor: end } .ratio { fill: #59636e }
        .floor { fill: #d1d9e0 } .ours { fill: #009639 } .peer { fill: #8c959f }
        </style>
        <rect width="100%" height="100%" fill="#ffffff"/>
        <text class="ratio" x="16" y="20">requests per second, of what plain nginx answers on the same core</text>
        HEAD
}

sub _class ($side, $table) {
    return $side->{peer} ? 'peer' : $side == $table->floor_of($side) ? 'floor' : 'ours';
}

sub _escape ($text) {
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;');
    return $text =~ s/([&<>])/$entity{$1}/gr;
}

1;
