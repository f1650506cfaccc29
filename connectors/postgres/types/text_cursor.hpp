/// Reads a short text from left to right. Throws DataException naming the type and the text where it is not as
/// expected.
#pragma once
#include "connectors/api/arena.hpp"
#include "connectors/api/errors.hpp"

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::postgres {

inline constexpr std::size_t max_quoted_in_message = 100;

class TextCursor {
public:
    TextCursor(std::string_view text, const char* type) : text_(text), type_(type) {}

    bool at_end() const noexcept { return at_ == text_.size(); }
    char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool starts_with(std::string_view what) const noexcept { return rest().starts_with(what); }
    std::string_view rest() const noexcept { return text_.substr(at_); }
    void advance(std::size_t n = 1) {
        if (text_.size() - at_ < n) fail("it ends too early");
        at_ += n;
    }
    bool skip(char c) noexcept {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    bool skip(std::string_view what) noexcept {
        if (!starts_with(what)) return false;
        at_ += what.size();
        return true;
    }
    void expect(char c) {
        if (!skip(c)) fail("something else was expected");
    }
    void expect_end() const {
        if (!at_end()) fail("something follows it");
    }
    /// A number of `least` to `most` (at most 9) digits.
    std::int32_t digits(int least, int most) {
        std::int32_t value = 0;
        int count = 0;
        for (; count < most && is_digit(peek()); ++count, ++at_) value = value * 10 + (text_[at_] - '0');
        if (count < least) fail("digits are missing");
        return value;
    }
    /// The digits after a decimal point, as a number of `width` digits.
    std::int32_t fraction(int width) {
        std::int32_t value = 0;
        int count = 0;
        for (; count < width && is_digit(peek()); ++count, ++at_) value = value * 10 + (text_[at_] - '0');
        if (count == 0) fail("digits are missing");
        for (; count < width; ++count) value *= 10;
        return value;
    }
    std::int32_t two_digits() {
        if (text_.size() - at_ < 2) fail("digits are missing");
        const auto tens = static_cast<unsigned>(text_[at_] - '0');
        const auto ones = static_cast<unsigned>(text_[at_ + 1] - '0');
        if (tens > 9 || ones > 9) fail("digits are missing");
        at_ += 2;
        return static_cast<std::int32_t>(tens * 10 + ones);
    }
    [[noreturn]] void fail(const char* why) const;
    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

private:
    std::string_view text_;
    const char* type_;
    std::size_t at_ = 0;
};

struct QuotedText {
    std::string_view text;  ///< without backslashes: in the input, or in the arena if it had any
    std::size_t size;       ///< in the input, the closing quote included
};
/// What stands between an opening quote and the closing one; none if there is no closing one.
std::optional<QuotedText> read_quoted(std::string_view after_quote, Arena& arena);

/// "not a number of its type: '12x'", the text cut to a readable length.
[[noreturn]] void refuse(const char* what, std::string_view text);

}
