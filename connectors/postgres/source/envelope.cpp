#include "connectors/postgres/source/envelope.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace millrace::postgres {
namespace {

SchemaPtr plain(Type type, bool optional = false) { return make_schema({.type = type, .optional = optional}); }

SchemaPtr structure(std::string name, std::vector<Field> fields, std::optional<int> version = 1,
                    bool optional = false) {
    return make_schema({.type = Type::Struct,
                        .optional = optional,
                        .name = std::move(name),
                        .version = version,
                        .fields = std::move(fields)});
}

constexpr std::size_t source_fields = 16;
constexpr std::size_t envelope_fields = 8;

char* append_number(char* at, char* end, std::uint64_t value) noexcept { return std::to_chars(at, end, value).ptr; }

/// ["<last commit>","<lsn>"], the first null until there was one.
std::string_view sequence(const SourceInfo& info, Arena& arena) {
    constexpr std::size_t most = 2 * 20 + 7;
    auto* const begin = static_cast<char*>(arena.allocate(most, 1));
    char* const end = begin + most;
    char* at = begin;
    *at++ = '[';
    if (info.last_commit) {
        *at++ = '"';
        at = append_number(at, end, number(*info.last_commit));
        *at++ = '"';
    } else {
        for (const char c : std::string_view("null")) *at++ = c;
    }
    *at++ = ',';
    *at++ = '"';
    at = append_number(at, end, number(info.lsn));
    *at++ = '"';
    *at++ = ']';
    return {begin, static_cast<std::size_t>(at - begin)};
}

Value optional_int64(const std::optional<std::int64_t>& value) noexcept {
    return value ? Value::int64(*value) : Value();
}

constexpr std::string_view operations = "cudrtm";

}

SchemaPtr source_schema() {
    static const SchemaPtr schema = structure(
        "io.debezium.connector.postgresql.Source",
        {{"version", plain(Type::String)},
         {"connector", plain(Type::String)},
         {"name", plain(Type::String)},
         {"ts_ms", plain(Type::Int64)},
         {"snapshot",
          make_schema({.type = Type::String,
                       .optional = true,
                       .name = "io.debezium.data.Enum",
                       .version = 1,
                       .parameters = {{"allowed",
                                       "true,first,first_in_data_collection,last_in_data_collection,last,false,"
                                       "incremental"}},
                       .default_value = Value::string("false")})},
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
         {"origin_lsn", plain(Type::Int64, true)}});
    return schema;
}

SchemaPtr transaction_block_schema() {
    static const SchemaPtr schema = structure("event.block",
                                              {{"id", plain(Type::String)},
                                               {"total_order", plain(Type::Int64)},
                                               {"data_collection_order", plain(Type::Int64)}},
                                              1, true);
    return schema;
}

SchemaPtr envelope_schema(const std::string& name, const SchemaPtr& row) {
    return structure(name,
                     {{"before", row},
                      {"after", row},
                      {"source", source_schema()},
                      {"transaction", transaction_block_schema()},
                      {"op", plain(Type::String)},
                      {"ts_ms", plain(Type::Int64, true)},
                      {"ts_us", plain(Type::Int64, true)},
                      {"ts_ns", plain(Type::Int64, true)}},
                     2);
}

Value SourceBlock::make(const SourceInfo& info, Arena& arena) const {
    auto* v = arena.make_array<Value>(source_fields);
    v[0] = Value::string(connector_version);
    v[1] = Value::string("postgresql");
    v[2] = Value::string(prefix_);
    v[3] = Value::int64(info.ts_usec / 1000);
    if (!info.snapshot.empty()) v[4] = Value::string(info.snapshot);
    v[5] = Value::string(database_);
    v[6] = Value::string(sequence(info, arena));
    v[7] = Value::int64(info.ts_usec);
    v[8] = Value::int64(info.ts_usec * 1000 + info.ts_nanos_rest);
    v[9] = Value::string(info.schema);
    v[10] = Value::string(info.table);
    v[11] = optional_int64(info.tx_id);
    if (!info.lsn_in_sequence_only) v[12] = Value::int64(as_signed(info.lsn));
    v[13] = optional_int64(info.xmin);
    if (info.origin) v[14] = Value::string(*info.origin);
    if (info.origin_lsn) v[15] = Value::int64(as_signed(*info.origin_lsn));
    return Value::structure({v, source_fields});
}

Value make_envelope(const EnvelopeParts& parts, Arena& arena) {
    auto* v = arena.make_array<Value>(envelope_fields);
    v[0] = parts.before;
    v[1] = parts.after;
    v[2] = parts.source;
    v[3] = parts.transaction;
    v[4] = Value::string(operations.substr(operations.find(parts.op), 1));
    v[5] = Value::int64(parts.now_nanos / 1'000'000);
    v[6] = Value::int64(parts.now_nanos / 1000);
    v[7] = Value::int64(parts.now_nanos);
    return Value::structure({v, envelope_fields});
}

SchemaPtr heartbeat_key_schema() {
    static const SchemaPtr schema =
        structure("io.debezium.connector.common.ServerNameKey", {{"serverName", plain(Type::String)}});
    return schema;
}

SchemaPtr heartbeat_value_schema() {
    static const SchemaPtr schema =
        structure("io.debezium.connector.common.Heartbeat", {{"ts_ms", plain(Type::Int64)}});
    return schema;
}

SchemaPtr message_key_schema() {
    static const SchemaPtr schema =
        structure("io.debezium.connector.postgresql.MessageKey", {{"prefix", plain(Type::String, true)}});
    return schema;
}

SchemaPtr message_value_schema(bool binary_as_text) {
    const auto message = structure(
        "io.debezium.connector.postgresql.Message",
        {{"prefix", plain(Type::String, true)}, {"content", plain(binary_as_text ? Type::String : Type::Bytes, true)}});
    return structure("io.debezium.connector.postgresql.MessageValue", {{"op", plain(Type::String)},
                                                                       {"ts_ms", plain(Type::Int64, true)},
                                                                       {"source", source_schema()},
                                                                       {"transaction", transaction_block_schema()},
                                                                       {"message", message}});
}

SchemaPtr transaction_key_schema() {
    static const SchemaPtr schema =
        structure("io.debezium.connector.common.TransactionMetadataKey", {{"id", plain(Type::String)}});
    return schema;
}

SchemaPtr transaction_value_schema() {
    static const SchemaPtr schema = [] {
        const auto collection =
            structure("event.collection",
                      {{"data_collection", plain(Type::String)}, {"event_count", plain(Type::Int64)}}, 1, true);
        return structure(
            "io.debezium.connector.common.TransactionMetadataValue",
            {{"status", plain(Type::String)},
             {"id", plain(Type::String)},
             {"event_count", plain(Type::Int64, true)},
             {"data_collections", make_schema({.type = Type::Array, .optional = true, .value = collection})},
             {"ts_ms", plain(Type::Int64)}});
    }();
    return schema;
}

}
