/// One thread for the calls to one plugin object, one after the other in their order. A plugin that hangs holds up this
/// thread and nothing else: it is left to itself when its PluginThread goes.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace millrace::worker {

class PluginThread {
public:
    PluginThread();
    ~PluginThread();  ///< what was posted still runs; does not wait for it
    PluginThread(const PluginThread&) = delete;
    PluginThread& operator=(const PluginThread&) = delete;

    /// `call` must not throw, and owns what it needs.
    void post(std::function<void()> call);

private:
    struct Queue {
        std::mutex mutex;
        std::condition_variable changed;
        std::deque<std::function<void()>> calls;
        bool closed = false;
    };
    static void run(const std::shared_ptr<Queue>& queue);

    std::shared_ptr<Queue> queue_;
};

/// A callback that is called once, by whoever comes first: the work's end or its deadline.
template <class... Args>
class Once {
public:
    explicit Once(std::function<void(Args...)> call) : state_(std::make_shared<State>(std::move(call))) {}
    /// False if it was called before.
    bool operator()(Args... args) const {
        std::function<void(Args...)> call;
        {
            const std::lock_guard lock(state_->mutex);
            call = std::exchange(state_->call, nullptr);
        }
        if (!call) return false;
        call(std::move(args)...);
        return true;
    }

private:
    struct State {
        explicit State(std::function<void(Args...)> c) : call(std::move(c)) {}
        std::mutex mutex;
        std::function<void(Args...)> call;
    };
    std::shared_ptr<State> state_;
};

}
