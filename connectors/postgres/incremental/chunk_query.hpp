/// The statements by which an incremental snapshot reads a table in the order of its key. Pure.
///
/// Parameters are texts: the bounds, each without the columns that are null, in the order in which they are added here.
/// Facts   Debezium 3.7, incremental snapshots: lower bound exclusive, upper bound inclusive, nulls last.
#pragma once
#include "connectors/postgres/incremental/key_value.hpp"

namespace millrace::postgres {

struct KeyColumn {
    std::string name;  ///< unquoted
    bool nullable = false;
};
struct ChunkTable {
    std::string quoted_name;
    std::string columns;  ///< the select list
    std::vector<KeyColumn> key;
    std::string condition;  ///< SQL of the user's, or empty
};
struct Statement {
    std::string sql;
    std::vector<std::string> parameters = {};
};

/// The largest key: at most one row, its columns those of the key.
Statement maximum_key_query(const ChunkTable& table);
/// The next `size` rows after `from` (none: from the beginning) up to `maximum`.
Statement chunk_query(const ChunkTable& table, const std::optional<RowKey>& from, const RowKey& maximum, int size);
/// How many rows there are up to `maximum`.
Statement count_query(const ChunkTable& table, const RowKey& maximum);

}
