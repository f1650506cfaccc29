#include "cluster/storage/status_backing_store.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/async/with_timeout.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <map>

namespace millrace::cluster {

struct StatusBackingStore::State : std::enable_shared_from_this<State> {
    /// What is known when a write fails: whether writing it again is still right.
    using StillRight = std::function<bool()>;

    State(asio::any_io_executor e, Logger l) : executor(std::move(e)), logger(std::move(l)) {}

    asio::any_io_executor executor;
    Logger logger;
    StatusTable table;
    std::map<std::string, std::uint64_t> sequences;  ///< of the latest write of each key; a restart begins anew
    std::unique_ptr<KafkaBasedLog> log;
    bool stopped = false;

    void apply(const std::vector<LogRecord>& records) {
        for (const auto& record : records)
            if (const auto problem = table.apply(record.key, record.value); !problem.empty())
                logger.warn("{}", problem);
    }
    void write(std::string key, std::optional<std::string> value, StillRight still_right) {
        const auto sequence = ++sequences[key];
        send(std::move(key), std::move(value), sequence, std::move(still_right));
    }
    void send(const std::string& key, const std::optional<std::string>& value, std::uint64_t sequence,
              StillRight still_right) {
        log->send(key, value, [=, self = shared_from_this()](std::exception_ptr error) {
            if (error) asio::post(self->executor, [=] { self->failed(key, value, sequence, still_right, error); });
        });
    }
    void failed(const std::string& key, const std::optional<std::string>& value, std::uint64_t sequence,
                StillRight still_right, const std::exception_ptr& error) {
        if (stopped) return;
        try {
            std::rethrow_exception(error);
        } catch (const RetriableException&) {
            if (sequences[key] == sequence && (!still_right || still_right())) send(key, value, sequence, still_right);
        } catch (const std::exception& e) {
            logger.error("Failed to write status update {}: {}", key, e.what());
        }
    }
};

StatusBackingStore::StatusBackingStore(asio::any_io_executor executor, TopicLogOptions options)
    : state_(std::make_shared<State>(executor, options.logger)) {
    // The log is inside the state, so what it calls must not own the state.
    state_->log = std::make_unique<KafkaBasedLog>(
        std::move(options), [weak = std::weak_ptr(state_), executor](std::vector<LogRecord> records) {
            asio::post(executor, [weak, moved = std::move(records)] {
                if (const auto state = weak.lock()) state->apply(moved);
            });
        });
}

StatusBackingStore::~StatusBackingStore() { stop(); }

asio::awaitable<void> StatusBackingStore::start() {
    co_await await_done([this](auto done) { state_->log->start(std::move(done)); });
}

asio::awaitable<void> StatusBackingStore::flush() {
    co_await await_done([this](auto done) { state_->log->flush(std::move(done)); });
}

asio::awaitable<void> StatusBackingStore::flush_and_read() {
    co_await flush();
    co_await await_done([this](auto done) { state_->log->read_to_end(std::move(done)); });
}

asio::awaitable<void> StatusBackingStore::settle(std::chrono::milliseconds limit) {
    try {
        co_await with_timeout(limit, flush_and_read(), "Reading to the end of the status topic");
    } catch (const ConnectException& e) {
        state_->logger.debug("Statuses may be old for a moment: {}", e.what());
    }
}

void StatusBackingStore::stop() noexcept {
    state_->stopped = true;
    state_->log->stop();
}

void StatusBackingStore::put(const std::string& connector, const ObjectStatus& status, Mode mode) {
    const auto right = [&table = state_->table, connector, status, mode] {
        return mode == Mode::Always || may_write_safely(table.connector(connector), status);
    };
    if (right()) state_->write(connector_status_key(connector), status_value(status), right);
}

void StatusBackingStore::put(const worker::TaskId& task, const ObjectStatus& status, Mode mode) {
    const auto right = [&table = state_->table, task, status, mode] {
        return mode == Mode::Always || may_write_safely(table.task(task), status);
    };
    if (right()) state_->write(task_status_key(task), status_value(status), right);
}

void StatusBackingStore::put(const TopicStatus& status) {
    state_->write(topic_status_key(status.topic, status.connector), topic_status_value(status), {});
}

void StatusBackingStore::remove(const std::string& connector) {
    state_->write(connector_status_key(connector), std::nullopt, {});
}

void StatusBackingStore::remove(const worker::TaskId& task) { state_->write(task_status_key(task), std::nullopt, {}); }

void StatusBackingStore::remove_topic(const std::string& topic, const std::string& connector) {
    state_->write(topic_status_key(topic, connector), std::nullopt, {});
}

const StatusTable& StatusBackingStore::table() const noexcept { return state_->table; }

}
