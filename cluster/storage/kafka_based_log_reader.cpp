#include "cluster/storage/kafka_based_log_state.hpp"
#include "worker/kafka/error.hpp"

#include <algorithm>

namespace millrace::cluster {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr worker::KafkaErrorCode topic_authorization_failed = 29;
constexpr milliseconds reader_wait{100};       ///< longest wait for records: stop() waits that long
constexpr milliseconds reopen_pause{100};      ///< before the next consumer, when one has failed
constexpr milliseconds forbidden_pause{2000};  ///< the same while its principal may not read
constexpr milliseconds stall_limit{5000};      ///< without a record while somebody waits for the end: a new consumer
constexpr milliseconds open_transaction_limit{90000};  ///< the same where a transaction may stand before the end

}

void KafkaBasedLog::State::run_reader() noexcept {
    while (!stopping) {
        try {
            worker::Consumer consumer(options.consumer, options.logger, consumer_metrics.get());
            read(consumer);
        } catch (const std::exception& e) {
            options.logger.error("Error polling topic {}, reading on from where it was: {}", options.topic, e.what());
            const auto* answer = dynamic_cast<const worker::KafkaException*>(&e);
            const bool forbidden = answer != nullptr && answer->code == topic_authorization_failed;
            if (forbidden) end_waiters(std::current_exception());
            pause(forbidden ? forbidden_pause : reopen_pause);
        }
    }
    end_waiters(stopped_error(options.topic));
}

void KafkaBasedLog::State::end_waiters(const std::exception_ptr& error) {
    std::vector<EndWaiter> left;
    {
        const std::lock_guard lock(positions_mutex);
        left.swap(waiters);
    }
    for (auto& waiter : left) waiter.done(error);
}

void KafkaBasedLog::State::read(worker::Consumer& consumer) {
    std::vector<worker::Consumer::Assignment> assignment;
    {
        const std::lock_guard lock(positions_mutex);
        for (std::size_t p = 0; p < positions.size(); ++p)
            assignment.push_back({{options.topic, static_cast<std::int32_t>(p)}, positions[p]});
    }
    consumer.assign(assignment);
    const auto patience = reads_committed(options) ? open_transaction_limit : stall_limit;
    auto last_progress = steady_clock::now();
    while (!stopping) {
        std::vector<LogRecord> batch;
        consumer.poll(reader_wait, [&](const worker::ConsumerRecord& record) {
            batch.push_back({record.partition, record.offset, std::string(record.key.value_or("")),
                             record.value ? std::optional<std::string>(*record.value) : std::nullopt});
        });
        if (!batch.empty()) on_records(std::move(batch));
        if (advance(consumer)) last_progress = steady_clock::now();
        if (steady_clock::now() - last_progress > patience)
            throw ConnectException("it stands still before the end although somebody waits for it");
    }
}

/// False if nothing was read and somebody waits. A partition of librdkafka's consumer may stay behind for good when its
/// broker comes back after a long time.
bool KafkaBasedLog::State::advance(const worker::Consumer& consumer) {
    std::vector<EndWaiter> done;
    bool progress = false;
    {
        const std::lock_guard lock(positions_mutex);
        for (std::size_t p = 0; p < positions.size(); ++p) {
            const auto position = consumer.position({options.topic, static_cast<std::int32_t>(p)});
            if (!position || *position <= positions[p]) continue;
            positions[p] = *position;
            progress = true;
        }
        const auto split = std::stable_partition(waiters.begin(), waiters.end(),
                                                 [this](const EndWaiter& waiter) { return !reached(waiter); });
        std::move(split, waiters.end(), std::back_inserter(done));
        waiters.erase(split, waiters.end());
        progress = progress || waiters.empty();
    }
    for (auto& waiter : done) waiter.done(nullptr);
    return progress;
}

bool KafkaBasedLog::State::reached(const EndWaiter& waiter) const {
    for (std::size_t p = 0; p < waiter.ends.size(); ++p)
        if (positions[p] < waiter.ends[p]) return false;
    return true;
}

}
