#include "connectors/converters/simple_header_converter.hpp"

#include "connectors/converters/java_text.hpp"
#include "connectors/converters/text_parser.hpp"
#include "connectors/support/text.hpp"

namespace millrace::converters {

bool SimpleHeaderConverter::from_connect_header(std::string_view, std::string_view, const SchemaPtr& schema,
                                                const Value& value, std::string& out) {
    if (value.is_null()) return false;
    append_header_text(out, schema, value);
    return true;
}

SchemaAndValue SimpleHeaderConverter::to_connect_header(std::string_view, std::string_view,
                                                        std::optional<std::string_view> data, Arena& arena) {
    if (!data) return {};
    if (!valid_utf8(*data)) {
        static const SchemaPtr bytes = make_schema({.type = Type::Bytes});
        return {.schema = bytes, .value = Value::bytes(*data)};
    }
    return parse_text(*data, arena);
}

}
