#include "cluster/storage/config_backing_store.hpp"

#include "cluster/async/await_callback.hpp"
#include "cluster/async/with_timeout.hpp"

#include <boost/asio/post.hpp>

#include <atomic>

namespace millrace::cluster {

struct ConfigBackingStore::State {
    Logger logger;
    ConfigReader reader;
    OnEvent listener;
    bool started = false;

    void apply(const std::vector<LogRecord>& records) {
        for (const auto& record : records) {
            const auto result = reader.apply(record.offset, record.key, record.value);
            if (!result.problem.empty()) logger.error("{}", result.problem);
            if (started && listener && result.event) listener(*result.event);
        }
    }
};

ConfigBackingStore::ConfigBackingStore(asio::any_io_executor executor, TopicLogOptions options,
                                       std::optional<worker::ClientConfig> leader)
    : state_(std::make_shared<State>(State{options.logger, {}, {}, false})),
      log_(options,
           [state = state_, executor](auto records) {
               asio::post(executor, [state, moved = std::move(records)] { state->apply(moved); });
           }),
      writer_(leader ? std::make_unique<FencableWriter>(std::move(*leader), options.topic, options.logger,
                                                        options.lease, options.clients->add())
                     : nullptr) {}

ConfigBackingStore::~ConfigBackingStore() { stop(); }

void ConfigBackingStore::set_listener(OnEvent listener) { state_->listener = std::move(listener); }

asio::awaitable<void> ConfigBackingStore::start() {
    co_await await_done([this](auto done) { log_.start(std::move(done)); });
    state_->started = true;
}

void ConfigBackingStore::stop() noexcept {
    if (writer_) writer_->stop();
    log_.stop();
}

asio::awaitable<void> ConfigBackingStore::claim_write_privileges() {
    if (can_write_as_leader()) co_return;
    co_await await_done([this](auto done) { writer_->claim(std::move(done)); });
    claimed_ = true;
}

void ConfigBackingStore::relinquish_write_privileges() {
    if (!std::exchange(claimed_, false)) return;
    writer_->relinquish();
}

std::shared_ptr<const ClusterConfigState> ConfigBackingStore::snapshot() const { return state_->reader.snapshot(); }

asio::awaitable<void> ConfigBackingStore::read_to_end() {
    co_await await_done([this](auto done) { log_.read_to_end(std::move(done)); });
}

asio::awaitable<bool> ConfigBackingStore::refresh(std::chrono::milliseconds limit) {
    try {
        co_await with_timeout(limit, read_to_end(), "Reading to the end of the config topic");
        co_return true;
    } catch (const TimeoutException&) {
        co_return false;
    }
}

std::int64_t ConfigBackingStore::end() const {
    const auto ends = log_.ends();
    return ends.empty() ? -1 : ends.front();
}

asio::awaitable<void> ConfigBackingStore::send_all(Records records) {
    struct Pending {
        std::atomic<std::size_t> left;
        std::atomic<bool> failed = false;
        std::function<void(std::exception_ptr)> done;
    };
    co_await await_done([&](auto done) {
        auto pending = std::make_shared<Pending>();
        pending->left = records.size();
        pending->done = std::move(done);
        for (auto& [key, value] : records)
            log_.send(std::move(key), std::move(value), [pending](std::exception_ptr error) {
                const bool first_failure = error && !pending->failed.exchange(true);
                const bool last = pending->left.fetch_sub(1) == 1;
                if (first_failure || (last && !pending->failed)) pending->done(error);
            });
    });
}

asio::awaitable<void> ConfigBackingStore::write(Records records, bool then_read, std::string failure) {
    try {
        if (!records.empty()) co_await with_timeout(write_limit, send_all(std::move(records)), failure);
        if (then_read) co_await with_timeout(write_limit, read_to_end(), failure);
    } catch (const GivenUpException& e) {
        state_->logger.info("{}: {}", failure, e.what());
        throw;
    } catch (const ConnectException& e) {
        state_->logger.error("{}: {}", failure, e.what());
        throw ConnectException(failure);
    }
}

asio::awaitable<void> ConfigBackingStore::send_fenced(Records records) {
    co_await await_done([&](auto done) { writer_->write(std::move(records), std::move(done)); });
}

/// Why it could not be written, or "".
asio::awaitable<std::string> ConfigBackingStore::try_fenced(Records records, std::string failure) {
    try {
        co_await with_timeout(write_limit, send_fenced(std::move(records)), std::move(failure));
        co_return "";
    } catch (const ConnectException& e) {
        co_return e.what();
    }
}

asio::awaitable<void> ConfigBackingStore::write_as_leader(Records records, bool then_read, std::string failure) {
    if (writer_ && !records.empty()) {
        std::string why = "they were not claimed";
        if (std::exchange(claimed_, false)) why = co_await try_fenced(std::move(records), failure);
        claimed_ = why.empty();
        if (!claimed_) {
            writer_->relinquish();
            state_->logger.error("{}: no write privileges: {}", failure, why);
            throw NotPrivilegedException(
                "Failed to write to config topic; this may be due to a transient error and the request can be safely "
                "retried");
        }
        records = {};
    }
    co_await write(std::move(records), then_read, std::move(failure));
}

asio::awaitable<void> ConfigBackingStore::put_connector_config(std::string connector, Settings config,
                                                               std::optional<worker::TargetState> initial) {
    Records records;
    if (initial) records.emplace_back(target_state_key(connector), target_state_value(*initial));
    records.emplace_back(connector_key(connector), properties_value(config));
    co_await write_as_leader(std::move(records), true, "Error writing connector configuration to Kafka");
}

asio::awaitable<void> ConfigBackingStore::remove_connector_config(std::string connector) {
    Records records;
    records.emplace_back(connector_key(connector), std::nullopt);
    records.emplace_back(target_state_key(connector), std::nullopt);
    co_await write_as_leader(std::move(records), true, "Error removing connector configuration from Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_task_configs(std::string connector, std::vector<Settings> configs) {
    const std::string failure = "Error writing root configuration to Kafka";
    Records records;
    int number = 0;
    for (const auto& config : configs) records.emplace_back(task_key({connector, number++}), properties_value(config));
    Records none;
    co_await write_as_leader(std::move(none), true, failure);
    // Nobody may see a commit before the configurations that it commits.
    if (!records.empty()) co_await write_as_leader(std::move(records), true, failure);
    Records commit;
    commit.emplace_back(commit_key(connector), commit_value(number));
    co_await write_as_leader(std::move(commit), true, failure);
}

asio::awaitable<void> ConfigBackingStore::put_restart_request(RestartRecord request) {
    Records records;
    records.emplace_back(restart_key(request.connector), restart_value(request));
    co_await write_as_leader(std::move(records), false, "Error writing restart request to Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_session_key(SessionKey key) {
    Records records;
    records.emplace_back(std::string(session_key_key), session_key_value(key));
    co_await write_as_leader(std::move(records), true, "Error writing session key to Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_task_count(std::string connector, int tasks) {
    Records records;
    records.emplace_back(task_count_key(connector), task_count_value(tasks));
    co_await write_as_leader(std::move(records), true, "Error writing task count record to Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_target_state(std::string connector, worker::TargetState state) {
    Records records;
    records.emplace_back(target_state_key(connector), target_state_value(state));
    co_await write(std::move(records), false, "Error writing target state to Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_logger_level(std::string logger, std::string level) {
    Records records;
    records.emplace_back(logger_key(logger), logger_value(level));
    co_await write(std::move(records), false, "Error writing logger level to Kafka");
}

asio::awaitable<void> ConfigBackingStore::put_peer(std::string url, std::optional<std::string> fingerprint) {
    Records records;
    std::optional<std::string> value;
    if (fingerprint) value = peer_value(*fingerprint);
    records.emplace_back(peer_key(url), std::move(value));
    co_await write(std::move(records), true, "Error writing this worker's peer certificate to Kafka");
}

}
