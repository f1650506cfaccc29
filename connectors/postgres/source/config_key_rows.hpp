/// The tables that config_keys() is made of, one a group, each in the order in which Debezium lists it.
#pragma once
#include "connectors/postgres/source/config_keys.hpp"

namespace millrace::postgres {

inline constexpr DefaultValue no_default;

/// A setting without what its table says: the group, and the order in it.
struct KeyRow {
    std::string_view name;
    std::string_view display_name;
    ConfigType type;
    DefaultValue default_value;
    Importance importance;
    Width width;
    std::string_view doc;
    bool alias = false;  ///< another name for the row before: shares its order
    std::string_view dependents = {};
};
/// Read by the connector, but not listed.
struct HiddenKeyRow {
    std::string_view name;
    ConfigType type;
    DefaultValue default_value;
    Importance importance;
    std::string_view doc;
};

std::span<const KeyRow> connection_rows() noexcept;
std::span<const KeyRow> connection_advanced_rows() noexcept;
std::span<const KeyRow> connector_rows() noexcept;
std::span<const KeyRow> connector_advanced_rows() noexcept;
std::span<const KeyRow> connector_snapshot_rows() noexcept;
std::span<const KeyRow> advanced_rows() noexcept;
std::span<const KeyRow> advanced_heartbeat_rows() noexcept;
std::span<const KeyRow> filters_rows() noexcept;
std::span<const KeyRow> connection_advanced_ssl_rows() noexcept;
std::span<const KeyRow> connection_advanced_replication_rows() noexcept;
std::span<const HiddenKeyRow> hidden_rows() noexcept;

}
