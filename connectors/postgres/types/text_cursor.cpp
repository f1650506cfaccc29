#include "connectors/postgres/types/text_cursor.hpp"

namespace millrace::postgres {

void TextCursor::fail(const char* why) const {
    throw DataException(fmt::format("not a {}, {}: '{}'", type_, why, text_.substr(0, max_quoted_in_message)));
}

std::optional<QuotedText> read_quoted(std::string_view after_quote, Arena& arena) {
    std::size_t end = 0;
    std::size_t escapes = 0;
    for (; end < after_quote.size() && after_quote[end] != '"'; ++end) {
        if (after_quote[end] == '\\') ++end, ++escapes;
    }
    if (end >= after_quote.size()) return std::nullopt;
    const auto raw = after_quote.substr(0, end);
    if (escapes == 0) return QuotedText{raw, end + 1};
    auto* const to = arena.make_array<char>(raw.size() - escapes);
    auto* out = to;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\\') ++i;
        *out++ = raw[i];
    }
    return QuotedText{{to, static_cast<std::size_t>(out - to)}, end + 1};
}

void refuse(const char* what, std::string_view text) {
    throw DataException(fmt::format("{}: '{}'", what, text.substr(0, max_quoted_in_message)));
}

}
