#!/usr/bin/perl
# Starts the sandbox provider.
#
#   provider.pl [--port 0] [--host 127.0.0.1] [--public URL] [--config FILE] [--consent page]
#               [--cert FILE --key FILE]
#
# Prints one line of JSON with the port it took, and serves until it gets TERM or INT. With a
# certificate it serves TLS as well, on a port of its own.
# The file is JSON: {"facebook": {"redirect_uris": […], …}, "twitter": {…}, …}.
use v5.36;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Getopt::Long qw(GetOptions);
use Mojo::File   qw(path);
use Mojo::IOLoop;
use Mojo::JSON qw(decode_json encode_json);
use Social::Sandbox;
use Social::Sandbox::Server;

my %option = (port => 0, host => '127.0.0.1', consent => 'auto');
GetOptions(\%option, qw(port=i host=s public=s config=s consent=s cert=s key=s)) && !@ARGV
    or die
    "usage: provider.pl [--port N] [--host ADDRESS] [--public URL] [--config FILE] [--consent auto|page|deny] [--cert FILE --key FILE]\n";

my $sandbox = Social::Sandbox->new(
    public   => $option{public},
    settings => defined $option{config} ? decode_json(path($option{config})->slurp) : {},
);
$sandbox->consent->set_mode($option{consent});

my $server = Social::Sandbox::Server->start(
    $sandbox,
    listen => "http://$option{host}:$option{port}",
    (defined $option{cert} ? (tls => {cert => $option{cert}, key => $option{key}}) : ()),
);

STDOUT->autoflush(1);
say encode_json({port => 0 + $server->port, tls_port => $server->tls_port});
Mojo::IOLoop->start;
