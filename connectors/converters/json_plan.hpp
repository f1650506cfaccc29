/// How the values of one schema are written as JSON, worked out once: field names quoted and escaped, defaults written,
/// a code for each value. Writing is then one pass over the values without an allocation a value.
#pragma once
#include "connectors/api/schema.hpp"
#include "connectors/converters/json_schema.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::converters {

class TextBuffer;

class JsonPlan {
public:
    /// The plan holds nothing of `schema`, which need not outlive it.
    JsonPlan(const Schema& schema, const JsonOptions& options);

    /// Appends the value. Throws DataException naming the field whose value does not fit its schema.
    void write(const Value& value, std::string& out) const;
    /// The same into a buffer; false, with the buffer in some state in between, if a value does not fit.
    [[nodiscard]] bool write(const Value& value, TextBuffer& out) const;

private:
    enum class Code : std::uint8_t {
        Boolean,
        Integer,
        Float32,
        Float64,
        String,
        Bytes,
        DecimalNumber,
        Array,
        ObjectMap,
        PairMap,
        Struct
    };

    static bool write_string(const Value& value, TextBuffer& out);
    bool write_present(const Value& value, TextBuffer& out) const;
    bool write_array(const Value& value, TextBuffer& out) const;
    bool write_object(const Value& value, TextBuffer& out) const;
    bool write_pairs(const Value& value, TextBuffer& out) const;
    bool write_struct(const Value& value, TextBuffer& out) const;
    /// Where and why `value` does not fit.
    struct Misfit {
        std::string message;
        std::string path;  ///< of the field; empty: the value itself
    };
    std::optional<Misfit> explain(const Value& value, const std::string& path) const;

    struct FieldPlan;

    Code code_ = Code::Struct;
    Value::Kind kind_ = Value::Kind::Struct;
    std::int32_t scale_ = 0;                ///< of a decimal written as a number
    std::optional<std::string> null_text_;  ///< what stands for null; none: null is an error
    std::vector<FieldPlan> parts_;          ///< fields; or the element; or key and value
};

struct JsonPlan::FieldPlan {
    std::string name;
    std::string prefix;  ///< what stands before the value: {"id": or ,"name":
    JsonPlan plan;
};

}
