#include "connectors/postgres/types/array_text.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/text_cursor.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace millrace::postgres {

namespace {

bool is_null(std::string_view text) noexcept {
    constexpr std::string_view null = "null";
    return text.size() == null.size() && std::ranges::equal(text, null, [](char a, char b) { return (a | 0x20) == b; });
}

}

ArrayReader::ArrayReader(std::string_view text, char delimiter) : whole_(text), delimiter_(delimiter) {
    if (!whole_.empty() && whole_.front() == '[') {
        at_ = whole_.find('=');
        if (at_ == std::string_view::npos) fail("its bounds do not end");
        ++at_;
    }
    if (at_ >= whole_.size() || whole_[at_] != '{' || whole_.back() != '}') fail("it is not in braces");
    ++at_;
    if (whole_[at_] == '}') after_element();
}

std::optional<ArrayReader::Element> ArrayReader::next(Arena& arena) {
    if (done_) return std::nullopt;
    Element element{};
    switch (whole_[at_]) {
    case '"':
        element.text = quoted(arena);
        break;
    case '{':
        element = {.text = nested(), .array = true};
        break;
    default:
        element.text = plain();
        element.null = is_null(element.text);
    }
    after_element();
    return element;
}

std::string_view ArrayReader::quoted(Arena& arena) {
    const auto read = read_quoted(whole_.substr(at_ + 1), arena);
    if (!read) fail("a quote does not end");
    at_ += 1 + read->size;
    return read->text;
}

std::string_view ArrayReader::nested() {
    const auto begin = at_;
    std::size_t depth = 0;
    bool in_quotes = false;
    for (; at_ < whole_.size(); ++at_) {
        const char c = whole_[at_];
        if (c == '\\') {
            ++at_;
        } else if (c == '"') {
            in_quotes = !in_quotes;
        } else if (!in_quotes && c == '{') {
            ++depth;
        } else if (!in_quotes && c == '}' && --depth == 0) {
            ++at_;
            return whole_.substr(begin, at_ - begin);
        }
    }
    fail("an inner array does not end");
}

std::string_view ArrayReader::plain() {
    const auto begin = at_;
    while (at_ < whole_.size() && whole_[at_] != delimiter_ && whole_[at_] != '}') {
        if (whole_[at_] == '"' || whole_[at_] == '{' || whole_[at_] == '\\')
            fail("an unquoted element has a quote in it");
        ++at_;
    }
    if (at_ == begin) fail("an element is empty");
    return whole_.substr(begin, at_ - begin);
}

void ArrayReader::after_element() {
    if (at_ >= whole_.size()) fail("it does not end");
    if (whole_[at_] == delimiter_) {
        if (++at_ + 1 >= whole_.size()) fail("an element is missing");
        return;
    }
    if (whole_[at_] != '}' || at_ + 1 != whole_.size()) fail("something follows an element");
    done_ = true;
}

void ArrayReader::fail(const char* why) const {
    throw DataException(fmt::format("not an array, {}: {}", why, whole_.substr(0, max_quoted_in_message)));
}

std::size_t count_elements_at_most(std::string_view text, char delimiter) noexcept {
    return static_cast<std::size_t>(std::ranges::count(text, delimiter)) + 1;
}

}
