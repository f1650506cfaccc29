/// The default that a column's schema states. Internal to this module.
#pragma once
#include "connectors/postgres/types/codec.hpp"

namespace millrace::postgres {

struct DefaultTypes {
    const TypeRow& column;      ///< the column's own type, not resolved
    const TypeRow& expression;  ///< that of the default's expression
};

/// `schema` what its codec gives. Null if the default's expression is no
/// constant of the type; where that is worth knowing, with a warning.
Value default_value(const ColumnInfo& column, const DefaultTypes& types, const Codec& codec, const SchemaParts& schema,
                    Arena& arena, const Logger& logger);

}
