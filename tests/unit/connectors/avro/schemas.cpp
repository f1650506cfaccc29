#include "tests/unit/connectors/avro/schemas.hpp"

namespace millrace::avro {

SchemaPtr customers_envelope() {
    const auto text = of(Type::String);
    const auto whole = of(Type::Int64);
    const auto value = record("srv1.public.customers.Value",
                              {{"id", of(Type::Int32)},
                               {"name", optional(text)},
                               {"balance", optional(decimal("2", "10"))},
                               {"created", optional(named(Type::Int64, "io.debezium.time.MicroTimestamp"))},
                               {"active", with_default(of(Type::Boolean), Value::boolean(true))}});
    const auto snapshot = make_schema(
        {.type = Type::String,
         .optional = true,
         .name = "io.debezium.data.Enum",
         .version = 1,
         .parameters = {{"allowed",
                         "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"}},
         .default_value = Value::string("false")});
    const auto source = make_schema({.type = Type::Struct,
                                     .name = "io.debezium.connector.postgresql.Source",
                                     .version = 1,
                                     .fields = {{"version", text},
                                                {"connector", text},
                                                {"name", text},
                                                {"ts_ms", whole},
                                                {"snapshot", snapshot},
                                                {"db", text},
                                                {"sequence", optional(text)},
                                                {"ts_us", optional(whole)},
                                                {"ts_ns", optional(whole)},
                                                {"schema", text},
                                                {"table", text},
                                                {"txId", optional(whole)},
                                                {"lsn", optional(whole)},
                                                {"xmin", optional(whole)}}});
    const auto block =
        make_schema({.type = Type::Struct,
                     .optional = true,
                     .name = "event.block",
                     .version = 1,
                     .fields = {{"id", text}, {"total_order", whole}, {"data_collection_order", whole}}});
    return make_schema({.type = Type::Struct,
                        .name = "srv1.public.customers.Envelope",
                        .version = 2,
                        .fields = {{"before", optional(value)},
                                   {"after", optional(value)},
                                   {"source", source},
                                   {"transaction", block},
                                   {"op", text},
                                   {"ts_ms", optional(whole)},
                                   {"ts_us", optional(whole)},
                                   {"ts_ns", optional(whole)}}});
}

}
