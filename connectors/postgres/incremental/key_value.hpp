/// One column of a key on which a table is read in chunks: PostgreSQL's text and the Java class that Debezium keeps it
/// as in its offsets.
#pragma once
#include "connectors/postgres/types/type_registry.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::postgres {

struct KeyValue {
    enum class Kind : std::uint8_t { Null, Boolean, Integer, Long, Float, Double, Decimal, Uuid, Date, String };
    Kind kind = Kind::Null;
    std::string text = {};  ///< PostgreSQL's; empty for Null
    bool operator==(const KeyValue&) const = default;
};
using RowKey = std::vector<KeyValue>;  ///< in the order of the key's columns

/// What PostgreSQL's JDBC driver makes of a column of this type.
KeyValue key_value(Oid type, std::optional<std::string_view> text);
/// "7,true,x", as notifications show a key.
std::string shown(const RowKey& key);

}
