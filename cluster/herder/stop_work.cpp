#include "cluster/herder/stop_work.hpp"

#include "cluster/async/await_callback.hpp"

#include <atomic>

namespace millrace::cluster {

namespace {

/// Calls `done` after it has been called `count` times. From any thread.
worker::Done after(std::size_t count, worker::Done done) {
    struct Pending {
        std::atomic<std::size_t> left;
        worker::Done done;
    };
    auto pending = std::make_shared<Pending>();
    pending->left = count;
    pending->done = std::move(done);
    return [pending](const std::exception_ptr&) {
        if (pending->left.fetch_sub(1) == 1) pending->done(nullptr);
    };
}

}

asio::awaitable<void> stop_in_worker(worker::Worker& worker, Work work, worker::StopManner manner) {
    if (work.empty()) co_return;
    const auto count = work.connectors.size() + (work.tasks.empty() ? 0 : 1);
    co_await await_done([&](auto done) {
        const auto one = after(count, std::move(done));
        for (const auto& name : work.connectors) worker.stop_connector(name, one, manner);
        if (!work.tasks.empty()) worker.stop_tasks(work.tasks, one, manner);
    });
}

}
