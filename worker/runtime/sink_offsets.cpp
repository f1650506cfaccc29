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

void SinkOffsets::assign(const TopicOffsets& start) { rewind(start); }

void SinkOffsets::remove(std::span<const TopicPartition> partitions) {
    for (const auto& partition : partitions) {
        current_.erase(partition);
        committed_.erase(partition);
    }
}

void SinkOffsets::advance(const TopicOffsets& offsets) { overlay(current_, offsets); }

void SinkOffsets::rewind(const TopicOffsets& offsets) {
    overlay(current_, offsets);
    overlay(committed_, offsets);
}

void SinkOffsets::committed(const TopicOffsets& offsets) {
    for (const auto& [partition, offset] : offsets) {
        if (current_.contains(partition)) committed_[partition] = offset;  // it may have gone meanwhile
    }
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
    const auto last = only(committed_, partitions);
    auto found = last;
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
    return found == last ? TopicOffsets{} : found;
}

}
