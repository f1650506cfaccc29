/// Any text is an expression or refused, and an expression gives something or DataException, for a record with a schema
/// and for one without.
#include "connectors/transforms/expressions/expression.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/transforms/expressions/token.hpp"

#include <array>
#include <cstdint>
#include <optional>

using millrace::make_schema;
using millrace::Type;
using millrace::Value;
using millrace::transforms::Dialect;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const auto schema = make_schema(
        {.type = Type::Struct,
         .fields = {{"op", make_schema({.type = Type::String})},
                    {"id", make_schema({.type = Type::Int64})},
                    {"tags", make_schema({.type = Type::Array, .value = make_schema({.type = Type::String})})}}});
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto dialect = text.ends_with(' ') ? Dialect::JavaScript : Dialect::Groovy;
    std::optional<millrace::transforms::Expression> expression;
    try {
        expression.emplace(text, dialect);
    } catch (const millrace::transforms::ExpressionError&) {
        return 0;
    }
    const std::array tags{Value::string("a"), Value::string("b")};
    const std::array values{Value::string("u"), Value::int64(7), Value::array(tags)};
    const std::array<millrace::MapEntry, 1> entries{{{Value::string("op"), Value::float64(1.5)}}};
    millrace::Arena arena;
    millrace::ConnectRecord record{.topic = "t", .key = Value::int32(1), .value_schema = schema};
    for (const auto& value : {Value::structure(values), Value::map(entries)}) {
        record.value = value;
        record.value_schema = value.kind() == Value::Kind::Struct ? schema : nullptr;
        try {
            expression->text(record, arena);
        } catch (const millrace::DataException&) {
        }
    }
    return 0;
}
