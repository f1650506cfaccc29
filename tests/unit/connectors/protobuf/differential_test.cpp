/// Random schemas and values, to Protobuf and back. python/compare has Python's protobuf look at them, too:
/// MILLRACE_PROTOBUF_SEED and MILLRACE_PROTOBUF_RECORDS say what to write to the file MILLRACE_PROTOBUF_WRITTEN; the
/// messages of the file MILLRACE_PROTOBUF_TO_READ are read and put as JSON into MILLRACE_PROTOBUF_READ.
#include "connectors/converters/json_converter.hpp"
#include "connectors/protobuf/connect_to_proto.hpp"
#include "connectors/protobuf/decode_plan.hpp"
#include "connectors/protobuf/encode_plan.hpp"
#include "connectors/protobuf/proto_file.hpp"
#include "connectors/protobuf/proto_to_connect.hpp"
#include "connectors/support/text.hpp"
#include "tests/pch.hpp"
#include "tests/unit/connectors/protobuf/random_messages.hpp"
#include "tests/unit/environment.hpp"

#include <fstream>

using namespace millrace;
using namespace millrace::protobuf;

namespace {

constexpr std::size_t records_a_schema = 20;

std::string as_json(const SchemaPtr& schema, const Value& value) {
    converters::JsonConverter converter;
    converter.configure({{"schemas.enable", "false"}, {"decimal.format", "NUMERIC"}}, false);
    std::string out;
    return converter.from_connect_data("t", schema, value, out) ? out : "null";
}

std::string encoded(const EncodePlan& plan, const Value& value) {
    std::string out;
    plan.write(value, out);
    return out;
}

/// Records of one random schema, a line. Read back and written with the schema that they have then, they are the same
/// bytes again.
void write_and_read(RandomMessages& random, std::ostream& written) {
    const ProtobufOptions options{.optional_nullables = random.one_in(2), .wrapper_nullables = random.one_in(4)};
    const auto schema = random.schema();
    const auto proto = to_proto(*schema, options);
    const ProtoFile file(proto.text);
    const auto& message = *file.message(proto.message);
    const EncodePlan encode(schema, message, options, true);
    const auto connect = to_connect(message, options);
    const DecodePlan decode(connect, message, options);
    const EncodePlan again(connect, message, options, true);
    std::string line = "{\"text\":";
    json::append_string(line, proto.text);
    line += fmt::format(",\"message\":\"{}\",\"records\":[", proto.message);
    for (std::size_t i = 0; i < records_a_schema; ++i) {
        Arena arena;
        const auto value = random.value(*schema, arena);
        const auto bytes = encoded(encode, value);
        INFO(proto.text << to_hex(bytes));
        REQUIRE(to_hex(encoded(again, decode.read(bytes, arena))) == to_hex(bytes));
        line += fmt::format("{}[\"{}\",{}]", i == 0 ? "" : ",", to_hex(bytes), as_json(schema, value));
    }
    written << line << "]}\n";
}

std::string read_messages(const std::string& line) {
    const json::Document document(line);
    const ProtobufOptions options{.optional_nullables = true};
    const ProtoFile file(document.root().find("text")->text());
    const auto& message = *file.message(document.root().find("message")->text());
    const auto connect = to_connect(message, options);
    const DecodePlan decode(connect, message, options);
    std::string out = "[";
    for (const auto& record : document.root().find("records")->elements()) {
        Arena arena;
        const auto bytes = *from_hex(record.text());
        if (out.size() > 1) out += ',';
        out += as_json(connect, decode.read(bytes, arena));
    }
    return out + "]\n";
}

}

TEST_CASE("random messages are written and read", "[protobuf_differential]") {
    const auto seed = std::stoull(environment_or("MILLRACE_PROTOBUF_SEED", "31"));
    const auto records = std::stoull(environment_or("MILLRACE_PROTOBUF_RECORDS", "4000"));
    INFO("seed " << seed);
    std::ofstream written(environment_or("MILLRACE_PROTOBUF_WRITTEN", "/dev/null"));
    RandomMessages random(seed);
    for (std::size_t i = 0; i < records; i += records_a_schema) write_and_read(random, written);
    REQUIRE(written.flush());
}

TEST_CASE("messages of another make are read", "[protobuf_differential]") {
    std::ifstream lines(
        environment_or("MILLRACE_PROTOBUF_TO_READ", "tests/unit/connectors/protobuf/python/messages.jsonl"));
    std::ofstream read(environment_or("MILLRACE_PROTOBUF_READ", "/dev/null"));
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) read << read_messages(line);
    REQUIRE(read.flush());
    CHECK(count > 0);
}
