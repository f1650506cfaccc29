// Slot, publication and acknowledgement. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow connection_advanced_replication_table[] = {
    {"plugin.name", "Plugin", ConfigType::String, "decoderbufs", Importance::Medium, Width::Medium,
     "The name of the Postgres logical decoding plugin installed on the server. Supported values are 'decoderbufs' and "
     "'pgoutput'. Defaults to 'decoderbufs'."},
    {"slot.name", "Slot", ConfigType::String, "debezium", Importance::Medium, Width::Medium,
     "The name of the Postgres logical decoding slot created for streaming changes from a plugin. Defaults to "
     "'debezium"},
    {"publication.name", "Publication", ConfigType::String, "dbz_publication", Importance::Medium, Width::Medium,
     "The name of the Postgres 10+ publication used for streaming changes from a plugin. Defaults to "
     "'dbz_publication'"},
    {"publication.autocreate.mode", "Publication Auto Create Mode", ConfigType::String, "all_tables",
     Importance::Medium, Width::Medium,
     "Applies only when streaming changes using pgoutput.Determine how creation of a publication should work, the "
     "default is all_tables.DISABLED - The connector will not attempt to create a publication at all. The expectation "
     "is that the user has created the publication up-front. If the publication isn't found to exist upon startup, the "
     "connector will throw an exception and stop.ALL_TABLES - If no publication exists, the connector will create a "
     "new publication for all tables. Note this requires that the configured user has access. If the publication "
     "already exists, it will be used. i.e CREATE PUBLICATION <publication_name> FOR ALL TABLES;FILTERED - If no "
     "publication exists, the connector will create a new publication for all those tables matchingthe current filter "
     "configuration (see table/database include/exclude list properties). If the publication already exists, it will "
     "be used. i.e CREATE PUBLICATION <publication_name> FOR TABLE <tbl1, tbl2, etc>"},
    {"replica.identity.autoset.values", "Replica Identity Auto Set Values", ConfigType::String, no_default,
     Importance::Medium, Width::Long,
     "Applies only when streaming changes using pgoutput.Determines the value for Replica Identity at table level. "
     "This option will overwrite the existing value in databaseA comma-separated list of regular expressions that "
     "match fully-qualified tables and Replica Identity value to be used in the table. Each expression must match the "
     "pattern '<fully-qualified table name>:<replica identity>', where the table names could be defined as "
     "(SCHEMA_NAME.TABLE_NAME), and the replica identity values are: DEFAULT - Records the old values of the columns "
     "of the primary key, if any. This is the default for non-system tables.INDEX index_name - Records the old values "
     "of the columns covered by the named index, that must be unique, not partial, not deferrable, and include only "
     "columns marked NOT NULL. If this index is dropped, the behavior is the same as NOTHING.FULL - Records the old "
     "values of all columns in the row.NOTHING - Records no information about the old row. This is the default for "
     "system tables."},
    {"slot.drop.on.stop", "Drop slot on stop", ConfigType::Boolean, "false", Importance::Medium, Width::None,
     "Whether or not to drop the logical replication slot when the connector finishes orderly. By default the "
     "replication is kept so that on restart progress can resume from the last recorded location"},
    {"slot.failover", "Create failover slot", ConfigType::Boolean, "false", Importance::Medium, Width::None,
     "Whether or not to create a failover slot. This is only supported when connecting to a primary server of a "
     "Postgres cluster, version 17 or newer. When not specified, or when not connecting to a Postgres 17+ primary, no "
     "failover slot will be created."},
    {"slot.stream.params", "Optional parameters to pass to the logical decoder when the stream is started.",
     ConfigType::String, no_default, Importance::Low, Width::Long,
     "Any optional parameters used by logical decoding plugin. Semi-colon separated. E.g. "
     "'add-tables=public.table,public.table2;include-lsn=true'"},
    {"slot.max.retries", "Retry count", ConfigType::Int, "6", Importance::Low, Width::None,
     "How many times to retry connecting to a replication slot when an attempt fails."},
    {"slot.retry.delay.ms", "Retry delay", ConfigType::Long, "10000", Importance::Low, Width::None,
     "Time to wait between retry attempts when the connector fails to connect to a replication slot, given in "
     "milliseconds. Defaults to 10 seconds (10,000 ms)."},
    {"status.update.interval.ms", "Status update interval (ms)", ConfigType::Int, "10000", Importance::Medium,
     Width::Short,
     "Frequency for sending replication connection status updates to the server, given in milliseconds. Defaults to 10 "
     "seconds (10,000 ms)."},
    {"lsn.flush.timeout.ms", "LSN flush timeout (ms)", ConfigType::Long, "30000", Importance::Medium, Width::Short,
     "Maximum time in milliseconds to wait for LSN flush operation to complete. If the flush operation does not "
     "complete within this timeout, the action specified by lsn.flush.timeout.action will be taken. Defaults to 30 "
     "seconds."},
    {"lsn.flush.timeout.action", "LSN flush timeout action", ConfigType::String, "fail", Importance::Medium,
     Width::Medium,
     "Action to take when an LSN flush timeout occurs. Options include: 'fail' (default) to fail the connector; 'warn' "
     "to log a warning and continue processing; 'ignore' to continue processing and ignore the timeout."},
    {"xmin.fetch.interval.ms", "Xmin fetch interval (ms)", ConfigType::Long, "0", Importance::Medium, Width::Short,
     "Specify how often (in ms) the xmin will be fetched from the replication slot. This xmin value is exposed by the "
     "slot which gives a lower bound of where a new replication slot could start from. The lower the value, the more "
     "likely this value is to be the current 'true' value, but the bigger the performance cost. The bigger the value, "
     "the less likely this value is to be the current 'true' value, but the lower the performance penalty. The default "
     "is set to 0 ms, which disables tracking xmin."},
};

}

std::span<const KeyRow> connection_advanced_replication_rows() noexcept {
    return connection_advanced_replication_table;
}

}
