#include "coro/frame_memory.hpp"

#include <new>

namespace social::flow {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kKeeps = false;
#elif defined(__has_feature)
constexpr bool kKeeps = !__has_feature(address_sanitizer);
#else
constexpr bool kKeeps = true;
#endif

constexpr std::size_t steps(std::size_t size) noexcept {
    return (size + FrameMemory::kStep - 1) / FrameMemory::kStep;
}

}  // namespace

FrameMemory::~FrameMemory() {
    for (List& list : lists_) {
        while (list.first != nullptr) {
            Free* const memory = list.first;
            list.first = memory->next;
            ::operator delete(memory);
        }
    }
}

void* FrameMemory::take(std::size_t size) {
    if (!kKeeps || size > kLargest) {
        return ::operator new(size);
    }
    List& list = lists_[steps(size)];
    if (list.first == nullptr) {
        return ::operator new(steps(size) * kStep);
    }
    Free* const memory = list.first;
    list.first = memory->next;
    --list.count;
    return memory;
}

void FrameMemory::give_back(void* memory, std::size_t size) noexcept {
    if (!kKeeps || size > kLargest || lists_[steps(size)].count == kKept) {
        ::operator delete(memory);
        return;
    }
    List& list = lists_[steps(size)];
    list.first = new (memory) Free{.next = list.first};
    ++list.count;
}

FrameMemory& FrameMemory::of_process() noexcept {
    static FrameMemory memory;
    return memory;
}

}  // namespace social::flow
