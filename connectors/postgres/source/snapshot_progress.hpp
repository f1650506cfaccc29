/// How far an initial snapshot has come, so that one that was interrupted goes on with the rest: its form in the source
/// offset, and what is left to read of a table. Pure.
///
/// The view of the database that an interrupted snapshot had is gone. The rest is read in a new one, and the stream is
/// read from the position of the first, so that changes of what was read before come with it. A large table is read in
/// ranges of its pages. A version of a row stays on its page until the table is rewritten, so of the pages that were
/// read only the rows need reading again that a transaction wrote which the first view did not see.
///
/// Facts  PostgreSQL manual: "System Columns" (ctid, xmin), "Snapshot Information Functions".
#pragma once
#include "connectors/api/arena.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::postgres {

using SnapshotProgressPtr = std::shared_ptr<const std::string>;  ///< as it stands in the offset; null: none

struct SnapshotProgress {
    using Table = std::uint32_t;  ///< its OID: a table that is made anew is another one
    struct Part {
        std::int64_t file = 0;   ///< of the table; another one after it was rewritten
        std::int64_t since = 0;  ///< transactions from this one on may have written what the view did not show
        std::int64_t pages = 0;  ///< that are read
        bool operator==(const Part&) const = default;
    };
    std::string settings = {};  ///< fingerprint of those that shape the rows
    std::set<Table> done = {};
    std::map<Table, Part> parts = {};
    bool operator==(const SnapshotProgress&) const = default;
};

SnapshotProgressPtr to_offset(const SnapshotProgress& progress);
/// None if it is not understood.
std::optional<SnapshotProgress> parse_snapshot_progress(std::string_view text);

/// What the server says of a table's pages.
struct TableFile {
    bool has_pages = false;  ///< one heap of its own, whose pages can be asked for
    std::int64_t pages = 0;
    std::int64_t file = 0;
};
/// One COPY of several that read a table.
struct Piece {
    std::string condition = {};              ///< empty: all rows
    std::optional<std::int64_t> pages = {};  ///< that are read once its rows have been
};
struct TablePlan {
    std::vector<Piece> pieces = std::vector<Piece>(1);
    bool goes_on = false;  ///< from what was read before; otherwise from the beginning
};
/// Pieces of `at_once` pages; of what `part` says only the rest. `next_transaction` is the server's.
TablePlan plan_pieces(const TableFile& file, std::int64_t at_once, const std::optional<SnapshotProgress::Part>& part,
                      std::int64_t next_transaction);

}
