// A circular doubly linked list of entries. The head, in shared memory, is the index of the first
// entry or kNone. All operations take constant time. The object is a view; entries and head outlive
// it.
#pragma once

#include "shm/table_entry.hpp"

namespace social::store {

template <Link TableEntry::* kLink>
class EntryRing {
public:
    EntryRing(TableEntries entries, Index& head) noexcept : entries_(entries), head_(&head) {}

    [[nodiscard]] Index first() const noexcept { return *head_; }
    [[nodiscard]] Index last() const noexcept {
        return entries_.contains(*head_) ? link(*head_).prev : kNone;
    }
    [[nodiscard]] Index after(Index entry) const noexcept { return link(entry).next; }
    // kNone: `entry` is the first.
    [[nodiscard]] Index before(Index entry) const noexcept {
        return entry == *head_ ? kNone : link(entry).prev;
    }

    // All three functions return false if the list is corrupt.
    [[nodiscard]] bool push_front(Index entry) noexcept {
        const Index first = *head_;
        if (first == kNone) {
            link(entry) = Link{.prev = entry, .next = entry};
        } else {
            const Index tail = last();
            if (!entries_.contains(tail)) {
                return false;
            }
            link(entry) = Link{.prev = tail, .next = first};
            link(tail).next = entry;
            link(first).prev = entry;
        }
        *head_ = entry;
        return true;
    }

    // Inserts behind `before`, an element of the list. kNone: inserts at the front.
    [[nodiscard]] bool insert_after(Index before, Index entry) noexcept {
        if (before == kNone) {
            return push_front(entry);
        }
        if (!entries_.contains(before) || !entries_.contains(link(before).next)) {
            return false;
        }
        const Index next = link(before).next;
        link(entry) = Link{.prev = before, .next = next};
        link(next).prev = entry;
        link(before).next = entry;
        return true;
    }

    [[nodiscard]] bool remove(Index entry) noexcept {
        const Link at = link(entry);
        if (!entries_.contains(at.prev) || !entries_.contains(at.next) ||
            link(at.prev).next != entry || link(at.next).prev != entry) {
            return false;
        }
        link(at.prev).next = at.next;
        link(at.next).prev = at.prev;
        if (*head_ == entry) {
            *head_ = at.next == entry ? kNone : at.next;
        }
        return true;
    }

private:
    [[nodiscard]] Link& link(Index entry) const noexcept { return entries_[entry].*kLink; }

    TableEntries entries_;
    Index* head_;
};

}  // namespace social::store
