// The shape of topics and records. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow connector_table[] = {
    {"topic.prefix", "Topic prefix", ConfigType::String, no_default, Importance::High, Width::Medium,
     "Topic prefix that identifies and provides a namespace for the particular database server/cluster is capturing "
     "changes. The topic prefix should be unique across all other connectors, since it is used as a prefix for all "
     "Kafka topic names that receive events emitted by this connector. Only alphanumeric characters, hyphens, dots and "
     "underscores must be accepted."},
    {"topic.naming.strategy", "Topic naming strategy class", ConfigType::Class,
     "io.debezium.schema.SchemaTopicNamingStrategy", Importance::Medium, Width::Medium,
     "The name of the TopicNamingStrategy class that should be used to determine the topic name for data change, "
     "schema change, transaction, heartbeat event etc."},
    {"tombstones.on.delete", "Change the behaviour of Debezium with regards to delete operations", ConfigType::Boolean,
     "true", Importance::Medium, Width::Short,
     "Whether delete operations should be represented by a delete event and a subsequent tombstone event (true) or "
     "only by a delete event (false). Emitting the tombstone event (the default behavior) allows Kafka to completely "
     "delete all events pertaining to the given key once the source record got deleted."},
    {"binary.handling.mode", "Binary Handling", ConfigType::String, "bytes", Importance::Low, Width::Medium,
     "Specify how binary (blob, binary, etc.) columns should be represented in change events, including: 'bytes' "
     "represents binary data as byte array (default); 'base64' represents binary data as base64-encoded string; "
     "'base64-url-safe' represents binary data as base64-url-safe-encoded string; 'hex' represents binary data as "
     "hex-encoded (base16) string"},
    {"schema.name.adjustment.mode", "Schema Name Adjustment", ConfigType::String, "none", Importance::Low,
     Width::Medium,
     "Specify how schema names should be adjusted for compatibility with the message converter used by the connector, "
     "including: 'avro' replaces the characters that cannot be used in the Avro type name with underscore; "
     "'avro_unicode' replaces the underscore or characters that cannot be used in the Avro type name with "
     "corresponding unicode like _uxxxx. Note: _ is an escape sequence like backslash in Java;'none' does not apply "
     "any adjustment (default)"},
    {"field.name.adjustment.mode", "Field Name Adjustment", ConfigType::String, "none", Importance::Low, Width::Medium,
     "Specify how field names should be adjusted for compatibility with the message converter used by the connector, "
     "including: 'avro' replaces the characters that cannot be used in the Avro type name with underscore; "
     "'avro_unicode' replaces the underscore or characters that cannot be used in the Avro type name with "
     "corresponding unicode like _uxxxx. Note: _ is an escape sequence like backslash in Java;'none' does not apply "
     "any adjustment (default)"},
    {"event.converting.failure.handling.mode", "Event converting failure handling mode", ConfigType::String, "warn",
     Importance::Medium, Width::Medium,
     "Specify how failures during converting of event should be handled, including: 'fail' throw an exception that the "
     "column of event conversion is failed with unmatched schema type, causing the connector to be stopped. it could "
     "need schema recovery to covert successfully; 'warn' (the default) the value of column of event that conversion "
     "failed will be null and be logged with warn level; 'skip' the value of column of event that conversion failed "
     "will be null and be logged with debug level."},
    {"decimal.handling.mode", "Decimal Handling", ConfigType::String, "precise", Importance::Medium, Width::Short,
     "Specify how DECIMAL and NUMERIC columns should be represented in change events, including: 'precise' (the "
     "default) uses java.math.BigDecimal to represent values, which are encoded in the change events using a binary "
     "representation and Kafka Connect's 'org.apache.kafka.connect.data.Decimal' type; 'string' uses string to "
     "represent values; 'double' represents values using Java's 'double', which may not offer the precision but will "
     "be far easier to use in consumers."},
    {"time.precision.mode", "Time Precision", ConfigType::String, "adaptive", Importance::Medium, Width::Short,
     "Time, date, and timestamps can be represented with different kinds of precisions, including: 'adaptive' (the "
     "default) bases the precision of time, date, and timestamp values on the database column's precision; "
     "'adaptive_time_microseconds' like 'adaptive' mode, but TIME fields always use microseconds precision; 'connect' "
     "always represents time, date, and timestamp values using Kafka Connect's built-in representations for Time, "
     "Date, and Timestamp, which uses millisecond precision regardless of the database columns' precision; 'isostring' "
     "represents time, date, and timestamp values as ISO-8601 formatted strings at the UTC time zone; 'structured' "
     "represents time, date, timestamp, and datetime values as Kafka Connect structs with separate calendar and clock "
     "components; 'microseconds' always represents time, date, and timestamp values using microsecond precision; "
     "'nanoseconds' always represents time, date, and timestamp values using nanosecond precision."},
    {"include.schema.comments", "Include Table and Column Comments", ConfigType::Boolean, "false", Importance::Medium,
     Width::Short,
     "Whether the connector parse table and column's comment to metadata object. Note: Enable this option will bring "
     "the implications on memory usage. The number and size of ColumnImpl objects is what largely impacts how much "
     "memory is consumed by the Debezium connectors, and adding a String to each of them can potentially be quite "
     "heavy. The default is 'false'."},
    {"hstore.handling.mode", "HStore Handling", ConfigType::String, "json", Importance::Low, Width::Medium,
     "Specify how HSTORE columns should be represented in change events, including: 'json' represents values as "
     "string-ified JSON (default); 'map' represents values as a key/value map"},
    {"interval.handling.mode", "Interval Handling", ConfigType::String, "numeric", Importance::Low, Width::Medium,
     "Specify how INTERVAL columns should be represented in change events, including: 'string' represents values as an "
     "exact ISO formatted string; 'numeric' (default) represents values using the inexact conversion into "
     "microseconds"},
    {"message.prefix.include.list", "Include Logical Decoding Message Prefixes", ConfigType::List, no_default,
     Importance::Medium, Width::Long,
     "A comma-separated list of regular expressions that match the logical decoding message prefixes to be monitored. "
     "All prefixes are monitored by default."},
    {"message.prefix.exclude.list", "Exclude Logical Decoding Message Prefixes", ConfigType::List, no_default,
     Importance::Medium, Width::Long,
     "A comma-separated list of regular expressions that match the logical decoding message prefixes to be excluded "
     "from monitoring."},
    {"publish.via.partition.root", "Publish via partition root", ConfigType::Boolean, "false", Importance::Medium,
     Width::Short,
     "A boolean that determines whether the connector should publish changes via the partition root. When true, "
     "changes are published through partition root. When false, changes are published directly."},
    {"lsn.flush.mode", "LSN flush mode", ConfigType::String, no_default, Importance::Low, Width::Short,
     "Determines the LSN flushing strategy. Options include: 'connector' (default) for Debezium managed LSN flushing "
     "(replaces deprecated flush.lsn.source=true); 'manual' for externally managed LSN flushing (replaces deprecated "
     "flush.lsn.source=false); 'connector_and_driver' for Debezium managed LSN flushing with the pgjdbc driver "
     "flushing unmonitored LSNsusing server keepalive LSN, which prevents WAL growth on low-activity databases."},
    {"flush.lsn.source", "Boolean to determine if Debezium should flush LSN in the source database",
     ConfigType::Boolean, "true", Importance::Low, Width::Short,
     "(Deprecated) Boolean to determine if Debezium should flush LSN in the source postgres database. Use "
     "'lsn.flush.mode' instead. A value of 'true' maps to 'connector' mode, 'false' maps to 'manual' mode."},
    {"unavailable.value.placeholder", "Unavailable value placeholder", ConfigType::String,
     "__debezium_unavailable_value", Importance::Medium, Width::Medium,
     "Specify the constant that will be provided by Debezium to indicate that the original value is a toasted value "
     "not provided by the database. If starts with 'hex:' prefix it is expected that the rest of the string represents "
     "hexadecimal encoded octets."},
    {"skipped.operations", "Skipped Operations", ConfigType::List, "t", Importance::Low, Width::Short,
     "The comma-separated list of operations to skip during streaming, defined as: 'c' for inserts/create; 'u' for "
     "updates; 'd' for deletes, 't' for truncates, and 'none' to indicate nothing skipped. By default, only truncate "
     "operations will be skipped."},
};

}

std::span<const KeyRow> connector_rows() noexcept { return connector_table; }

}
