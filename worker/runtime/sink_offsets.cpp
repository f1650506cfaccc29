#include "worker/runtime/sink_offsets.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {

TopicOffsets only(const TopicOffsets& offsets, std::span<const TopicPartition> partitions) {
    TopicOffsets found;
    for (const auto& partition : partitions) {
        if (const auto at = offsets.find(partition); at != offsets.end()) found.insert(*at);
    }
    return found;
}
void overlay(TopicOffsets& onto, const TopicOffsets& from) {
    for (const auto& [partition, offset] : from) onto[partition] = offset;
}

}

void SinkOffsets::assign(const TopicOffsets& start) {
    overlay(of_group_, start);
    rewind(start);
}

void SinkOffsets::remove(std::span<const TopicPartition> partitions) {
    for (const auto& partition : partitions) {
        current_.erase(partition);
        committed_.erase(partition);
        of_group_.erase(partition);
    }
}

void SinkOffsets::advance(const TopicOffsets& offsets) { overlay(current_, offsets); }

void SinkOffsets::rewind(const TopicOffsets& offsets) {
    overlay(current_, offsets);
    overlay(committed_, offsets);
    for (const auto& [partition, offset] : offsets) {
        const auto known = of_group_.find(partition);
        if (known != of_group_.end() && known->second < offset) known->second = offset;  // nothing to take back
        rewound_since_sent_.insert(partition);
    }
}

void SinkOffsets::sent(const TopicOffsets& offsets) {
    rewound_since_sent_.clear();
    doubt(offsets);
}

bool SinkOffsets::doubt(const TopicOffsets& offsets) {
    bool doubted = false;
    for (const auto& [partition, offset] : offsets) {
        const auto known = of_group_.find(partition);
        if (known == of_group_.end() || known->second == offset) continue;
        of_group_.erase(known);
        doubted = true;
    }
    return doubted;
}

void SinkOffsets::committed(const TopicOffsets& offsets) {
    for (const auto& [partition, offset] : offsets) {
        if (!current_.contains(partition)) continue;  // it has gone meanwhile
        of_group_[partition] = offset;
        if (!rewound_since_sent_.contains(partition)) committed_[partition] = offset;
    }
}

bool SinkOffsets::ahead_of(const TopicOffsets& rewound) const {
    return std::ranges::any_of(rewound, [&](const auto& entry) {
        const auto known = of_group_.find(entry.first);
        return known == of_group_.end() || known->second > entry.second;
    });
}

std::size_t SinkOffsets::uncommitted(const TopicOffsets& read) const {
    std::int64_t records = 0;
    for (const auto& [partition, committed] : committed_) {
        const auto further = read.find(partition);
        const auto last = further != read.end() ? further->second : current_.at(partition);
        records += std::max<std::int64_t>(last - committed, 0);
    }
    return static_cast<std::size_t>(records);
}

TopicOffsets SinkOffsets::current(std::span<const TopicPartition> partitions) const {
    return only(current_, partitions);
}
TopicOffsets SinkOffsets::last_committed(std::span<const TopicPartition> partitions) const {
    return only(committed_, partitions);
}

TopicOffsets SinkOffsets::committable(const TopicOffsets& given, std::span<const TopicPartition> partitions,
                                      const std::string& task, const Logger& logger) const {
    const auto current = only(current_, partitions);
    auto found = only(committed_, partitions);
    for (const auto& [partition, offset] : given) {
        const auto at = current.find(partition);
        if (at == current.end() && current_.contains(partition)) {
            logger.debug("{} Ignoring task provided offset {}-{}/{} -- partition not requested", task, partition.topic,
                         partition.partition, offset);
        } else if (at == current.end()) {
            logger.warn("{} Ignoring invalid task provided offset {}-{}/{} -- partition not assigned", task,
                        partition.topic, partition.partition, offset);
        } else if (offset > at->second) {
            logger.warn(
                "{} Ignoring invalid task provided offset {}-{}/{} -- not yet consumed, taskOffset={} currentOffset={}",
                task, partition.topic, partition.partition, offset, offset, at->second);
        } else {
            found[partition] = offset;
        }
    }
    return found == only(of_group_, partitions) ? TopicOffsets{} : found;
}

}
