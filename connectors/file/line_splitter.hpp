/// Cuts a stream of bytes into lines that end with \n, \r\n or \r. A \r at the very end waits for what follows, an
/// unfinished line for its end.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::file {

class LineSplitter {
public:
    struct Line {
        std::string_view text;    ///< without its end; valid until the next append()
        std::int64_t end_offset;  ///< where the stream goes on behind the line's end, in bytes
    };

    /// `offset` is where the stream begins.
    explicit LineSplitter(std::int64_t offset = 0) noexcept : offset_(offset) {}

    void append(std::string_view bytes);
    std::optional<Line> next() noexcept;
    /// Bytes that are held back.
    std::size_t pending() const noexcept { return buffer_.size() - at_; }

private:
    std::string buffer_;
    std::size_t at_ = 0;        ///< where the next line begins
    std::size_t searched_ = 0;  ///< up to here there is no end of a line
    std::int64_t offset_;       ///< of at_ in the stream
};

}
