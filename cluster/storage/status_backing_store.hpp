/// The status topic: what connectors and tasks are doing, and which topics they use.
///
/// State   belongs to one executor thread. Reads answer from memory and show a write only when it came back by the
///         topic.
/// Errors  writes never throw: after a retriable failure, and when this worker is a member of its group again, the
///         topic is read to its end, and what is still true is written again; others are logged.
#pragma once
#include "cluster/storage/kafka_based_log.hpp"
#include "cluster/storage/status_table.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace millrace::cluster {

namespace asio = boost::asio;

class StatusBackingStore {
public:
    enum class Mode : std::uint8_t {
        Always,
        Safe,  ///< not over a later generation of another worker
    };

    StatusBackingStore(asio::any_io_executor executor, TopicLogOptions options);
    ~StatusBackingStore();

    asio::awaitable<void> start();
    asio::awaitable<void> flush();  ///< returns when every write before is acknowledged or given up
    /// Waits until the table shows every write before, or the limit is over.
    asio::awaitable<void> settle(std::chrono::milliseconds limit);
    void stop() noexcept;

    void put(const std::string& connector, const ObjectStatus& status, Mode mode);
    void put(const worker::TaskId& task, const ObjectStatus& status, Mode mode);
    void put(const TopicStatus& status);
    void remove(const std::string& connector);
    void remove(const worker::TaskId& task);
    void remove_topic(const std::string& topic, const std::string& connector);

    const StatusTable& table() const noexcept;

private:
    struct State;
    asio::awaitable<void> flush_and_read();

    std::shared_ptr<State> state_;
};

}
