# Many logins at once, for a few seconds; t/load/logins.pl does it at length.
use lib 't/lib';
use Social::Test::LoginLoad;

Social::Test::LoginLoad::run(logins => 800, sandboxes => 1, reloads => 3, store => '16m');
