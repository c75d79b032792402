// Processes of a test, and the memory that they share across fork().
#pragma once

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <vector>

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

// Runs work(0), work(1) and so on in so many processes at once. True when each exited with 0.
template <class Work>
[[nodiscard]] bool run_in_processes(unsigned count, Work work) {
    std::vector<pid_t> children;
    for (unsigned number = 0; number < count; ++number) {
        const pid_t child = ::fork();
        if (child == 0) {
            work(number);
            ::_exit(0);
        }
        children.push_back(child);
    }
    bool succeeded = true;
    for (const pid_t child : children) {
        int status = -1;
        succeeded = child > 0 && ::waitpid(child, &status, 0) == child && status == 0 && succeeded;
    }
    return succeeded;
}

}  // namespace social::test
