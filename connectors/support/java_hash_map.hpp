/// The order in which a Java HashMap gives its entries, which messages and records show.
///
/// Input   hashes of the keys (java_hash of text.hpp for strings), keys distinct.
/// Output  entries come by their place in the table; those of one place in the order in which they were put.
/// Facts   java.util.HashMap: the table is a power of two and doubles at three quarters full.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace millrace {

/// Places of the table with `entries` in it that was made with this capacity (0: made without one).
constexpr std::size_t java_table_size(std::size_t entries, std::size_t capacity) noexcept {
    constexpr std::size_t without_capacity = 16;
    auto table = capacity == 0 ? without_capacity : std::bit_ceil(capacity);
    while (entries > table / 4 * 3 + (table < 4 ? table * 3 / 4 : 0)) table *= 2;
    return table;
}

constexpr std::size_t java_place(std::uint32_t hash, std::size_t table_size) noexcept {
    return (hash ^ hash >> 16U) & (table_size - 1);
}

/// The capacity with which Java makes a map that it copies from another one of this size.
constexpr std::size_t java_copy_capacity(std::size_t entries) noexcept { return entries * 4 / 3 + 1; }

/// Distinct names in the order of a HashMap of this capacity that they were put into one after the other.
std::vector<std::string> in_java_order(std::vector<std::string> names, std::size_t capacity = 0);

}
