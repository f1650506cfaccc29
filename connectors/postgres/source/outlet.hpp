/// Where the decoder's thread hands its batches over, and what ends its waits: a stop from the task's thread interrupts
/// each of them.
///
/// Threads  stop() comes from the task's thread, all else from the decoder's.
#pragma once
#include "connectors/postgres/client/wakeup.hpp"
#include "connectors/postgres/source/batch_queue.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <utility>

namespace millrace::postgres {

class Outlet {
public:
    explicit Outlet(BatchQueue& queue) : queue_(queue) {}

    /// Blocks while the queue is full, calling `while_waiting` now and then. Throws Interrupted when stopped.
    void deliver(SourceBatch batch, const std::function<void()>& while_waiting = {});
    /// Throws Interrupted when stopped.
    void pause(std::chrono::milliseconds time) const;
    void throw_if_stopping() const;
    void stop() noexcept;
    bool stopping() const noexcept { return stopping_.load(); }
    /// Signalled by stop(): for connections, so that their waits end too.
    Wakeup& stop_signal() noexcept { return stop_signal_; }
    /// Whether something was delivered since the last call.
    bool take_progress() noexcept { return std::exchange(progress_, false); }

private:
    BatchQueue& queue_;
    Wakeup stop_signal_;
    std::atomic<bool> stopping_{false};
    bool progress_ = false;
};

}
