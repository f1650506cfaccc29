/// Signals that do not come through the database: lines of a file, and records of a Kafka topic.
///
/// State  what was read and not yet taken over for good: a signal of a topic comes again after a crash.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/config.hpp"

#include <functional>
#include <memory>

namespace millrace::postgres {

class SignalChannels {
public:
    using OpenTopic = std::function<std::unique_ptr<TopicReader>(const std::string& topic, const Settings& client)>;

    SignalChannels(const SourceConfig& config, OpenTopic open_topic, Logger logger)
        : config_(config.signals),
          prefix_(config.topics.prefix),
          open_topic_(std::move(open_topic)),
          logger_(std::move(logger)) {}

    bool any() const noexcept { return config_.file || config_.kafka; }
    /// What has come since the last call. What cannot be read is told in the log.
    std::vector<Signal> poll();
    /// The effects of what poll() gave are in a stored offset.
    void taken_over() noexcept;

private:
    void read_file(std::vector<Signal>& signals);
    void read_topic(std::vector<Signal>& signals);
    void add(std::string_view json, std::vector<Signal>& signals) const;

    const SignalConfig& config_;
    std::string prefix_;
    OpenTopic open_topic_;
    Logger logger_;
    std::unique_ptr<TopicReader> topic_;
};

}
