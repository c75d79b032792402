// Memory that the processes of a test share across fork().
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <span>
#include <stdexcept>

namespace social::test {

// All bytes are zero.
template <class T>
class SharedMemory {
public:
    explicit SharedMemory(std::size_t count)
        : size_(count * sizeof(T)),
          memory_(
              ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        if (memory_ == MAP_FAILED) {
            throw std::runtime_error("no shared memory");
        }
        items_ = {static_cast<T*>(memory_), count};
    }
    SharedMemory(const SharedMemory&) = delete;
    SharedMemory& operator=(const SharedMemory&) = delete;
    ~SharedMemory() { ::munmap(memory_, size_); }
    [[nodiscard]] std::span<T> items() const { return items_; }

private:
    std::size_t size_;
    void* memory_;
    std::span<T> items_;
};

}  // namespace social::test
