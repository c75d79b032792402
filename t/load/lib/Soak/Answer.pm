# The name of an answer, such as "404 Session not found" or "503 page". An answer that is none of
# the documented ones byte for byte has a name that begins with "undocumented".
package Soak::Answer;
use v5.36;

my $TEXT    = qr/"(?:[^"\\]|\\.)*"/;
my $MEMBERS = qr/
    ^\{"_meta":\{"status":"ERROR","count":1\},"records":\{
    "errorCode":("?\d+"?),"userMessage":"((?:[^"\\]|\\.)*)","devMessage":(null|$TEXT),
    "more":(null|""),"applicationCode":(null|"")\}\}$
/x;

# userMessage => [status, devMessage and applicationCode, header that must be there]
my %ENVELOPE = (
    'Token required'                             => [401, 'null', 'WWW-Authenticate'],
    'Expired token'                              => [401, 'null', 'WWW-Authenticate'],
    'Invalid token'                              => [401, 'null', 'WWW-Authenticate'],
    'Session not found'                          => [404, 'null'],
    'Too many attempts, please try again later'  => [429, 'null', 'Retry-After'],
    'Sessions are unavailable, please try again' => [503, 'null', 'Retry-After'],
    'Method not allowed'                         => [405, 'null', 'Allow'],
);
my $QUOTA   = 'time limit reached please try again tomorrow at 00:00 - 24:00';
my $REFUSED = 'you are not authorized to log into this site';

my %PAGE = (
    'Wrong site url'                => [400, 'wrong site page'],
    'Login canceled'                => [403, 'refused page'],
    'This login is no longer valid' => [400, 'expired page'],
    'Logins are unavailable'        => [503, 'unavailable page'],
);

# name_of($response or undef, [method => 'GET'], [silent => 1])
# An answer to HEAD has the name of the answer to GET. `silent`: the client has waited in vain.
# Another request without an answer had its connection cut.
sub name_of ($response, %arg) {
    return $arg{silent} ? 'silence' : 'none' if !$response;
    my $status = $response->status;
    return _undocumented($response, 'is cut off')                                  if $response->truncated;
    return _redirect($response)                                                    if $status == 302;
    return length $response->body ? _undocumented($response, 'has a body') : '204' if $status == 204;
    return _head($response)                                                        if ($arg{method} // 'GET') eq 'HEAD';
    my $type = $response->header('Content-Type') // '';
    return _page($response)     if $type           =~ m{^text/html} && $status != 200;
    return _envelope($response) if $response->body =~ /^\{"_meta"/ || $status >= 400;
    return '200'                if $status == 200;
    return _undocumented($response, 'has an unknown status');
}

# Of the session API, where a status stands for one message.
sub _head ($response) {
    my $status = $response->status;
    return _undocumented($response, 'has a body')    if length $response->body;
    return _undocumented($response, 'may be stored') if !_is_uncached($response);
    return '502' if $status == 502;
    my ($message) = sort grep { $ENVELOPE{$_}[0] == $status && $status != 401 } keys %ENVELOPE;
    return
          $status == 200   ? '200'
        : defined $message ? "$status $message"
        :                    _undocumented($response, 'has an unknown status');
}

sub _redirect ($response) {
    return _undocumented($response, 'may be stored') if !_is_uncached($response);
    return defined $response->session_id ? '302 connected' : '302 redirected';
}

sub _envelope ($response) {
    my $status = $response->status;
    return _undocumented($response, 'has no envelope')
        if ($response->header('Content-Type') // '') ne 'application/json; charset=utf-8';
    return _undocumented($response, 'may be stored') if !_is_uncached($response);
    my ($code, $message, $developer, $more, $application) = $response->body =~ $MEMBERS
        or return _undocumented($response, 'has no envelope');
    return _quota($response, "$code $developer $more $application") if $message eq $QUOTA;
    if ($message =~ /^\Q$REFUSED\E \S+$/) {
        my $good = $status == 401 && $code eq '"401"' && "$developer$more$application" eq '""' x 3;
        return $good ? '401 login refused' : _undocumented($response, 'is another refusal');
    }
    if ($message =~ /^\w+ is not answering, please try again$/) {
        return
               $status == 502
            && $code eq '502'
            && $developer ne 'null' ? '502' : _undocumented($response, 'is another 502');
    }
    my $row = $ENVELOPE{$message} or return _undocumented($response, "has the message '$message'");
    return _undocumented($response, 'has another envelope')
        if $status != $row->[0] || $code ne $status || "$developer$more$application" ne $row->[1] x 3;
    return _undocumented($response, "has no $row->[2]") if $row->[2] && !defined $response->header($row->[2]);
    return "$status $message";
}

sub _quota ($response, $members) {
    my $status = $response->status;
    my $good   = $status =~ /^(?:401|429)$/ && $members eq qq($status "" null "");
    return _undocumented($response, 'is another refusal') if !$good;
    for my $name (qw(Retry-After RateLimit RateLimit-Policy)) {
        my $count = () = $response->header_all($name);
        return _undocumented($response, "has $count $name") if $count != 1;
    }
    return "$status quota";
}

sub _page ($response) {
    my $policy = $response->header('Content-Security-Policy') // '';
    return _undocumented($response, 'has no good headers')
        if !_is_uncached($response)
        || ($response->header('Content-Type')           // '') ne 'text/html; charset=utf-8'
        || ($response->header('Referrer-Policy')        // '') ne 'no-referrer'
        || ($response->header('X-Content-Type-Options') // '') ne 'nosniff'
        || !length $policy
        || $policy =~ /unsafe-inline/;
    my ($title) = $response->body =~ m{<title>([^<]*)</title>} or return _undocumented($response, 'has no title');
    return $response->status == 502 ? '502 page' : _undocumented($response, 'is another page')
        if $title =~ /^[\w .&;()]+ is not answering$/;
    my $row = $PAGE{$title} or return _undocumented($response, "is the page '$title'");
    return $response->status == $row->[0] ? "$row->[0] $row->[1]" : _undocumented($response, 'is another page');
}

sub _is_uncached ($response) {
    my @all = $response->header_all('Cache-Control');
    return @all == 1 && $all[0] eq 'no-store';
}

sub _undocumented ($response, $why) { return 'undocumented: ' . $response->status . " $why" }

1;
