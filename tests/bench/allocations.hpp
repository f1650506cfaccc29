/// Counts the allocations of the program that includes this; once a program, for it replaces operator new.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <new>

namespace millrace::bench {

inline std::uint64_t& allocations() noexcept {
    static std::uint64_t count = 0;
    return count;
}

inline void* counted(std::size_t size, std::size_t alignment) {
    ++allocations();
    // A multiple of the alignment, as aligned_alloc wants it.
    auto* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    if (memory == nullptr) throw std::bad_alloc();
    return memory;
}

}

void* operator new(std::size_t size) { return millrace::bench::counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return millrace::bench::counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
