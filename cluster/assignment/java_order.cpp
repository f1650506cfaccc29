#include "cluster/assignment/java_order.hpp"

#include "cluster/assignment/java_map_order.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>

namespace millrace::cluster {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}

bool java_less(std::string_view left, std::string_view right) {
    if (is_ascii(left) && is_ascii(right)) return left < right;
    return to_utf16(left) < to_utf16(right);
}

std::vector<std::string> hash_map_order(const std::vector<std::string>& keys) {
    std::vector<std::string> order;
    order.reserve(keys.size());
    for (const auto i : java_map_order({keys.begin(), keys.end()})) order.push_back(keys[i]);
    return order;
}

}
