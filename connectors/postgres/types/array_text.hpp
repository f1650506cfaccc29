/// Reads the text form of an array: {1,2,NULL,"a b"}, with the prefix of its bounds ([0:1]={5,6}) where it has one.
///
/// Output  the elements of the outermost dimension, one at a time, without copying where nothing is escaped.
/// Throws  DataException if the text is no array.
/// Facts   PostgreSQL manual, "Array Input and Output Syntax".
#pragma once
#include "connectors/api/arena.hpp"

#include <optional>
#include <string_view>

namespace millrace::postgres {

class ArrayReader {
public:
    struct Element {
        std::string_view text;  ///< in the input, or in the arena if it had escapes
        bool null = false;
        bool array = false;  ///< an array in its turn: text is the whole of it, braces included
    };

    ArrayReader(std::string_view text, char delimiter);
    /// None after the last element.
    std::optional<Element> next(Arena& arena);

private:
    [[noreturn]] void fail(const char* why) const;
    std::string_view quoted(Arena& arena);
    std::string_view nested();
    std::string_view plain();
    void after_element();

    std::string_view whole_;
    std::size_t at_ = 0;
    char delimiter_;
    bool done_ = false;
};

/// How many elements the outermost dimension has, at most: an upper bound to allocate by.
std::size_t count_elements_at_most(std::string_view text, char delimiter) noexcept;

}
