/// How JDBC describes a column: the name, length and scale that column.propagate.source.type adds to schemas.
/// Facts   pgjdbc, DatabaseMetaData.getColumns: TYPE_NAME, COLUMN_SIZE, DECIMAL_DIGITS.
#pragma once
#include "connectors/postgres/types/column.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace millrace::postgres {

inline constexpr std::int32_t unknown_length = 2147483647;

struct SourceType {
    std::string name;  ///< INT4, _INT4, the name of a domain
    std::optional<std::int32_t> length = {};
    std::optional<std::int32_t> scale = {};
    bool characters = false;  ///< masks and hashes change its values
};

/// As in SourceType; of columns that a sequence numbers SERIAL and its kin. `type` is the column's own type.
std::string source_type_name(const TypeRow& type, const std::optional<std::string>& default_expression);

/// The type that the catalog has for the column; `type` is its own.
const TypeRow& described_type(const ColumnInfo& column, const TypeRow& type, const TypeRegistry& types);

/// `type` is the column's own type, `resolved` what it comes down to.
SourceType source_type(const ColumnInfo& column, const TypeRow& type, const TypeRegistry::Resolved& resolved,
                       const TypeRegistry& types);

/// Fraction digits of time, timestamp and interval types: 6 unless the typmod says otherwise.
std::int32_t time_precision(std::int32_t typmod) noexcept;

struct NumericSize {
    std::int32_t precision;
    std::int32_t scale;  ///< as PostgreSQL has it: negative too
};
/// numeric(p,s); precision 0 without a typmod.
NumericSize numeric_size(std::int32_t typmod) noexcept;

}
