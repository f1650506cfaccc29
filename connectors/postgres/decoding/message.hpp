/// What a logical decoding plugin tells: the messages that all wire formats are reduced to.
///
/// Views point into the payload that was decoded and into the decoder; both end with the next decode.
#pragma once
#include "connectors/postgres/client/lsn.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::postgres {

struct Column {
    enum class Kind : char { Null = 'n', UnchangedToast = 'u', Text = 't' } kind = Kind::Null;
    std::string_view text = {};  ///< the type's text output in UTF-8; empty unless Text
};
using Tuple = std::span<const Column>;  ///< in the order of the Relation's columns

struct Begin {
    Lsn final_lsn = no_lsn;  ///< where the commit record starts
    PgMicros commit_time{};
    std::uint32_t xid = 0;
};
struct Commit {
    Lsn commit_lsn = no_lsn;  ///< where the commit record starts
    Lsn end_lsn = no_lsn;     ///< where it ends
    PgMicros commit_time{};
};
/// The transaction came to this server by replication.
struct OriginMessage {
    Lsn lsn = no_lsn;
    std::string_view name = {};
};
struct RelationColumn {
    bool key = false;  ///< part of the replica identity
    std::string_view name = {};
    std::uint32_t type = 0;
    std::int32_t typmod = -1;
};
struct Relation {
    std::uint32_t id = 0;
    std::string_view schema = {};  ///< empty: pg_catalog
    std::string_view name = {};
    char replica_identity = 'd';  ///< d, n, f, i
    std::vector<RelationColumn> columns = {};
};
struct TypeMessage {
    std::uint32_t id = 0;
    std::string_view schema = {};
    std::string_view name = {};
};
struct Insert {
    std::uint32_t relation = 0;
    Tuple row = {};
};
enum class OldRow : char { Absent = 0, Key = 'K', Full = 'O' };
struct Update {
    std::uint32_t relation = 0;
    OldRow old_kind = OldRow::Absent;
    Tuple old_row = {};
    Tuple new_row = {};
};
struct Delete {
    std::uint32_t relation = 0;
    OldRow old_kind = OldRow::Absent;
    Tuple old_row = {};
};
struct Truncate {
    bool cascade = false;
    bool restart_identity = false;
    std::vector<std::uint32_t> relations = {};
};
/// pg_logical_emit_message.
struct LogicalMessage {
    bool transactional = false;
    Lsn lsn = no_lsn;
    std::string_view prefix = {};
    std::string_view content = {};
};

using Message =
    std::variant<Begin, Commit, OriginMessage, Relation, TypeMessage, Insert, Update, Delete, Truncate, LogicalMessage>;

}
