#include "worker/runtime/plugin_thread.hpp"

#include <thread>

namespace millrace::worker {

PluginThread::PluginThread() : queue_(std::make_shared<Queue>()) {
    std::thread([queue = queue_] { run(queue); }).detach();
}

PluginThread::~PluginThread() {
    const std::lock_guard lock(queue_->mutex);
    queue_->closed = true;
    queue_->changed.notify_all();
}

void PluginThread::post(std::function<void()> call) {
    const std::lock_guard lock(queue_->mutex);
    queue_->calls.push_back(std::move(call));
    queue_->changed.notify_all();
}

void PluginThread::run(const std::shared_ptr<Queue>& queue) {
    std::unique_lock lock(queue->mutex);
    for (;;) {
        queue->changed.wait(lock, [&] { return queue->closed || !queue->calls.empty(); });
        if (queue->calls.empty()) return;
        auto call = std::move(queue->calls.front());
        queue->calls.pop_front();
        lock.unlock();
        call();
        call = nullptr;  // what it owns goes before the lock is taken
        lock.lock();
    }
}

}
