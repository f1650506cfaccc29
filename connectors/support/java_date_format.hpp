/// Date patterns of java.text.SimpleDateFormat: always UTC and English; before 15 October 1582 the calendar is Julian.
///
/// Throws  std::invalid_argument with Java's words for a pattern that is none; DataException when a text is to be read
/// with
///         a pattern of week years or weeks (Y, w, W, F).
/// Facts   Java SE API: SimpleDateFormat; its calendar is lenient, so 2020-02-30 is 1 March.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

class JavaDateFormat {
public:
    explicit JavaDateFormat(std::string_view pattern);

    void append(std::string& out, std::int64_t epoch_ms) const;
    /// The same to where there is room for most_bytes(); returns where the text ends.
    char* write(char* to, std::int64_t epoch_ms) const;
    std::size_t most_bytes() const noexcept { return most_bytes_; }
    /// Moments of one such period, counted from the epoch, have one text.
    std::int64_t period_ms() const noexcept;
    /// None if the text does not start with what the pattern says. What follows it does not count.
    std::optional<std::int64_t> parse(std::string_view text) const;

private:
    struct Item {
        char letter = 0;  ///< 0: the literal
        int count = 0;
        std::string literal = {};
    };
    class Reader;

    void add_literal(std::string_view text);

    std::string pattern_;
    std::vector<Item> items_;
    std::size_t most_bytes_ = 0;  ///< of a text
};

}
