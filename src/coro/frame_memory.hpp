// Where the frames of coroutines live: memory that a frame has left is kept, by its size, for
// the next one, since every request needs the same few. Bounded. Used by Task alone, and so
// from the one thread that runs coroutines, that of the event loop.
//
// Under AddressSanitizer nothing is kept: it would not see who uses a frame after its end.
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

    static constexpr std::size_t kStep = 64;       // bytes; sizes are rounded up to its multiple
    static constexpr std::size_t kLargest = 2048;  // bytes of what is kept
    static constexpr std::size_t kKept = 32;       // frames of each size

    // Aligned as for operator new. Throws std::bad_alloc.
    [[nodiscard]] void* take(std::size_t size);
    // `size` is that of take().
    void give_back(void* memory, std::size_t size) noexcept;

    [[nodiscard]] static FrameMemory& of_process() noexcept;

private:
    struct Free {
        Free* next;
    };
    struct List {
        Free* first = nullptr;
        std::size_t count = 0;
    };
    std::array<List, kLargest / kStep + 1> lists_{};  // by size in steps
};

}  // namespace social::flow
