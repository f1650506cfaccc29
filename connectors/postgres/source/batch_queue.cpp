#include "connectors/postgres/source/batch_queue.hpp"

namespace millrace::postgres {
namespace {

std::size_t bytes_of(const SourceBatch& batch) noexcept {
    return (batch.values ? batch.values->used_bytes() : 0) + (batch.offsets ? batch.offsets->used_bytes() : 0) +
           batch.records.size() * sizeof(SourceRecord);
}

}

bool BatchQueue::push(SourceBatch& batch, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    if (!taken_.wait_for(lock, patience, [&] { return closed_ || has_room(); }) || closed_) return false;
    const auto bytes = bytes_of(batch);
    bytes_ += bytes;
    records_ += batch.records.size();
    items_.push_back({std::move(batch), bytes});
    batch = {};
    lock.unlock();
    filled_.notify_one();
    return true;
}

std::optional<SourceBatch> BatchQueue::pop(std::stop_token stop, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    filled_.wait_for(lock, stop, wait, [&] { return !items_.empty() || failure_; });
    if (items_.empty()) {
        if (failure_) std::rethrow_exception(failure_);
        return {};
    }
    auto item = std::move(items_.front());
    items_.pop_front();
    bytes_ -= item.bytes;
    records_ -= item.batch.records.size();
    lock.unlock();
    taken_.notify_one();
    return std::move(item.batch);
}

void BatchQueue::fail(std::exception_ptr failure) noexcept {
    {
        const std::lock_guard lock(mutex_);
        failure_ = std::move(failure);
    }
    filled_.notify_all();
}

BatchQueue::Fill BatchQueue::fill() const {
    const std::lock_guard lock(mutex_);
    return {.limits = limits_, .bytes = bytes_, .records = records_};
}

void BatchQueue::close() noexcept {
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
    }
    taken_.notify_all();
}

}
