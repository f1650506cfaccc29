/// Any data of any schema is a value or a DataException; what is a value is written and read again as the same.
#include "connectors/avro/anything_value.hpp"
#include "connectors/avro/avro_to_connect.hpp"
#include "connectors/avro/decode_plan.hpp"
#include "connectors/avro/encode_plan.hpp"
#include "connectors/registry/wire_format.hpp"

#include <cstdint>

namespace {

using namespace millrace;

/// The input: a schema's text, a zero byte, the data.
void read_and_write(std::string_view schema, std::string_view data) {
    const avro::AvroOptions options{.enhanced = true, .ignore_defaults = true};
    const auto tree = avro::parse_avro_schema(schema);
    const auto connect = avro::to_connect(tree->root(), options);
    if (!connect) return;
    const avro::DecodePlan decode(*connect, tree->root(), options);
    const avro::EncodePlan encode(*connect, tree->root(), options);
    Arena arena;
    const auto value = decode.read(data, arena);
    if (value.is_null()) return;
    converters::TextBuffer out;
    encode.write(value, out);
    const auto bare = tree->root().type == avro::AvroType::Bytes;
    const auto again = decode.read(bare ? value.as_text() : out.text(), arena);
    MILLRACE_ASSERT(again == value);
}

void read_and_write_anything(std::string_view data) {
    Arena arena;
    const auto value = avro::read_anything(data, arena);
    converters::TextBuffer out;
    avro::write_anything(value, out);
    MILLRACE_ASSERT(avro::read_anything(out.text(), arena) == value);
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto schema = text.substr(0, text.find('\0'));
    try {
        registry::read_prefix(text);
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    try {
        if (schema.empty()) {
            read_and_write_anything(text.substr(std::min<std::size_t>(text.size(), 1)));
        } else {
            read_and_write(schema, text.substr(std::min(text.size(), schema.size() + 1)));
        }
    } catch (const DataException&) {  // NOLINT(bugprone-empty-catch): the one tolerated answer
    }
    return 0;
}
