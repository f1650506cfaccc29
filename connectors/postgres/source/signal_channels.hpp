/// Signals that do not come through the database: lines of a file, and records of a Kafka topic.
///
/// State  the signals that were read and whose effects no stored offset has yet: they come again after a crash. Those
/// of
///        a file wait in a file beside it, those of a topic in the topic. They are numbered; an offset by itself
///        carries the number, and once it or one behind it is stored they are done with.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/postgres/incremental/signal.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/offsets.hpp"

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
          logger_(std::move(logger)),
          taken_(config.signals.file_name + ".taken") {}

    bool any() const noexcept { return config_.file || config_.kafka; }
    /// What has come since the last call. What cannot be read is told in the log.
    std::vector<Signal> poll();
    /// All that waits for a stored offset.
    const std::vector<Signal>& waiting() const noexcept { return waiting_; }
    /// Some of them are in no offset yet.
    bool untold() const noexcept { return !waiting_.empty() && (!told_ || told_->signals != number_); }
    /// Of the last of them.
    std::int64_t number() const noexcept { return number_; }
    /// They are all in this offset, which has their number.
    void told(const OffsetState& offset) { told_ = offset; }
    /// This offset is stored.
    void stored(const OffsetState& offset) noexcept;
    bool waits_for_offset() const noexcept { return !waiting_.empty() && !untold(); }

private:
    void read_file(std::vector<Signal>& signals);
    void read_lines(const std::string& file, std::vector<Signal>& signals) const;
    void read_topic(std::vector<Signal>& signals);
    void add(std::string_view json, std::vector<Signal>& signals) const;

    const SignalConfig& config_;
    std::string prefix_;
    OpenTopic open_topic_;
    Logger logger_;
    std::unique_ptr<TopicReader> topic_;
    std::string taken_;  ///< the file of lines that were taken out of the signal file
    bool recovered_ = false;
    std::vector<Signal> waiting_;
    std::int64_t number_ = 0;
    std::optional<OffsetState> told_;
};

}
