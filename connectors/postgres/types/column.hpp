/// What the catalog and the settings say of one captured column.
#pragma once
#include "connectors/postgres/types/type_registry.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::postgres {

/// What column.truncate, .mask and .propagate settings do to a column. At most one of them applies, the first that
/// matches in the order of the enumerators; finding out which one matches is the caller's part.
struct ColumnMapping {
    enum class Kind : std::uint8_t { None, Truncate, Mask, PropagateSourceType, Hash, HashV2 } kind = Kind::None;
    std::int32_t length = 0;     ///< characters of Truncate, asterisks of Mask
    std::string algorithm = {};  ///< of Hash and HashV2, as users write it: SHA-256, MD5
    std::string salt = {};       ///< of Hash and HashV2
};

struct ColumnInfo {
    std::string name;
    Oid type = 0;
    Oid catalog_type = 0;  ///< which the default is of, where the row was written when the column had another; 0: type
    std::int32_t typmod = -1;
    bool nullable = true;
    std::optional<std::string> default_expression = {};  ///< pg_get_expr of the default; none for generated columns too
    ColumnMapping mapping = {};
    std::string table = {};      ///< "schema.table", for messages
    bool from_relation = false;  ///< described by a Relation message: propagated lengths of some types differ then
};

}
