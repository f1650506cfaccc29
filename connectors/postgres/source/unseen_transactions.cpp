#include "connectors/postgres/source/unseen_transactions.hpp"

#include <algorithm>

namespace millrace::postgres {

bool TransactionView::shows(std::uint32_t xid) const noexcept {
    const bool before_end = static_cast<std::int32_t>(xid - end) < 0;  // numbers wrap around
    return before_end && std::ranges::find(running, xid) == running.end();
}

TransactionView current_view(Connection& connection) {
    // By the old names, which each version knows.
    const auto numbers = connection.query(
        "WITH view AS (SELECT txid_current_snapshot() AS s) "
        "SELECT txid_snapshot_xmax(s) FROM view UNION ALL SELECT txid_snapshot_xip(s) FROM view");
    TransactionView view{.end = static_cast<std::uint32_t>(numbers.integer(0, 0).value_or(0))};
    for (std::size_t row = 1; row < numbers.size(); ++row) {
        view.running.push_back(static_cast<std::uint32_t>(numbers.integer(row, 0).value_or(0)));
    }
    return view;
}

void UnseenTransactions::add(std::uint32_t xid) {
    if (xid != 0) unseen_.push_back(xid);
}

bool UnseenTransactions::all_in(const TransactionView& view) {
    std::erase_if(unseen_, [&](std::uint32_t xid) { return view.shows(xid); });
    look_at_ = std::max(fewest_to_look_at, 2 * unseen_.size());
    return unseen_.empty();
}

}
