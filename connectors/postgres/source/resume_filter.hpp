/// Decides which events of the stream were delivered before a restart. Pure.
///
/// The position is (commit, index): transactions come in the order of their commits, so a transaction whose commit
/// record starts before the last stored commit is complete; in the one that was running, an event is known by its LSN
/// and by how many events with that LSN came before it. Nothing that was not delivered is dropped.
#pragma once
#include "connectors/postgres/source/offsets.hpp"

namespace millrace::postgres {

class ResumeFilter {
public:
    ResumeFilter() = default;  ///< lets everything pass
    /// From the stored offset. Offsets of a finished snapshot have no lsn_proc: the slot starts at the right place.
    explicit ResumeFilter(const OffsetState& stored);

    void begin(Lsn final_lsn, std::uint32_t xid) noexcept;
    /// True: the row event (`data`) or transactional message at `lsn` was delivered. Counts, so ask once an event.
    bool drops_event(Lsn lsn, bool data) noexcept;
    /// For messages outside transactions.
    bool drops_plain_message(Lsn lsn) const noexcept { return lsn <= committed_ && committed_ != no_lsn; }
    /// True if the whole transaction was delivered, BEGIN and END records included.
    bool drops_transaction() const noexcept { return scope_ == Scope::Everything; }
    /// True in the transaction that was running when the offset was stored.
    bool continues_transaction() const noexcept { return scope_ == Scope::UpToPosition; }
    void commit() noexcept { scope_ = Scope::Nothing; }

private:
    enum class Scope : std::uint8_t { Nothing, Everything, UpToPosition };

    Lsn committed_ = no_lsn;  ///< C
    Lsn position_ = no_lsn;   ///< E
    std::int64_t events_ = 0;
    std::optional<std::uint32_t> xid_ = {};
    bool at_message_ = false;
    bool inside_transaction_ = false;  ///< the offset was written inside a transaction
    bool done_ = true;
    Scope scope_ = Scope::Nothing;
    std::int64_t seen_ = 0;
};

}
