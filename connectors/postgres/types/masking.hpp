/// Masks, truncations and hashes of text columns.
/// Facts   Debezium's column.mask.with, column.truncate.to and column.mask.hash settings; lengths count UTF-16 units.
#pragma once
#include "connectors/api/arena.hpp"
#include "connectors/postgres/types/column.hpp"

#include <string_view>

namespace millrace::postgres {

/// Throws ConfigException if a hash is asked for that OpenSSL does not have.
void check_mapping(const ColumnMapping& mapping, std::string_view column);

/// The first `units` UTF-16 units; half a surrogate pair becomes a question mark.
std::string_view truncate_text(std::string_view text, std::int32_t units, Arena& arena);

/// Lower-case hexadecimal digest of salt and text, cut to `max_length`. Hash feeds the text in the form of Java's
/// object serialisation, HashV2 its plain bytes.
std::string_view hash_text(std::string_view text, const ColumnMapping& mapping, std::int32_t max_length, Arena& arena);

/// The UUID of version 3 that Java's UUID.nameUUIDFromBytes makes of these bytes.
std::string_view name_uuid(std::string_view bytes, Arena& arena);

}
