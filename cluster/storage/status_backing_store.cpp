#include "cluster/storage/status_backing_store.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/async/with_timeout.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <map>

namespace millrace::cluster {

struct StatusBackingStore::State : std::enable_shared_from_this<State> {
    /// Whether a write that was not made is still right by what the topic says now.
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
            log->read_to_end([=, self = shared_from_this()](const std::exception_ptr&) {
                asio::post(self->executor, [=] { self->write_again(key, value, sequence, still_right); });
            });
        } catch (const std::exception& e) {
            logger.error("Failed to write status update {}: {}", key, e.what());
        }
    }
    void write_again(const std::string& key, const std::optional<std::string>& value, std::uint64_t sequence,
                     const StillRight& still_right) {
        if (stopped || sequences[key] != sequence) return;
        if (still_right()) return send(key, value, sequence, still_right);
        logger.info("Status update {} is not written: there are newer ones of other workers", key);
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
    const auto safe = [&table = state_->table, connector, status] {
        return may_write_safely(table.connector(connector), status);
    };
    if (mode == Mode::Always || safe()) state_->write(connector_status_key(connector), status_value(status), safe);
}

void StatusBackingStore::put(const worker::TaskId& task, const ObjectStatus& status, Mode mode) {
    const auto safe = [&table = state_->table, task, status] { return may_write_safely(table.task(task), status); };
    if (mode == Mode::Always || safe()) state_->write(task_status_key(task), status_value(status), safe);
}

void StatusBackingStore::put(const TopicStatus& status) {
    const auto unknown = [&table = state_->table, status] {
        return !table.knows_topic(status.connector, status.topic);
    };
    state_->write(topic_status_key(status.topic, status.connector), topic_status_value(status), unknown);
}

namespace {

template <class T>
std::optional<T> copy_of(const T* value) {
    return value ? std::optional(*value) : std::nullopt;
}

}

void StatusBackingStore::remove(const std::string& connector) {
    const auto same = [&table = state_->table, connector, then = copy_of(state_->table.connector(connector))] {
        return copy_of(table.connector(connector)) == then;
    };
    state_->write(connector_status_key(connector), std::nullopt, same);
}

void StatusBackingStore::remove(const worker::TaskId& task) {
    const auto same = [&table = state_->table, task, then = copy_of(state_->table.task(task))] {
        return copy_of(table.task(task)) == then;
    };
    state_->write(task_status_key(task), std::nullopt, same);
}

void StatusBackingStore::remove_topic(const std::string& topic, const std::string& connector) {
    const auto known = [&table = state_->table, topic, connector] { return table.knows_topic(connector, topic); };
    state_->write(topic_status_key(topic, connector), std::nullopt, known);
}

const StatusTable& StatusBackingStore::table() const noexcept { return state_->table; }

}
