/// The rows of one chunk between its watermarks.
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/source/table_model.hpp"
#include "connectors/postgres/source/unseen_transactions.hpp"

#include <unordered_map>

namespace millrace::postgres {

struct ChunkWindow {
    std::string id = {};         ///< a UUID, part of the markers; empty without markers
    std::optional<Lsn> at = {};  ///< the second watermark, where it is a position
    bool open = false;           ///< the stream is behind the first watermark
    TransactionView view = {};   ///< which the rows were read in, or in one a little newer
    std::string table = {};      ///< schema.table; empty: no chunk has rows
    const TableModel* model = nullptr;
    std::vector<std::string> key = {};  ///< columns that tell rows apart
    Rows source{nullptr};
    std::unordered_multimap<std::string, std::size_t> rows = {};  ///< key to row, those that are left

    /// A chunk was read and its second watermark has not come yet.
    bool pending() const noexcept { return !id.empty() || at; }
    /// What this transaction changes in the table tells better what its rows are.
    bool watches(const TableModel& relation, std::uint32_t xid) const noexcept {
        return model != nullptr && (open || !view.shows(xid)) && relation.name() == table;
    }
    /// Takes the chunk's rows.
    void fill(Rows chunk, const TableModel& chunk_model, std::vector<std::string> key_columns);
    /// The stream tells of the row with this key.
    void forget(const TableModel& relation, Tuple row);
    Tuple row(std::size_t index, std::vector<Column>& columns) const;

private:
    std::optional<std::string> key_text(const TableModel& model, Tuple row) const;
};

}
