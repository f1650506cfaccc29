/// Text under construction, kept from one record to the next so that its memory is allocated once. room() makes sure of
/// space; what follows writes without checks.
#pragma once
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace millrace::converters {

class TextBuffer {
public:
    std::string_view text() const noexcept { return {begin_.get(), size()}; }
    std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_.get()); }
    void clear() noexcept { at_ = begin_.get(); }
    /// Gives back memory above this much: one huge record must not keep it for ever.
    void shrink(std::size_t most_bytes) {
        if (static_cast<std::size_t>(end_ - begin_.get()) <= most_bytes) return;
        begin_.reset();
        at_ = end_ = nullptr;
    }

    /// After this, `bytes` bytes can be put.
    void room(std::size_t bytes) {
        if (static_cast<std::size_t>(end_ - at_) < bytes) grow(bytes);
    }
    void put(char c) noexcept { *at_++ = c; }
    void put(std::string_view text) noexcept {
        if (text.empty()) return;  // neither side need point anywhere
        std::memcpy(at_, text.data(), text.size());
        at_ += text.size();
    }
    void put_integer(std::int64_t value) noexcept { at_ = std::to_chars(at_, end_, value).ptr; }
    void put_escaped(std::string_view text);  ///< makes room itself; no quotes
    void put_base64(std::string_view bytes);  ///< makes room itself; no quotes
    void append(std::string_view text) {
        room(text.size());
        put(text);
    }

private:
    void grow(std::size_t bytes);
    void put_special(std::string_view text, std::size_t& i);

    std::unique_ptr<char[]> begin_;
    char* at_ = nullptr;
    char* end_ = nullptr;
};

}
