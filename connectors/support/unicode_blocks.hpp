/// The blocks of Unicode by name, as Java's regular expressions know them (\p{InGreek}); those of surrogates are not
/// there.
///
/// Facts   Unicode 14, Blocks.txt; java.lang.Character.UnicodeBlock for the names that it has besides.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace {

struct UnicodeBlock {
    std::uint32_t first;
    std::uint32_t last;
};

/// None of this name. Case, blanks, hyphens and underscores do not count.
std::optional<UnicodeBlock> unicode_block(std::string_view name);

}
