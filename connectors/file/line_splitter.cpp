#include "connectors/file/line_splitter.hpp"

#include <algorithm>

namespace millrace::file {

void LineSplitter::append(std::string_view bytes) {
    buffer_.erase(0, at_);
    searched_ -= at_;
    at_ = 0;
    buffer_ += bytes;
}

std::optional<LineSplitter::Line> LineSplitter::next() noexcept {
    const auto end = buffer_.find_first_of("\r\n", std::max(at_, searched_));
    if (end == std::string::npos) {
        searched_ = buffer_.size();
        return std::nullopt;
    }
    searched_ = end;
    std::size_t after = end + 1;
    if (buffer_[end] == '\r') {
        if (after == buffer_.size()) return std::nullopt;
        if (buffer_[after] == '\n') ++after;
    }
    const auto text = std::string_view(buffer_).substr(at_, end - at_);
    offset_ += static_cast<std::int64_t>(after - at_);
    at_ = searched_ = after;
    return Line{.text = text, .end_offset = offset_};
}

}
