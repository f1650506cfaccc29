/// hstore: from its text ("a"=>"1", "b"=>NULL) to entries, and to JSON.
///
/// Output  the entries in the order in which Java's HashMap lists them, because that is the order that consumers of
///         Debezium see and that byte-for-byte equality asks for.
/// Throws  DataException if the text is no hstore.
/// Facts   PostgreSQL manual, "hstore"; java.util.HashMap (table of a power of two, load factor 0.75).
#pragma once
#include "connectors/api/arena.hpp"
#include "connectors/api/value.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace::postgres {

/// Keys are strings, values strings or null. Texts lie in the input or in the arena.
std::span<const MapEntry> parse_hstore(std::string_view text, Arena& arena);

/// {"a":"1","b":null}
std::string_view hstore_json(std::span<const MapEntry> entries, Arena& arena);

struct HashedEntry {
    std::uint32_t hash = 0;
    std::uint32_t place = 0;  ///< set by java_hash_order
    MapEntry entry = {};
};
/// Puts entries of distinct keys in the order of a HashMap that was made for `expected` of them (0: made for no
/// number).
std::span<const MapEntry> java_hash_order(std::span<HashedEntry> entries, std::size_t expected, Arena& arena);

}
