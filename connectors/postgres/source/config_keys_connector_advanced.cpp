// Signals, notifications, keys and what columns become. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow connector_advanced_table[] = {
    {"provide.transaction.metadata", "Store transaction metadata information in a dedicated topic.",
     ConfigType::Boolean, "false", Importance::Low, Width::Short,
     "Enables transaction metadata extraction together with event counting"},
    {"converters", "List of prefixes defining custom values converters.", ConfigType::String, no_default,
     Importance::Low, Width::Medium,
     "Optional list of custom converters that would be used instead of default ones. The converters are defined using "
     "'<converter.prefix>.type' config option and configured using options '<converter.prefix>.<option>'"},
    {"post.processors", "List of change event post processors.", ConfigType::String, no_default, Importance::Low,
     Width::Medium,
     "Optional list of post processors. The processors are defined using '<post.processor.prefix>.type' config option "
     "and configured using options '<post.processor.prefix.<option>'"},
    {"incremental.snapshot.allow.schema.changes", "Allow schema changes during incremental snapshot if supported.",
     ConfigType::Boolean, "false", Importance::Low, Width::Short,
     "Detect schema change during an incremental snapshot and re-select a current chunk to avoid locking DDLs. Note "
     "that changes to a primary key are not supported and can cause incorrect results if performed during an "
     "incremental snapshot. Another limitation is that if a schema change affects only columns' default values, then "
     "the change won't be detected until the DDL is processed from the binlog stream. This doesn't affect the snapshot "
     "events' values, but the schema of snapshot events may have outdated defaults."},
    {"signal.data.collection", "Signaling data collection", ConfigType::List, no_default, Importance::Medium,
     Width::Medium,
     "The name of the data collection that is used to send signals/commands to Debezium. For multi-partition mode "
     "connectors, multiple signal data collections can be specified as a comma-separated list. Signaling is disabled "
     "when not set."},
    {"signal.enabled.channels", "Enabled channels names", ConfigType::List, "source", Importance::Medium, Width::Long,
     "List of channels names that are enabled. Source channel is enabled by default"},
    {"notification.enabled.channels", "Enabled notification channels names", ConfigType::List, no_default,
     Importance::Medium, Width::Long, "List of notification channels names that are enabled."},
    {"notification.sink.topic.name", "Notification topic name", ConfigType::String, no_default, Importance::High,
     Width::Long,
     "The name of the topic for the notifications. This is required in case 'sink' is in the list of enabled channels"},
    {"notification.http.url", "HTTP notification endpoint URL", ConfigType::String, no_default, Importance::High,
     Width::Long,
     "The URL to which notifications are POSTed as JSON. Required when 'http' is in the list of enabled channels."},
    {"notification.http.timeout.ms", "HTTP notification timeout (ms)", ConfigType::Int, "5000", Importance::Low,
     Width::Short, "Connect and read timeout, in milliseconds, for HTTP notification delivery."},
    {"notification.http.retries", "HTTP notification retries", ConfigType::Int, "2", Importance::Low, Width::Short,
     "Number of retries after the first failed HTTP notification delivery attempt. Terminal notifications "
     "(COMPLETED/ABORTED/SKIPPED) are always retried at least 3 times."},
    {"notification.http.allow.private.networks", "Allow private network notification targets", ConfigType::Boolean,
     "false", Importance::Low, Width::Short,
     "When true, the SSRF guard permits notification URLs that resolve to loopback, site-local or link-local addresses "
     "(e.g. an in-cluster Service). Defaults to false so only public addresses are allowed."},
    {"transaction.metadata.factory", "Factory class to create transaction context & transaction struct maker classes",
     ConfigType::Class, "io.debezium.pipeline.txmetadata.DefaultTransactionMetadataFactory", Importance::Low,
     Width::Medium, "Class to make transaction context & transaction struct/schemas"},
    {"message.key.columns", "Columns PK mapping", ConfigType::String, no_default, Importance::Medium, Width::Long,
     "A semicolon-separated list of expressions that match fully-qualified tables and column(s) to be used as message "
     "key. Each expression must match the pattern '<fully-qualified table name>:<key columns>', where the table names "
     "could be defined as (DB_NAME.TABLE_NAME) or (SCHEMA_NAME.TABLE_NAME), depending on the specific connector, and "
     "the key columns are a comma-separated list of columns representing the custom key. For any table without an "
     "explicit key configuration the table's primary key column(s) will be used as message key. Example: "
     "dbserver1.inventory.orderlines:orderId,orderLineId;dbserver1.inventory.orders:id"},
    {"column.mask.hash.([^.]+).with.salt.(.+)", "Mask Columns Using Hash and Salt", ConfigType::String, no_default,
     Importance::Medium, Width::Long,
     "A comma-separated list of regular expressions matching fully-qualified names of columns that should be masked by "
     "hashing the input. Using the specified hash algorithms and salt."},
    {"column.mask.with.(d+).chars", "Mask Columns With n Asterisks", ConfigType::String, no_default, Importance::Medium,
     Width::None,
     "A comma-separated list of regular expressions matching fully-qualified names of columns that should be masked "
     "with configured amount of asterisk ('*') characters."},
    {"column.truncate.to.(d+).chars", "Truncate Columns To n Characters", ConfigType::Int, no_default,
     Importance::Medium, Width::None,
     "A comma-separated list of regular expressions matching fully-qualified names of columns that should be truncated "
     "to the configured amount of characters."},
    {"column.propagate.source.type", "Propagate Source Types by Columns", ConfigType::List, no_default,
     Importance::Medium, Width::None,
     "A comma-separated list of regular expressions matching fully-qualified names of columns that adds the column’s "
     "original type and original length as parameters to the corresponding field schemas in the emitted change "
     "records."},
    {"datatype.propagate.source.type", "Propagate Source Types by Data Type", ConfigType::List, no_default,
     Importance::Medium, Width::None,
     "A comma-separated list of regular expressions matching the database-specific data type names that adds the data "
     "type's original type and original length as parameters to the corresponding field schemas in the emitted change "
     "records."},
    {"memory.management.schemas.class", "Schema storage class", ConfigType::Class,
     "io.debezium.relational.ConcurrentMapTableMappingStorage", Importance::Low, Width::Long,
     "The fully-qualified class name of the storage implementation for schema metadata. The class must implement "
     "io.debezium.relational.TableMappingStorage<io.debezium.relational.TableSchema>. Defaults to "
     "io.debezium.relational.ConcurrentMapTableMappingStorage for in-memory storage."},
    {"memory.management.tables.class", "Table storage class", ConfigType::Class,
     "io.debezium.relational.ConcurrentMapTableMappingStorage", Importance::Low, Width::Long,
     "The fully-qualified class name of the storage implementation for table metadata. The class must implement "
     "io.debezium.relational.TableMappingStorage<io.debezium.relational.Table>. Defaults to "
     "io.debezium.relational.ConcurrentMapTableMappingStorage for in-memory storage."},
    {"schema.refresh.mode", "Schema refresh mode", ConfigType::String, "columns_diff", Importance::Medium, Width::Short,
     "Specify the conditions that trigger a refresh of the in-memory schema for a table. 'columns_diff' (the default) "
     "is the safest mode, ensuring the in-memory schema stays in-sync with the database table's schema at all times. "
     "'columns_diff_exclude_unchanged_toast' instructs the connector to refresh the in-memory schema cache if there is "
     "a discrepancy between it and the schema derived from the incoming message, unless unchanged TOASTable data fully "
     "accounts for the discrepancy. This setting can improve connector performance significantly if there are "
     "frequently-updated tables that have TOASTed data that are rarely part of these updates. However, it is possible "
     "for the in-memory schema to become outdated if TOASTable columns are dropped from the table."},
    {"include.unknown.datatypes", "Include unknown datatypes", ConfigType::Boolean, "false", Importance::Medium,
     Width::Short,
     "Specify whether the fields of data type not supported by Debezium should be processed: 'false' (the default) "
     "omits the fields; 'true' converts the field into an implementation dependent binary representation."},
    {"sourceinfo.struct.maker", "Source info struct maker class", ConfigType::Class,
     "io.debezium.connector.postgresql.PostgresSourceInfoStructMaker", Importance::Low, Width::Medium,
     "The name of the SourceInfoStructMaker class that returns SourceInfo schema and struct."},
};

}

std::span<const KeyRow> connector_advanced_rows() noexcept { return connector_advanced_table; }

}
