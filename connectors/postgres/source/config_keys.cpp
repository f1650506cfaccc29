#include "connectors/postgres/source/config_keys.hpp"

#include "connectors/postgres/source/config_key_rows.hpp"

#include <vector>

namespace millrace::postgres {
namespace {

struct Group {
    std::string_view name;
    std::span<const KeyRow> rows;
};

void append(std::vector<ConfigKey>& keys, const Group& group) {
    int order = 0;
    for (const auto& row : group.rows) {
        if (!row.alias) ++order;
        keys.push_back({.name = row.name,
                        .type = row.type,
                        .default_value = row.default_value,
                        .importance = row.importance,
                        .doc = row.doc,
                        .group = group.name,
                        .order_in_group = order,
                        .width = row.width,
                        .display_name = row.display_name,
                        .dependents = row.dependents});
    }
}

std::vector<ConfigKey> all_keys() {
    std::vector<ConfigKey> keys;
    for (const auto& group : {Group{"CONNECTION", connection_rows()},
                              {"CONNECTION_ADVANCED", connection_advanced_rows()},
                              {"CONNECTOR", connector_rows()},
                              {"CONNECTOR_ADVANCED", connector_advanced_rows()},
                              {"CONNECTOR_SNAPSHOT", connector_snapshot_rows()},
                              {"ADVANCED", advanced_rows()},
                              {"ADVANCED_HEARTBEAT", advanced_heartbeat_rows()},
                              {"FILTERS", filters_rows()},
                              {"CONNECTION_ADVANCED_SSL", connection_advanced_ssl_rows()},
                              {"CONNECTION_ADVANCED_REPLICATION", connection_advanced_replication_rows()}}) {
        append(keys, group);
    }
    for (const auto& row : hidden_rows()) {
        keys.push_back({.name = row.name,
                        .type = row.type,
                        .default_value = row.default_value,
                        .importance = row.importance,
                        .doc = row.doc,
                        .internal = true});
    }
    return keys;
}

}

std::span<const ConfigKey> config_keys() noexcept {
    static const auto keys = all_keys();
    return keys;
}

}
