// Recycles the frames of coroutines in free lists, one per size: every request needs the same few
// sizes. Each list is bounded. Not thread-safe: coroutines run on the thread of the event loop.
//
// Under AddressSanitizer every frame is freed, so that it detects a use after free.
#pragma once

#include <array>
#include <cstddef>

namespace social::flow {

class FrameMemory {
public:
    FrameMemory() = default;
    FrameMemory(const FrameMemory&) = delete;
    FrameMemory& operator=(const FrameMemory&) = delete;
    ~FrameMemory();

    static constexpr std::size_t kStep = 64;       // bytes; a size is rounded up to a multiple
    static constexpr std::size_t kLargest = 2048;  // bytes; a larger frame is not recycled
    static constexpr std::size_t kKept = 32;       // free frames per size

    // Returns memory aligned as by operator new. `size` is in bytes. Throws std::bad_alloc.
    [[nodiscard]] void* take(std::size_t size);
    // `size` is the argument of take().
    void give_back(void* memory, std::size_t size) noexcept;

    // Lives until the process exits.
    [[nodiscard]] static FrameMemory& of_process() noexcept;

private:
    struct Free {
        Free* next;
    };
    struct List {
        Free* first = nullptr;
        std::size_t count = 0;
    };
    std::array<List, kLargest / kStep + 1> lists_{};  // indexed by the size in steps
};

}  // namespace social::flow
