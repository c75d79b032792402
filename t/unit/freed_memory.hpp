// Looks for a secret in memory that is given up, so that a test fails where a wipe is missing: in
// blocks of the heap when they are freed (by delete, by jansson, by OpenSSL), in the frames that
// coroutines have left, and on the stack of a thread.
//
// Under AddressSanitizer, which has an allocator of its own and poisons what it frees, nothing is
// looked at and nothing is found.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace social::test {

// A secret that is too long to be kept inside a std::string, and one that is kept there.
inline constexpr std::string_view kLongMarker = "a-marker-of-40-bytes-to-be-wiped-5r8Qx2Z";
inline constexpr std::string_view kShortMarker = "Mark3r-9Kq!";

// Watches the whole heap, of all threads, for as long as it lives; one at a time.
class FreedMemory {
public:
    // `marker` outlives it. What holds it on purpose is freed before or after.
    explicit FreedMemory(std::string_view marker) noexcept;
    FreedMemory(const FreedMemory&) = delete;
    FreedMemory& operator=(const FreedMemory&) = delete;
    ~FreedMemory();

    // Blocks that were freed with the marker in them, until now.
    [[nodiscard]] std::size_t found() const noexcept;
    // Calls of OPENSSL_cleanse() over memory with the marker in it: for a wipe of a stack that
    // the next call writes over.
    [[nodiscard]] std::size_t wiped() const noexcept;
};

// Frames that flow::FrameMemory keeps with the marker in them.
[[nodiscard]] std::size_t left_in_frames(std::string_view marker);

struct LeftOnStack {
    bool before_exit = false;  // when `work` has returned, in its thread
    bool after_exit = false;   // of the thread, whose objects have died
};

// Runs `work` in a thread of its own, and looks for the text that `work` returned: on the stack of
// the thread and in its thread_local objects, which stand there, too. The text outlives the call.
[[nodiscard]] LeftOnStack left_on_stack(const std::function<std::string_view()>& work);

}  // namespace social::test
