#include "freed_memory.hpp"

#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

#include "coro/frame_memory.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define SOCIAL_WATCHES_HEAP 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SOCIAL_WATCHES_HEAP 0
#endif
#endif
#ifndef SOCIAL_WATCHES_HEAP
#define SOCIAL_WATCHES_HEAP 1
#endif

namespace {

std::atomic<const char*> watched{nullptr};
std::atomic<std::size_t> watched_size{0};
std::atomic<std::size_t> hits{0};
std::atomic<std::size_t> wipes{0};

// A short text that is moved away loses its first byte alone: what is emptied ends there.
bool holds(const void* memory, std::size_t size, std::string_view marker) noexcept {
    marker.remove_prefix(1);
    return ::memmem(memory, size, marker.data(), marker.size()) != nullptr;
}

}  // namespace

#if SOCIAL_WATCHES_HEAP

// glibc's own, which these stand in front of. operator delete ends in free(), too.
extern "C" void __libc_free(void* memory);                        // NOLINT
extern "C" void* __libc_realloc(void* memory, std::size_t size);  // NOLINT

namespace {

bool holds_watched(const void* memory, std::size_t size) noexcept {
    const char* const marker = watched.load(std::memory_order_relaxed);
    return marker != nullptr && holds(memory, size, {marker, watched_size.load()});
}

bool is_to_be_found(void* memory) noexcept {
    return memory != nullptr && holds_watched(memory, ::malloc_usable_size(memory));
}

}  // namespace

extern "C" void free(void* memory) noexcept {
    if (is_to_be_found(memory)) {
        ++hits;
    }
    __libc_free(memory);
}

// That of libcrypto is not called.
extern "C" void OPENSSL_cleanse(void* memory, std::size_t size) noexcept {
    if (holds_watched(memory, size)) {
        ++wipes;
    }
    ::explicit_bzero(memory, size);
}

extern "C" void* realloc(void* memory, std::size_t size) noexcept {
    const bool is_found = is_to_be_found(memory);
    void* const moved = __libc_realloc(memory, size);
    if (is_found && moved != memory) {
        ++hits;
    }
    return moved;
}

#endif

namespace social::test {

FreedMemory::FreedMemory(std::string_view marker) noexcept {
    hits = 0;
    wipes = 0;
    watched_size = marker.size();
    watched = marker.data();
}

FreedMemory::~FreedMemory() {
    watched = nullptr;
}

std::size_t FreedMemory::found() const noexcept {
    return hits;
}

std::size_t FreedMemory::wiped() const noexcept {
    return wipes;
}

std::size_t left_in_frames(std::string_view marker) {
    using flow::FrameMemory;
    struct Frame {
        void* memory;
        std::size_t size;
    };
    FrameMemory& frames = FrameMemory::of_process();
    std::vector<Frame> taken;
    std::size_t found = 0;
    if constexpr (SOCIAL_WATCHES_HEAP == 0) {
        return 0;
    }
    for (std::size_t size = FrameMemory::kStep; size <= FrameMemory::kLargest;
         size += FrameMemory::kStep) {
        for (std::size_t i = 0; i < FrameMemory::kKept; ++i) {
            taken.push_back({frames.take(size), size});
            found += holds(taken.back().memory, size, marker) ? 1 : 0;
        }
    }
    for (const Frame& frame : taken) {
        frames.give_back(frame.memory, frame.size);
    }
    return found;
}

namespace {

constexpr std::size_t kStack = 1024 * 1024;  // bytes

struct Looked {
    const std::function<std::string_view()>& work;
    void* stack;
    std::string_view marker;
    bool found = false;
};

// Below a gap, so that the calls that look do not write over what is looked for.
[[gnu::noinline]] std::string_view run_deep(const std::function<std::string_view()>& work) {
    std::array<char, 16 * 1024> gap;
    asm volatile("" : : "r"(gap.data()) : "memory");
    const std::string_view marker = work();
    asm volatile("" : : "r"(gap.data()) : "memory");
    return marker;
}

void* on_thread(void* data) {
    auto& looked = *static_cast<Looked*>(data);
    looked.marker = run_deep(looked.work);
    looked.found = holds(looked.stack, kStack, looked.marker);
    return nullptr;
}

}  // namespace

LeftOnStack left_on_stack(const std::function<std::string_view()>& work) {
    LeftOnStack left;
    if constexpr (SOCIAL_WATCHES_HEAP == 0) {
        return left;
    }
    void* const stack = ::mmap(nullptr, kStack, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) {
        throw std::bad_alloc();
    }
    Looked looked{.work = work, .stack = stack, .marker = {}};
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstack(&attributes, stack, kStack);
    pthread_t thread{};
    const int error = ::pthread_create(&thread, &attributes, &on_thread, &looked);
    ::pthread_attr_destroy(&attributes);
    if (error != 0) {
        throw std::runtime_error("no thread");
    }
    ::pthread_join(thread, nullptr);
    left.before_exit = looked.found;
    left.after_exit = holds(stack, kStack, looked.marker);
    ::munmap(stack, kStack);
    return left;
}

}  // namespace social::test
