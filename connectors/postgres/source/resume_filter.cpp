#include "connectors/postgres/source/resume_filter.hpp"

#include <algorithm>

namespace millrace::postgres {

ResumeFilter::ResumeFilter(const OffsetState& stored) {
    if (!stored.processed) return;
    position_ = *stored.processed;
    committed_ = stored.committed.value_or(position_);
    events_ = std::max<std::int64_t>(stored.events_with_lsn, 1);
    if (stored.tx_id) xid_ = static_cast<std::uint32_t>(*stored.tx_id);
    at_message_ = stored.message == MessageType::Logical;
    // A commit, or a message outside transactions, which counts as one.
    const bool between = stored.message == MessageType::Commit || stored.message == MessageType::None ||
                         stored.message == MessageType::Begin || (at_message_ && committed_ == position_ && !xid_);
    inside_transaction_ = !between;
    done_ = false;
}

void ResumeFilter::begin(Lsn final_lsn, std::uint32_t xid) noexcept {
    seen_ = 0;
    scope_ = Scope::Nothing;
    if (done_) return;
    // Commit records do not overlap: one that starts before the end of another ends no later.
    if (final_lsn < committed_) {
        scope_ = Scope::Everything;
        return;
    }
    done_ = true;
    if (inside_transaction_ && (!xid_ || *xid_ == xid)) scope_ = Scope::UpToPosition;
}

bool ResumeFilter::drops_event(Lsn lsn, bool data) noexcept {
    switch (scope_) {
    case Scope::Nothing:
        return false;
    case Scope::Everything:
        return true;
    case Scope::UpToPosition:
        break;
    }
    if (lsn != position_) return lsn < position_;
    // A message ends where the next row's record may start, so rows and messages count apart.
    if (at_message_) return !data;
    if (!data) return true;
    return ++seen_ <= events_;
}

}
