/// Ends a wait for PostgreSQL from another thread: an eventfd that every poll(2) of the client watches.
#pragma once

namespace millrace::postgres {

class Wakeup {
public:
    Wakeup();  ///< throws ConnectException when the process has no descriptor left
    ~Wakeup();
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    /// From any thread. Waits that run or begin later end at once, until clear().
    void signal() noexcept;
    void clear() noexcept;
    int descriptor() const noexcept { return descriptor_; }

private:
    int descriptor_ = -1;
};

}
