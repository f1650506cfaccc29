/// Orders that Java gives for free and that other implementations of the group's leader must repeat.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::cluster {

/// String.compareTo: by UTF-16 code units, so supplementary characters sort before U+E000 to U+FFFF.
bool java_less(std::string_view left, std::string_view right);

/// The order in which a HashMap that was filled with these distinct keys, in this order, gives them back.
std::vector<std::string> hash_map_order(const std::vector<std::string>& keys);

}
