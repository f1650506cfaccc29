/// The end of the WAL that may go: raised by the task's thread when offsets are stored, sent to the server by the
/// decoder's. With it goes what else the decoder's thread wants to know of the stored offset.
#pragma once
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/client/wakeup.hpp"
#include "connectors/postgres/source/offsets.hpp"

#include <atomic>
#include <mutex>

namespace millrace::postgres {

class ConfirmedLsn {
public:
    explicit ConfirmedLsn(Lsn begin) : lsn_(number(begin)) {}

    /// Never goes back.
    void raise(Lsn lsn) noexcept {
        auto known = lsn_.load();
        while (number(lsn) > known && !lsn_.compare_exchange_weak(known, number(lsn))) {
        }
        raised_.signal();
    }
    Lsn get() const noexcept { return Lsn{lsn_.load()}; }
    /// The offset that was stored last; told before raise(), which wakes the reader.
    void set_stored(const OffsetState& offset) {
        const std::scoped_lock lock(mutex_);
        stored_ = offset;
    }
    OffsetState stored() const {
        const std::scoped_lock lock(mutex_);
        return stored_;
    }
    /// Signalled by each raise().
    Wakeup& raised() noexcept { return raised_; }

private:
    std::atomic<std::uint64_t> lsn_;
    mutable std::mutex mutex_;
    OffsetState stored_;
    Wakeup raised_;
};

}
