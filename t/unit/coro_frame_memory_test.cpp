#include "coro/frame_memory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <vector>
#include "catch.hpp"

using social::flow::FrameMemory;

TEST_CASE("live frames never share memory, whatever their sizes", "[coro]") {
    FrameMemory memory;
    struct Frame {
        unsigned char* bytes;
        std::size_t size;
        unsigned char mark;
    };
    std::vector<Frame> live;
    unsigned char mark = 0;
    for (int round = 0; round < 3; ++round) {
        for (std::size_t size = 1; size <= FrameMemory::kLargest + 200; size += 97) {
            for (std::size_t i = 0; i < FrameMemory::kKept + 3; ++i) {
                auto* bytes = static_cast<unsigned char*>(memory.take(size));
                std::memset(bytes, ++mark, size);
                live.push_back({bytes, size, mark});
            }
        }
        bool untouched = true;
        for (const Frame& frame : live) {
            for (std::size_t i = 0; i < frame.size; ++i) {
                untouched = untouched && frame.bytes[i] == frame.mark;
            }
            memory.give_back(frame.bytes, frame.size);
        }
        CHECK(untouched);
        live.clear();
    }
}

TEST_CASE("the memory of a frame is aligned as by operator new, also when it is reused", "[coro]") {
    FrameMemory memory;
    for (int round = 0; round < 2; ++round) {
        for (const std::size_t size : {1U, 63U, 64U, 65U, 2048U, 2049U}) {
            void* bytes = memory.take(size);
            CHECK(reinterpret_cast<std::uintptr_t>(bytes) % alignof(std::max_align_t) == 0);
            memory.give_back(bytes, size);
        }
    }
}
