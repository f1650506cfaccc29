/// The input: a JSON Schema, a zero byte, data. Any text is a schema or a DataException; so is any data a value of it,
/// which is written and read again as the same.
#include "connectors/converters/text_buffer.hpp"
#include "connectors/json_schema/connect_to_json_schema.hpp"
#include "connectors/json_schema/json_schema_to_connect.hpp"
#include "connectors/json_schema/json_schema_values.hpp"
#include "connectors/json_schema/write_plan.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace millrace;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto schema_text = text.substr(0, text.find('\0'));
    try {
        const auto schema = json_schema::to_connect(schema_text, {}, {});
        json_schema::to_json_schema(*schema, {});
        Arena arena;
        const auto node = json::parse(text.substr(std::min(text.size(), schema_text.size() + 1)), arena);
        const auto value = json_schema::read_json(schema, &node, {}, arena);
        const json_schema::WritePlan plan(*schema, {});
        converters::TextBuffer once;
        plan.write(value, once);
        const auto again = json::parse(once.text(), arena);
        converters::TextBuffer twice;
        plan.write(json_schema::read_json(schema, &again, {}, arena), twice);
        MILLRACE_ASSERT(once.text() == twice.text());
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    return 0;
}
