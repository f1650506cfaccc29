/// How the values of one Connect schema are written as Avro's binary data, worked out once for a pair of schemas:
/// branches of unions, defaults and constants are bytes already. Writing is then one pass over the values without an
/// allocation a value.
///
/// Facts   Avro 1.12 specification, "Data Serialization and Deserialization"; Confluent's AvroData, fromConnectData.
#pragma once
#include "connectors/avro/avro_options.hpp"
#include "connectors/avro/avro_schema.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::converters {
class TextBuffer;
}

namespace millrace::avro {

class EncodePlan {
public:
    /// `avro` is what to_avro() makes of `connect`, or another schema that can hold the same values: fields are found
    /// by their names, those that `connect` lacks get their defaults, numbers are widened. Throws DataException where
    /// there is no place for a value. The plan holds nothing of either.
    EncodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);

    /// Appends the value. Throws DataException naming the field whose value does not fit its schema.
    void write(const Value& value, converters::TextBuffer& out) const;

private:
    enum class Code : std::uint8_t {
        Boolean,
        Whole,
        Float,
        Double,
        Text,
        Fixed,
        FixedDecimal,
        Enum,
        Array,
        Map,
        Entries,
        Record,
        Union
    };
    struct Part;

    /// `in_struct`: there, a null stands for the default.
    EncodePlan(const Schema& connect, const AvroSchema& avro, const AvroOptions& options, bool in_struct);
    void set_null(const Schema& connect, const AvroSchema& avro, const AvroOptions& options, bool in_struct);
    void plan_present(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);
    void plan_parts(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);
    void plan_record(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);
    void plan_union(const Schema& connect, const AvroSchema& avro, const AvroOptions& options);

    [[nodiscard]] bool write_any(const Value& value, converters::TextBuffer& out) const;
    bool write_present(const Value& value, converters::TextBuffer& out) const;
    bool write_fixed(const Value& value, converters::TextBuffer& out) const;
    bool write_enum(const Value& value, converters::TextBuffer& out) const;
    bool write_list(const Value& value, converters::TextBuffer& out) const;
    bool write_map(const Value& value, converters::TextBuffer& out) const;
    bool write_record(const Value& value, converters::TextBuffer& out) const;
    bool write_union(const Value& value, converters::TextBuffer& out) const;
    /// Where and why `value` does not fit.
    std::string explain(const Value& value, const std::string& path) const;
    std::string explain_parts(const Value& value, const std::string& path) const;

    Code code_ = Code::Record;
    Value::Kind kind_ = Value::Kind::Struct;
    std::int32_t size_ = 0;             ///< of a fixed
    std::string branch_;                ///< the bytes before a value that is there
    std::optional<std::string> null_;   ///< the bytes of null; none: null is an error
    std::vector<std::string> symbols_;  ///< of an enum
    std::vector<Part> parts_;           ///< fields; or the element; or key and value; or branches
};

struct EncodePlan::Part {
    std::string name;
    std::int32_t from = 0;  ///< which value of the Struct; -1: none, `constant` is written
    std::string constant;
    EncodePlan plan;
};

}
