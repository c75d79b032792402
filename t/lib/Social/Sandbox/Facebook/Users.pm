# People of the sandbox's Facebook, and their pages.
#
# A user: id, name, email, first_name, last_name, pages (a number, or a list of pages),
# and for the paging of /me/accounts: page_size (at most so many in one answer),
# empty_pages (so many empty answers before the first page), endless (always a `next`),
# next_origin (where `next` points to instead). `declines` lists permissions not granted.
#
# A page: id, name, category, category_list, tasks, business (owned by a portfolio), and
# instagram {id, name, username, profile_picture_url, has_profile_pic}.
package Social::Sandbox::Facebook::Users;
use v5.36;

use Mojo::JSON qw(true false);

my @TASKS = qw(ANALYZE ADVERTISE MODERATE CREATE_CONTENT MANAGE);

sub default_users {
    return (
        ovan => {
            key   => 'ovan',
            id    => '508654789659284',
            name  => 'Ovan Donnovan',
            email => 'ovan@example.com',
            pages => [
                {
                    id            => '1903864646522191',
                    name          => 'Jamku',
                    category      => 'Clothing (Brand)',
                    category_list => [{id => '2209', name => 'Clothing (Brand)'}],
                    tasks         => [@TASKS],
                },
                {
                    id            => '241794770143249',
                    name          => 'TryalCloudy03',
                    category      => 'Brand',
                    category_list => [{id => '1605186416478696', name => 'Brand'}],
                    tasks         => [@TASKS],
                    instagram     => {
                        id                  => '17841439754602482',
                        edge_id             => '4887037594655873',
                        name                => 'trycloudy',
                        username            => 'trycloudy123',
                        has_profile_pic     => false,
                        profile_picture_url =>
                            'https://instagram.example/v/t51.2885-19/44884218_n.jpg?_nc_ht=instagram.example&oe=5F7E760F',
                    },
                },
            ],
        },
        nobody => {key => 'nobody', id => '100000000000001', name => 'Page Less', pages => []},
    );
}

sub numbered ($number) {
    return (
        id    => sprintf('6%014d', $number),
        name  => "User Number $number",
        email => "u$number\@example.com",
        pages => 1,
    );
}

sub page_count ($user) { return ref $user->{pages} ? scalar @{$user->{pages}} : $user->{pages} // 0 }

# The page at that place; generated where the user has only a number of them.
sub page ($user, $index) {
    return $user->{pages}[$index] if ref $user->{pages};
    my $id     = sprintf '2%09d%05d', substr($user->{id}, -9), $index;
    my $handle = "page_$id";
    return {
        id            => $id,
        name          => "Page $index of $user->{name}",
        category      => 'Brand',
        category_list => [{id => '1605186416478696', name => 'Brand'}],
        tasks         => [@TASKS],
        $index % 2
        ? ()
        : (
            instagram => {
                id                  => "17841$id",
                edge_id             => "4$id",
                name                => "Instagram of page $index",
                username            => $handle,
                has_profile_pic     => true,
                profile_picture_url => "https://instagram.example/$handle.jpg",
            },
        ),
    };
}

sub page_by_id ($user, $id) {
    for my $index (0 .. page_count($user) - 1) {
        my $page = page($user, $index);
        return $page if $page->{id} eq $id || $page->{instagram} && $page->{instagram}{id} eq $id;
    }
    return;
}

1;
