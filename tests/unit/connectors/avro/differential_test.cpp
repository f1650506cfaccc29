/// Random schemas and values, to Avro and back. fastavro/compare has a reader and writer of another make look at them,
/// too: MILLRACE_AVRO_SEED and MILLRACE_AVRO_RECORDS say what to write to the file MILLRACE_AVRO_WRITTEN; the records
/// of the file MILLRACE_AVRO_TO_READ are read, written again and put as JSON into MILLRACE_AVRO_READ.
#include "connectors/avro/avro_to_connect.hpp"
#include "connectors/avro/connect_to_avro.hpp"
#include "connectors/avro/decode_plan.hpp"
#include "connectors/avro/encode_plan.hpp"
#include "connectors/converters/json_converter.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/avro/random_data.hpp"
#include "tests/unit/environment.hpp"

#include <fstream>

using namespace millrace;
using namespace millrace::avro;

namespace {

constexpr std::size_t records_a_schema = 20;

std::string as_json(const SchemaPtr& schema, const Value& value, bool defaults) {
    converters::JsonConverter converter;
    converter.configure({{"schemas.enable", "false"}, {"replace.null.with.default", defaults ? "true" : "false"}},
                        false);
    std::string out;
    return converter.from_connect_data("t", schema, value, out) ? out : "null";
}

std::string encoded(const EncodePlan& plan, const Value& value) {
    converters::TextBuffer out;
    plan.write(value, out);
    return std::string(out.text());
}

/// Writes records of one random schema, a line; and reads them back.
void write_and_read(RandomData& random, std::ostream& written) {
    const auto schema = random.schema();
    const auto avro = to_avro(schema, {});
    std::string text;
    append_avro_schema(text, avro->root());
    const auto parsed = parse_avro_schema(text);
    std::string again;
    append_avro_schema(again, parsed->root());
    REQUIRE(again == text);
    const auto connect = to_connect(parsed->root(), {});
    const EncodePlan encode(*schema, avro->root(), {});
    const DecodePlan decode(*connect, parsed->root(), {});
    std::string line = "{\"schema\":";
    json::append_string(line, text);
    line += ",\"records\":[";
    for (std::size_t i = 0; i < records_a_schema; ++i) {
        Arena arena;
        const auto value = random.value(*schema, arena);
        const auto bytes = encoded(encode, value);
        const auto json = as_json(schema, value, true);
        REQUIRE(as_json(connect, decode.read(bytes, arena), true) == json);
        line += fmt::format("{}[\"{}\",{}]", i == 0 ? "" : ",", to_hex(bytes), json);
    }
    written << line << "]}\n";
}

/// A line of another make: what its records are as JSON. They must be written again as they were.
std::string read_and_write(const std::string& line) {
    const json::Document document(line);
    const auto tree = parse_avro_schema(document.root().find("schema")->text());
    const AvroOptions options{.enhanced = true};
    const auto connect = to_connect(tree->root(), options);
    const DecodePlan decode(*connect, tree->root(), options);
    const EncodePlan encode(*connect, tree->root(), options);
    std::string out = "[";
    for (const auto& record : document.root().find("records")->elements()) {
        Arena arena;
        const auto bytes = *from_hex(record.text());
        const auto value = decode.read(bytes, arena);
        REQUIRE(to_hex(encoded(encode, value)) == to_hex(bytes));
        if (out.size() > 1) out += ',';
        out += as_json(connect, value, false);
    }
    return out + "]\n";
}

}

TEST_CASE("random records are written and read", "[avro_differential]") {
    const auto seed = std::stoull(environment_or("MILLRACE_AVRO_SEED", "31"));
    const auto records = std::stoull(environment_or("MILLRACE_AVRO_RECORDS", "4000"));
    INFO("seed " << seed);
    std::ofstream written(environment_or("MILLRACE_AVRO_WRITTEN", "/dev/null"));
    RandomData random(seed);
    for (std::size_t i = 0; i < records; i += records_a_schema) write_and_read(random, written);
    REQUIRE(written.flush());
}

TEST_CASE("records of another make are read and written again", "[avro_differential]") {
    std::ifstream lines(environment_or("MILLRACE_AVRO_TO_READ", "tests/unit/connectors/avro/fastavro/records.jsonl"));
    std::ofstream read(environment_or("MILLRACE_AVRO_READ", "/dev/null"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) read << read_and_write(line);
    REQUIRE(read.flush());
    CHECK(count > 0);
}
