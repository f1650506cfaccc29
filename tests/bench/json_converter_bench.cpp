/// How long JsonConverter takes for a change event of Debezium's form, without schemas: about 450 bytes, 6 columns and
/// the source block. Prints nanoseconds a record, the best of several rounds.
#include "connectors/converters/json_converter.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

namespace {

using millrace::Field;
using millrace::make_schema;
using millrace::SchemaPtr;
using millrace::Type;
using millrace::Value;

constexpr int rounds = 15;
constexpr int records = 100'000;

SchemaPtr plain(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }

SchemaPtr row_schema() {
    return make_schema({.type = Type::Struct,
                        .optional = true,
                        .name = "shop.public.orders.Value",
                        .fields = {{"id", plain(Type::Int32)},
                                   {"customer_id", plain(Type::Int64)},
                                   {"item", plain(Type::String)},
                                   {"quantity", plain(Type::Int16)},
                                   {"price", plain(Type::Bytes, true)},
                                   {"created_at", plain(Type::Int64, true)}}});
}

SchemaPtr source_schema() {
    return make_schema({.type = Type::Struct,
                        .name = "io.debezium.connector.postgresql.Source",
                        .fields = {{"version", plain(Type::String)},
                                   {"connector", plain(Type::String)},
                                   {"name", plain(Type::String)},
                                   {"ts_ms", plain(Type::Int64)},
                                   {"snapshot", plain(Type::String, true)},
                                   {"db", plain(Type::String)},
                                   {"sequence", plain(Type::String, true)},
                                   {"ts_us", plain(Type::Int64, true)},
                                   {"ts_ns", plain(Type::Int64, true)},
                                   {"schema", plain(Type::String)},
                                   {"table", plain(Type::String)},
                                   {"txId", plain(Type::Int64, true)},
                                   {"lsn", plain(Type::Int64, true)},
                                   {"xmin", plain(Type::Int64, true)},
                                   {"origin", plain(Type::String, true)},
                                   {"origin_lsn", plain(Type::Int64, true)}}});
}

SchemaPtr envelope_schema() {
    return make_schema({.type = Type::Struct,
                        .name = "shop.public.orders.Envelope",
                        .version = 2,
                        .fields = {{"before", row_schema()},
                                   {"after", row_schema()},
                                   {"source", source_schema()},
                                   {"transaction", plain(Type::String, true)},
                                   {"op", plain(Type::String)},
                                   {"ts_ms", plain(Type::Int64, true)},
                                   {"ts_us", plain(Type::Int64, true)},
                                   {"ts_ns", plain(Type::Int64, true)}}});
}

}

int main() {
    const std::array row{Value::int32(4711),
                         Value::int64(1234567),
                         Value::string("fountain pen, blue"),
                         Value::int16(2),
                         Value::bytes(std::string_view("\x04\xD2", 2)),
                         Value::int64(1795228887692128)};
    const std::array source{Value::string("3.7.0.Final"),
                            Value::string("postgresql"),
                            Value::string("shop"),
                            Value::int64(1795228887663),
                            Value::string("false"),
                            Value::string("shop"),
                            Value::string("[\"1169000872\",\"1169001024\"]"),
                            Value::int64(1795228887663919),
                            Value::int64(1795228887663919000),
                            Value::string("public"),
                            Value::string("orders"),
                            Value::int64(4841),
                            Value::int64(1169001024),
                            Value(),
                            Value(),
                            Value()};
    const std::array envelope{Value(),
                              Value::structure(row),
                              Value::structure(source),
                              Value(),
                              Value::string("c"),
                              Value::int64(1795228887692),
                              Value::int64(1795228887692128),
                              Value::int64(1795228887692128629)};
    const auto schema = envelope_schema();
    millrace::converters::JsonConverter converter;
    converter.configure({{"schemas.enable", "false"}}, false);

    std::string out;
    double best = std::numeric_limits<double>::max();
    for (int round = 0; round < rounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < records; ++i) {
            out.clear();
            if (!converter.from_connect_data("shop.public.orders", schema, Value::structure(envelope), out)) return 1;
        }
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
        best = std::min(best, took.count() / records);
    }
    fmt::print("{}\n{} bytes, {:.0f} ns a record\n", out, out.size(), best);
}
