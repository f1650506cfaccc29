/// The end of the WAL that may go: raised by the task's thread when offsets are stored, sent to the server by the
/// decoder's.
#pragma once
#include "connectors/postgres/client/lsn.hpp"
#include "connectors/postgres/client/wakeup.hpp"

#include <atomic>

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
    /// Signalled by each raise().
    Wakeup& raised() noexcept { return raised_; }

private:
    std::atomic<std::uint64_t> lsn_;
    Wakeup raised_;
};

}
