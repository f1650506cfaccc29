/// What users tell a running connector: signals, and the request for a snapshot that some of them carry.
///
/// Facts   Debezium 3.7, "Sending signals to a Debezium connector".
#pragma once
#include "connectors/postgres/incremental/snapshot_state.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::postgres {

struct Signal {
    std::string id;
    std::string type;
    std::string data;  ///< JSON; empty: none
};
/// {"id": .., "type": .., "data": {..}}. Throws DataException if the text is none. An absent id is made up by `new_id`.
Signal parse_signal(std::string_view json, std::string (*new_id)());

enum class SnapshotType : std::uint8_t { Incremental, Blocking };

/// data of execute-snapshot and stop-snapshot.
struct SnapshotRequest {
    struct Condition {
        std::string table;
        std::string filter;  ///< a condition; for a blocking snapshot the whole SELECT
    };
    std::vector<std::string> tables;  ///< regular expressions on schema.table
    SnapshotType type = SnapshotType::Incremental;
    std::vector<Condition> conditions = {};
    std::string surrogate_key = {};

    std::string filter_of(std::string_view table) const;
};
/// Throws DataException naming what is wrong.
SnapshotRequest parse_snapshot_request(std::string_view json);
/// The tables of `known` that an expression of the request matches whole, in the order of the expressions. One that
/// matches none stands for itself.
std::vector<std::string> resolve_tables(const std::vector<std::string>& expressions,
                                        const std::vector<std::string>& known);

}
