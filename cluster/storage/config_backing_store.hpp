/// The config topic: what the group shall run.
///
/// State   belongs to one executor thread; events come there, and only for records read after start().
/// Errors  a failed write throws ConnectException with Java's text after at most write_limit; NotPrivilegedException
///         if it needed a privilege that was lost, or not claimed; GivenUpException if nothing of it was written since
///         this worker was no member of its group meanwhile.
/// Facts   the order of records in each write is Kafka Connect's; docs/formats tells it.
#pragma once
#include "cluster/storage/config_reader.hpp"
#include "cluster/storage/fencable_writer.hpp"
#include "cluster/storage/kafka_based_log.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::cluster {

namespace asio = boost::asio;

/// The leader's writes are not taken until it claims the privilege (again): another leader may have it.
struct NotPrivilegedException : ConnectException {
    using ConnectException::ConnectException;
};

class ConfigBackingStore {
public:
    using OnEvent = std::function<void(const ConfigEvent&)>;
    static constexpr std::chrono::seconds write_limit{30};

    /// `leader`: settings of a transactional producer, with which the leader's writes are fenced; none: they are not.
    ConfigBackingStore(asio::any_io_executor executor, TopicLogOptions options,
                       std::optional<worker::ClientConfig> leader = {});
    ~ConfigBackingStore();
    void set_listener(OnEvent listener);

    /// Reads the topic to its end. Throws ConfigException for a topic that will not do.
    asio::awaitable<void> start();
    void stop() noexcept;  ///< blocks for the threads of the log

    std::shared_ptr<const ClusterConfigState> snapshot() const;
    /// Reads to the present end; false if that takes longer than `limit`.
    asio::awaitable<bool> refresh(std::chrono::milliseconds limit);
    /// Of the topic, as the newest refresh() has found it; -1 before start().
    std::int64_t end() const;

    /// For a new leader: nobody else writes from now on what is the leader's to write. True at once where it is not
    /// fenced, or claimed already. Throws ConnectException.
    asio::awaitable<void> claim_write_privileges();
    bool can_write_as_leader() const noexcept { return !writer_ || claimed_; }
    void relinquish_write_privileges();

    // The leader's.
    asio::awaitable<void> put_connector_config(std::string connector, Settings config,
                                               std::optional<worker::TargetState> initial);
    asio::awaitable<void> remove_connector_config(std::string connector);
    asio::awaitable<void> put_task_configs(std::string connector, std::vector<Settings> configs);
    asio::awaitable<void> put_restart_request(RestartRecord request);
    asio::awaitable<void> put_session_key(SessionKey key);
    /// How many producers of this exactly-once source are to be fenced next time.
    asio::awaitable<void> put_task_count(std::string connector, int tasks);

    // Any worker's.
    asio::awaitable<void> put_target_state(std::string connector, worker::TargetState state);
    asio::awaitable<void> put_logger_level(std::string logger, std::string level);
    /// The certificate that the worker at this URL shows to its peers; none: it ends.
    asio::awaitable<void> put_peer(std::string url, std::optional<std::string> fingerprint);

private:
    struct State;
    using Records = std::vector<std::pair<std::string, std::optional<std::string>>>;
    asio::awaitable<void> write(Records records, bool then_read, std::string failure);
    asio::awaitable<void> write_as_leader(Records records, bool then_read, std::string failure);
    asio::awaitable<std::string> try_fenced(Records records, std::string failure);
    asio::awaitable<void> send_fenced(Records records);
    asio::awaitable<void> send_all(Records records);
    asio::awaitable<void> read_to_end();

    std::shared_ptr<State> state_;
    KafkaBasedLog log_;
    std::unique_ptr<FencableWriter> writer_;
    bool claimed_ = false;
};

}
