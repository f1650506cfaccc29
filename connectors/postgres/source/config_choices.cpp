#include "connectors/postgres/source/config_choices.hpp"

namespace millrace::postgres {

const std::vector<Choice>& choices() {
    static const std::vector<Choice> all = {
        {"binary.handling.mode", {"bytes", "base64", "hex", "base64-url-safe"}},
        {"schema.name.adjustment.mode", {"none", "avro_unicode", "avro"}},
        {"field.name.adjustment.mode", {"none", "avro_unicode", "avro"}},
        {"event.converting.failure.handling.mode", {"warn", "fail", "skip"}},
        {"decimal.handling.mode", {"string", "double", "precise"}},
        {"time.precision.mode",
         {"adaptive", "adaptive_time_microseconds", "isostring", "structured", "microseconds", "nanoseconds",
          "connect"}},
        {"hstore.handling.mode", {"json", "map"}},
        {"interval.handling.mode", {"string", "numeric"}},
        {"lsn.flush.mode", {"connector_and_driver", "connector", "manual"}},
        {"schema.refresh.mode", {"columns_diff", "columns_diff_exclude_unchanged_toast"}},
        {"incremental.snapshot.watermarking.strategy", {"insert_delete", "insert_insert"}},
        {"snapshot.tables.order.by.row.count", {"disabled", "ascending", "descending"}},
        {"snapshot.mode",
         {"always", "initial_only", "configuration_based", "when_needed", "initial", "custom", "no_data"}},
        {"snapshot.isolation.mode", {"read_uncommitted", "repeatable_read", "read_committed", "serializable"}},
        {"snapshot.query.mode", {"custom", "select_all"}},
        {"snapshot.locking.mode", {"shared", "custom", "none"}},
        {"event.processing.failure.handling.mode", {"warn", "fail", "ignore", "skip"}},
        {"guardrail.collections.limit.action", {"warn", "fail"}},
        {"database.sslmode", {"allow", "prefer", "disable", "verify-ca", "require", "verify-full"}},
        {"plugin.name", {"decoderbufs", "pgoutput"}},
        {"publication.autocreate.mode", {"no_tables", "filtered", "disabled", "all_tables"}},
        {"lsn.flush.timeout.action", {"fail", "warn", "ignore"}},
    };
    return all;
}

}
