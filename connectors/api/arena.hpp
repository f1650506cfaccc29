/// Memory that lives and dies together: the values of one batch. Allocation moves a pointer; nothing is freed singly
/// and no destructor runs, so only trivially destructible things go in. Belongs to one thread at a time.
#pragma once
#include <cstddef>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
#include <string_view>
#include <type_traits>

namespace millrace {

class Arena {
public:
    explicit Arena(std::size_t first_block_bytes = 4096) : memory_(first_block_bytes) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        used_ += bytes;
        return memory_.allocate(bytes, alignment);
    }
    /// `count` value-initialised elements.
    template <class T>
    T* make_array(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        auto* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
        std::uninitialized_value_construct_n(first, count);
        return first;
    }
    std::string_view copy(std::string_view text) {
        if (text.empty()) return "";
        auto* to = static_cast<char*>(allocate(text.size(), 1));
        std::memcpy(to, text.data(), text.size());
        return {to, text.size()};
    }
    std::size_t used_bytes() const noexcept { return used_; }

private:
    std::pmr::monotonic_buffer_resource memory_;
    std::size_t used_ = 0;
};
using ArenaPtr = std::shared_ptr<Arena>;

}
