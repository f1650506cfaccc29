/// How the values of one schema are written as the JSON that their JSON Schema describes, worked out once: names quoted
/// and escaped, defaults written, a form for each value.
///
/// Errors   DataException naming the field whose value does not fit.
/// Facts    Confluent's JsonSchemaData, fromConnectData.
#pragma once
#include "connectors/converters/json_plan.hpp"
#include "connectors/json_schema/json_schema_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::json_schema {

class WritePlan {
public:
    /// The plan holds nothing of `schema`.
    WritePlan(const Schema& schema, const JsonSchemaOptions& options);

    void write(const Value& value, converters::TextBuffer& out) const;

private:
    enum class Form : std::uint8_t { Scalar, Array, Object, Entries, Struct, Union };
    struct Part;

    void write_array(const Value& value, converters::TextBuffer& out) const;
    void write_map(const Value& value, converters::TextBuffer& out) const;
    void write_struct(const Value& value, converters::TextBuffer& out) const;
    void write_branch(const Value& value, converters::TextBuffer& out) const;
    /// A null has nothing to be written, not even "null".
    bool is_absent(const Value& value) const noexcept { return value.is_null() && absent_; }

    Form form_ = Form::Scalar;
    Type type_;
    std::string null_text_ = "null";  ///< or the default
    bool has_default_ = false;
    bool absent_ = false;
    std::optional<converters::JsonPlan> scalar_;
    std::vector<Part> parts_;  ///< fields or branches; the element; key and value
};

struct WritePlan::Part {
    std::string name;
    std::string prefix;  ///< "id":
    WritePlan plan;
};

}
