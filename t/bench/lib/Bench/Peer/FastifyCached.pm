# The same with quota, sessions and verified tokens in the process, all as long as its cache says.
package Bench::Peer::FastifyCached;
use v5.36;

use parent 'Bench::Peer::Fastify';

sub name       ($class) { return 'fastify-cached' }
sub store_file ($class) { return 'cached.js' }

1;
