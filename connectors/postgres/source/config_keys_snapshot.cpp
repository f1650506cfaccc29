// What is read at the start, and how. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow connector_snapshot_table[] = {
    {"snapshot.delay.ms", "Snapshot Delay (milliseconds)", ConfigType::Long, "0", Importance::Low, Width::Medium,
     "A delay period before a snapshot will begin, given in milliseconds. Defaults to 0 ms."},
    {"snapshot.fetch.size", "Snapshot fetch size", ConfigType::Int, no_default, Importance::Medium, Width::Medium,
     "The maximum number of records that should be loaded into memory while performing a snapshot."},
    {"snapshot.include.collection.list", "Snapshot mode include data collection", ConfigType::List, no_default,
     Importance::Medium, Width::Long,
     "This setting must be set to specify a list of tables/collections whose snapshot must be taken on creating or "
     "restarting the connector."},
    {"snapshot.mode.custom.name", "Snapshot Mode Custom Name", ConfigType::String, no_default, Importance::Medium,
     Width::Medium,
     "When 'snapshot.mode' is set as custom, this setting must be set to specify a the name of the custom "
     "implementation provided in the 'name()' method. The implementations must implement the 'Snapshotter' interface "
     "and is called on each app boot to determine whether to do a snapshot."},
    {"snapshot.mode.configuration.based.snapshot.data", "Snapshot mode property based snapshot data",
     ConfigType::Boolean, "false", Importance::Medium, Width::Medium,
     "When 'snapshot.mode' is set as configuration_based, this setting permits to specify whenever the data should be "
     "snapshotted or not."},
    {"snapshot.mode.configuration.based.snapshot.schema", "Snapshot mode property based snapshot schema",
     ConfigType::Boolean, "false", Importance::Medium, Width::Medium,
     "When 'snapshot.mode' is set as configuration_based, this setting permits to specify whenever the schema should "
     "be snapshotted or not."},
    {"snapshot.mode.configuration.based.start.stream", "Snapshot mode property based start stream", ConfigType::Boolean,
     "false", Importance::Medium, Width::Medium,
     "When 'snapshot.mode' is set as configuration_based, this setting permits to specify whenever the stream should "
     "start or not after snapshot."},
    {"snapshot.mode.configuration.based.snapshot.on.schema.error",
     "Snapshot mode property based snapshot on schema error", ConfigType::Boolean, "false", Importance::Medium,
     Width::Medium,
     "When 'snapshot.mode' is set as configuration_based, this setting permits to specify whenever the schema should "
     "be snapshotted or not in case of error."},
    {"snapshot.mode.configuration.based.snapshot.on.data.error", "Snapshot mode property based snapshot on data error",
     ConfigType::Boolean, "false", Importance::Medium, Width::Medium,
     "When 'snapshot.mode' is set as configuration_based, this setting permits to specify whenever the data should be "
     "snapshotted or not in case of error."},
    {"snapshot.max.threads", "Snapshot maximum threads", ConfigType::Int, "1", Importance::Medium, Width::Short,
     "The maximum number of threads used to perform the snapshot. Defaults to 1."},
    {"snapshot.max.threads.multiplier", "Snapshot maximum thread multiplier", ConfigType::Int, "1", Importance::Medium,
     Width::Short,
     "The factor used to scale the number of snapshot chunks per table. The default behavior is to take "
     "'row_count/snapshot.max.threads' to compute the number of rows per chunks. This may not be ideal for larger "
     "tables, and using the multiplier, the formula is adjusted to increase the number of chunks by using "
     "'row_count/(snapshot.max.threads * snapshot.max.threads.multiplier)."},
    {"legacy.snapshot.max.threads", "Enforces using a single thread per table regardless of table size",
     ConfigType::Boolean, "false", Importance::Low, Width::Short,
     "When enabled, uses the legacy table-per-thread parallel snapshot algorithm. When set to false (the default), "
     "tables are split into chunks and processed across all snapshot threads, allowing for higher concurrency for "
     "snapshots."},
    {"internal.legacy.snapshot.max.threads", "Enforces using a single thread per table regardless of table size",
     ConfigType::Boolean, "false", Importance::Low, Width::Short,
     "When enabled, uses the legacy table-per-thread parallel snapshot algorithm. When set to false (the default), "
     "tables are split into chunks and processed across all snapshot threads, allowing for higher concurrency for "
     "snapshots.",
     true},
    {"streaming.delay.ms", "Streaming Delay (milliseconds)", ConfigType::Long, "0", Importance::Low, Width::Medium,
     "A delay period after the snapshot is completed and the streaming begins, given in milliseconds. Defaults to 0 "
     "ms."},
    {"query.fetch.size", "Query fetch size", ConfigType::Int, "0", Importance::Medium, Width::Medium,
     "The maximum number of records that should be loaded into memory while streaming. A value of '0' uses the default "
     "JDBC fetch size."},
    {"incremental.snapshot.watermarking.strategy", "Incremental snapshot watermarking strategy", ConfigType::String,
     "INSERT_INSERT", Importance::Low, Width::Medium,
     "Specify the strategy used for watermarking during an incremental snapshot: 'insert_insert' both open and close "
     "signal is written into signal data collection (default); 'insert_delete' only open signal is written on signal "
     "data collection, the close will delete the relative open signal;"},
    {"snapshot.lock.timeout.ms", "Snapshot lock timeout (ms)", ConfigType::Long, "10000", Importance::Medium,
     Width::Long,
     "The maximum number of millis to wait for table locks at the beginning of a snapshot. If locks cannot be acquired "
     "in this time frame, the snapshot will be aborted. Defaults to 10 seconds"},
    {"snapshot.select.statement.overrides",
     "List of tables where the default select statement used during snapshotting should be overridden.",
     ConfigType::String, no_default, Importance::Medium, Width::Long,
     " This property contains a comma-separated list of fully-qualified tables (DB_NAME.TABLE_NAME) or "
     "(SCHEMA_NAME.TABLE_NAME), depending on the specific connectors. Select statements for the individual tables are "
     "specified in further configuration properties, one for each table, identified by the id "
     "'snapshot.select.statement.overrides.[DB_NAME].[TABLE_NAME]' or "
     "'snapshot.select.statement.overrides.[SCHEMA_NAME].[TABLE_NAME]', respectively. The value of those properties is "
     "the select statement to use when retrieving data from the specific table during snapshotting. A possible use "
     "case for large append-only tables is setting a specific point where to start (resume) snapshotting, in case a "
     "previous snapshotting was interrupted."},
    {"internal.snapshot.scan.all.columns.force", "Snapshot force scan all columns of all tables", ConfigType::Boolean,
     "false", Importance::Low, Width::Short,
     "Restore pre 1.5 behaviour and scan all tables to discover columns. If you are excluding one table then turning "
     "this on may improve performance. If you are excluding a lot of tables the default behavior should work well."},
    {"snapshot.tables.order.by.row.count", "Initial snapshot tables order by row count", ConfigType::String, "disabled",
     Importance::Medium, Width::None,
     "Controls the order in which tables are processed in the initial snapshot. A `descending` value will order the "
     "tables by row count descending. A `ascending` value will order the tables by row count ascending. A value of "
     "`disabled` (the default) will disable ordering by row count."},
    {"snapshot.mode", "Snapshot mode", ConfigType::String, "initial", Importance::Medium, Width::Short,
     "The criteria for running a snapshot upon startup of the connector. Select one of the following snapshot options: "
     "'always': The connector runs a snapshot every time that it starts. After the snapshot completes, the connector "
     "begins to stream changes from the transaction log.; 'initial' (default): If the connector does not detect any "
     "offsets for the logical server name, it runs a snapshot that captures the current full state of the configured "
     "tables. After the snapshot completes, the connector begins to stream changes from the transaction log. "
     "'initial_only': The connector performs a snapshot as it does for the 'initial' option, but after the connector "
     "completes the snapshot, it stops, and does not stream changes from the transaction log.; 'never': The connector "
     "does not run a snapshot. Upon first startup, the connector immediately begins reading from the beginning of the "
     "transaction log. 'exported': This option is deprecated; use 'initial' instead.; 'custom': The connector loads a "
     "custom class  to specify how the connector performs snapshots. For more information, see Custom snapshotter SPI "
     "in the PostgreSQL connector documentation."},
    {"snapshot.isolation.mode", "Snapshot isolation mode", ConfigType::String, "serializable", Importance::Low,
     Width::Short,
     "Controls which transaction isolation level is used. The default is 'serializable', which means that serializable "
     "isolation level is used. When 'repeatable_read' is specified, connector runs the initial snapshot in REPEATABLE "
     "READ isolation level. When 'read_committed' is specified, connector runs the initial snapshot in READ COMMITTED "
     "isolation level. In 'read_uncommitted' is specified, connector runs the initial snapshot in READ UNCOMMITTED "
     "isolation level."},
    {"snapshot.query.mode", "Snapshot query mode", ConfigType::String, "select_all", Importance::Low, Width::Short,
     "Controls query used during the snapshot"},
    {"snapshot.query.mode.custom.name", "Snapshot Query Mode Custom Name", ConfigType::String, no_default,
     Importance::Medium, Width::Medium,
     "When 'snapshot.query.mode' is set as custom, this setting must be set to specify a the name of the custom "
     "implementation provided in the 'name()' method. The implementations must implement the 'SnapshotterQuery' "
     "interface and is called to determine how to build queries during snapshot."},
    {"snapshot.locking.mode", "Snapshot locking mode", ConfigType::String, "none", Importance::Low, Width::Short,
     "Controls how the connector holds locks on tables while performing the schema snapshot. The 'shared' which means "
     "the connector will hold a table lock that prevents exclusive table access for just the initial portion of the "
     "snapshot while the database schemas and other metadata are being read. The remaining work in a snapshot involves "
     "selecting all rows from each table, and this is done using a flashback query that requires no locks. However, in "
     "some cases it may be desirable to avoid locks entirely which can be done by specifying 'none'. This mode is only "
     "safe to use if no schema changes are happening while the snapshot is taken."},
    {"snapshot.locking.mode.custom.name", "Snapshot Locking Mode Custom Name", ConfigType::String, no_default,
     Importance::Medium, Width::Medium,
     "When 'snapshot.locking.mode' is set as custom, this setting must be set to specify a the name of the custom "
     "implementation provided in the 'name()' method. The implementations must implement the 'SnapshotterLocking' "
     "interface and is called to determine how to lock tables during schema snapshot."},
    {"incremental.snapshot.chunk.size", "Incremental snapshot chunk size", ConfigType::Int, "1024", Importance::Medium,
     Width::Medium, "The maximum size of chunk (number of documents/rows) for incremental snapshotting"},
};

}

std::span<const KeyRow> connector_snapshot_rows() noexcept { return connector_snapshot_table; }

}
