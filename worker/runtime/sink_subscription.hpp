/// Which topics a sink reads: the list `topics`, or every topic whose whole name `topics.regex` matches.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/support/regex.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millrace::worker {

class SinkSubscription {
public:
    /// Throws ConfigException with Kafka Connect's words unless exactly one of the two settings is there, or if the
    /// dead letter queue's topic is among what they name.
    /// `internal_topics`: a pattern may match Kafka's own topics, too (exclude.internal.topics=false).
    explicit SinkSubscription(const Settings& settings, bool internal_topics = false);

    /// What to subscribe to when these are all the topics there are: all of the list, sorted; of the pattern those that
    /// exist.
    std::vector<std::string> topics(std::span<const std::string> existing) const;
    /// Something of it does not exist yet.
    bool incomplete(std::span<const std::string> existing) const;
    const std::vector<std::string>& list() const noexcept { return list_; }  ///< empty with a pattern

private:
    std::vector<std::string> list_;
    std::optional<Regex> pattern_;
    bool internal_topics_;
};

}
