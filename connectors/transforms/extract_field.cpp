#include "connectors/transforms/extract_field.hpp"

#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/validators.hpp"

#include <stdexcept>

namespace millrace::transforms {

namespace {

std::string valid_syntax(std::string_view value) {
    const bool known =
        value.size() == 2 && (value[0] == 'v' || value[0] == 'V') && (value[1] == '1' || value[1] == '2');
    return known ? "" : "String must be one of (case insensitive): V1, V2";
}

constexpr ConfigKey keys[] = {
    {.name = "field",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::Medium,
     .doc = "Field name to extract."},
    replace_null_key,
    {.name = "field.syntax.version",
     .type = ConfigType::String,
     .default_value = "V1",
     .valid = valid_syntax,
     .importance = Importance::High,
     .doc = "Defines the version of the syntax to access fields. If set to <code>V1</code>, then the field paths are "
            "limited to access the elements at the root level of the struct or map. If set to <code>V2</code>, the "
            "syntax will support accessing nested elements. To access nested elements, dotted notation is used. If "
            "dots are already included in the field name, then backtick pairs can be used to wrap field names "
            "containing dots. E.g. to access the subfield <code>baz</code> from a field named \"foo.bar\" in a "
            "struct/map the following format can be used to access its elements: \"<code>foo.bar</code>.baz\".",
     .null_complaint = "String must be one of (case insensitive): V1, V2"},
};

constexpr std::string_view purpose = "field extraction";

}

std::span<const ConfigKey> ExtractField::config_keys() const noexcept { return keys; }

void ExtractField::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    path_text_ = config.get_string("field");
    const bool nested = config.get_string("field.syntax.version").ends_with('2');
    path_ = nested ? FieldPath::nested(path_text_) : FieldPath::top_level(path_text_);
    with_default_ = config.get_boolean("replace.null.with.default");
}

bool ExtractField::apply(ConnectRecord& record, Arena&) {
    auto operand = operand_of(record, side_);
    if (!operand.schema) {
        if (!operand.value.is_null()) operand.value = path_.find(require_map(operand.value, purpose));
        return true;
    }
    if (!operand.value.is_null()) require_struct(operand.schema, operand.value, purpose);
    const auto* field = path_.find(*operand.schema);
    if (!field) throw std::invalid_argument("Unknown field: " + path_text_);
    if (!operand.value.is_null()) operand.value = path_.find(*operand.schema, operand.value, with_default_);
    operand.schema = SchemaPtr(field->schema);
    return true;
}

}
