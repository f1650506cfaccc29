/// Turns the text that PostgreSQL prints for one column into Connect values. Made once a column.
///
/// Input   the type's text output in UTF-8 with DateStyle=ISO, IntervalStyle=postgres, bytea_output=hex, TimeZone=UTC
/// and
///         extra_float_digits>=1, as pgoutput sends it and as COPY TO STDOUT gives it after unescaping.
/// Output  a Value for schema(). Texts may point into the input, everything else lies in the arena, so the input must
///         live as long as the value. Nothing else is allocated, but for numbers of more than 38 digits and for hashes.
/// State   none after construction: one converter may be used by several threads.
/// Throws  DataException naming table, column and value when a value cannot be converted and
///         event.converting.failure.handling.mode is "fail"; otherwise such a value is null (and a warning, with
///         "warn").
/// Facts   the io.debezium.* semantic types of Debezium 3.7.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/schema.hpp"
#include "connectors/postgres/types/column.hpp"
#include "connectors/postgres/types/type_options.hpp"

#include <memory>
#include <string_view>

namespace millrace::postgres {

struct Codec;

/// Where a text was read. A few types differ: see TypeOptions::reproduce_defects.
enum class Origin : std::uint8_t { Streaming, Snapshot };

class ColumnConverter {
public:
    /// Logs a warning where the type is unknown or the default cannot be expressed.
    ColumnConverter(const ColumnInfo& column, const TypeRegistry& types, const TypeOptions& options,
                    const Logger& logger = {});
    ColumnConverter(ColumnConverter&&) noexcept;
    ColumnConverter& operator=(ColumnConverter&&) noexcept;
    ColumnConverter(const ColumnConverter&) = delete;
    ColumnConverter& operator=(const ColumnConverter&) = delete;
    ~ColumnConverter();

    /// False: the type has no mapping, the column is absent from keys and values. Nothing else may be called then.
    bool captured() const noexcept { return schema_ != nullptr; }
    /// In the value: with default and, where the settings say so, parameters of masks and source types.
    const SchemaPtr& schema() const noexcept { return schema_; }
    /// In the key: masks and propagation do not reach it, nor do they change key values.
    const SchemaPtr& key_schema() const noexcept { return key_schema_; }

    Value convert(std::string_view text, Arena& arena, Origin origin = Origin::Streaming) const;
    Value convert_key(std::string_view text, Arena& arena, Origin origin = Origin::Streaming) const;
    /// SQL NULL: null, unless a mask replaces it.
    Value null_value() const noexcept { return null_value_; }
    /// The placeholder of an unchanged TOAST value that the server did not send; null for types that have none.
    Value unavailable() const noexcept { return unavailable_; }
    Value key_unavailable() const noexcept { return key_unavailable_; }
    /// For a column that may not be null and was not sent (the rest of a partial old row): the default, or a zero.
    Value fallback() const noexcept { return fallback_; }
    Value key_fallback() const noexcept { return key_fallback_; }

private:
    void build_constants(const TypeOptions& options);
    Value mapped(const Value& value, Arena& arena) const;
    Value failed(const char* why) const;

    std::string name_;  ///< "schema.table.column"
    Logger logger_;
    ConversionFailure on_failure_ = ConversionFailure::Warn;
    std::unique_ptr<const Codec> codec_;
    SchemaPtr schema_;
    SchemaPtr key_schema_;
    std::unique_ptr<Arena> constants_;  // placeholder, fallback and mask lie here
    Value null_value_;
    Value unavailable_;
    Value key_unavailable_;
    Value fallback_;
    Value key_fallback_;
    ColumnMapping mapping_;  ///< None if it does not reach the values
    std::int32_t max_length_ = 0;
    bool required_ = false;
    bool truncates_bytes_ = false;
    std::string type_name_;
};

}
