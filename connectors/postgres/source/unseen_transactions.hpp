/// Which transactions of the stream the tables do not show yet.
///
/// A server sends a transaction once its commit is in the WAL, and shows it to others a moment later: with synchronous
/// replication when a standby has answered. What is read from a table in between is older than the stream.
///
/// Facts   PostgreSQL, xact.c: the commit is flushed, standbys are waited for, then the transaction leaves the list of
///         those that run; pg_snapshot.
#pragma once
#include "connectors/postgres/client/connection.hpp"

#include <cstdint>
#include <vector>

namespace millrace::postgres {

/// What a statement that begins now sees at least.
struct TransactionView {
    std::uint32_t end = 0;                    ///< the first number that no transaction had
    std::vector<std::uint32_t> running = {};  ///< those before it that are not shown

    /// `xid` is one of the last two thousand million, as those of the stream are.
    bool shows(std::uint32_t xid) const noexcept;
};

TransactionView current_view(Connection& connection);

class UnseenTransactions {
public:
    void add(std::uint32_t xid);
    /// True if the view shows each of them. Those that it shows are forgotten.
    bool all_in(const TransactionView& view);
    bool none() const noexcept { return unseen_.empty(); }
    /// It is time to look which of them are shown.
    bool many() const noexcept { return unseen_.size() >= look_at_; }

private:
    static constexpr std::size_t fewest_to_look_at = 65'536;

    std::vector<std::uint32_t> unseen_;
    std::size_t look_at_ = fewest_to_look_at;
};

}
