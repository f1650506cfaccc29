#include "connectors/support/java_hash_map.hpp"

#include "connectors/support/text.hpp"

#include <algorithm>

namespace millrace {

std::vector<std::string> in_java_order(std::vector<std::string> names, std::size_t capacity) {
    const auto table = java_table_size(names.size(), capacity);
    std::ranges::stable_sort(names, {}, [&](const std::string& name) { return java_place(java_hash(name), table); });
    return names;
}

}
