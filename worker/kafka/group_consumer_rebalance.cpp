#include "worker/kafka/group_consumer_state.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

namespace millrace::worker {

namespace {

/// For the committed offsets and the ends of new partitions: inside of the rebalance, and each time after that.
constexpr int position_timeout_ms = 10'000;
constexpr int later_timeout_ms = 1'000;
constexpr std::chrono::milliseconds position_pause{500};

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t& list) {
    std::vector<TopicPartition> partitions;
    for (int i = 0; i < list.cnt; ++i) partitions.push_back({list.elems[i].topic, list.elems[i].partition});
    return partitions;
}

}

std::optional<std::int64_t> GroupConsumer::State::reset_position(const TopicPartition& partition,
                                                                 int timeout_ms) const {
    std::int64_t low = 0;
    std::int64_t high = 0;
    if (rd_kafka_query_watermark_offsets(client, partition.topic.c_str(), partition.partition, &low, &high,
                                         timeout_ms)) {
        return std::nullopt;
    }
    if (reset_duration) {
        const auto found = first_offset_since(partition, *reset_duration, timeout_ms);
        return found && *found < 0 ? high : found;
    }
    return offset_reset == "earliest" ? low : high;
}

/// Of the first record that is not older than this: negative if there is none, nothing if no broker tells.
std::optional<std::int64_t> GroupConsumer::State::first_offset_since(const TopicPartition& partition,
                                                                     std::chrono::milliseconds age,
                                                                     int timeout_ms) const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now) - age;
    const auto list = list_of({&partition, 1});
    list->elems[0].offset = std::max<std::int64_t>(since.count(), 0);
    if (rd_kafka_offsets_for_times(client, list.get(), timeout_ms) || list->elems[0].err) return std::nullopt;
    return list->elems[0].offset;
}

MetadataPtr GroupConsumer::State::metadata(const std::string& topic, int timeout_ms) const {
    auto* handle = rd_kafka_topic_new(client, topic.c_str(), nullptr);
    if (handle == nullptr) return nullptr;
    const rd_kafka_metadata_t* found = nullptr;
    const auto failed = rd_kafka_metadata(client, 0, handle, &found, timeout_ms);
    rd_kafka_topic_destroy(handle);
    return MetadataPtr(failed ? nullptr : found);
}

/// Where each partition starts, as far as brokers tell.
GroupConsumer::State::Positions GroupConsumer::State::positions(const std::vector<TopicPartition>& partitions,
                                                                int timeout_ms) const {
    const bool resets = offset_reset == "earliest" || offset_reset == "latest";
    const auto list = list_of(partitions);
    if (partitions.empty() || rd_kafka_committed(client, list.get(), timeout_ms)) return {{}, partitions};
    Positions found;
    for (int i = 0; i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        const TopicPartition partition{entry.topic, entry.partition};
        const bool committed = !entry.err && entry.offset >= 0;
        if (!entry.err && !committed && !resets) continue;  // librdkafka says that there is no offset
        const auto offset = committed    ? std::optional(entry.offset)
                            : !entry.err ? reset_position(partition, timeout_ms)
                                         : std::nullopt;
        if (offset) {
            found.start[partition] = *offset;
        } else {
            found.unknown.push_back(partition);
        }
    }
    return found;
}

/// Of a partition that is assigned already.
std::int64_t GroupConsumer::State::next_offset(const TopicPartition& partition) const {
    const auto list = list_of({&partition, 1});
    if (!rd_kafka_position(client, list.get()) && list->elems[0].offset >= 0) return list->elems[0].offset;
    const auto known = started.find(partition);
    return known == started.end() ? RD_KAFKA_OFFSET_INVALID : known->second;
}

void GroupConsumer::State::add_to_assignment(const std::vector<TopicPartition>& added) {
    assignment.insert(assignment.end(), added.begin(), added.end());
    // Without the cooperative protocol the whole assignment is given anew.
    const auto& given = cooperative() ? added : assignment;
    const auto list = list_of(given);
    for (std::size_t i = 0; i < given.size(); ++i) list->elems[i].offset = next_offset(given[i]);
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (cooperative()) {
        if (auto* error = rd_kafka_incremental_assign(client, list.get())) {
            code = rd_kafka_error_code(error);
            rd_kafka_error_destroy(error);
        }
    } else {
        code = rd_kafka_assign(client, list.get());
    }
    if (code) throw_kafka_error("Cannot take over the group's assignment", code);
}

void GroupConsumer::State::remove_from_assignment(const std::vector<TopicPartition>& removed) {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (cooperative()) {
        if (auto* error = rd_kafka_incremental_unassign(client, list_of(removed).get())) {
            code = rd_kafka_error_code(error);
            rd_kafka_error_destroy(error);
        }
    } else {
        code = rd_kafka_assign(client, nullptr);
    }
    if (code) throw_kafka_error("Cannot take over the group's assignment", code);
}

void GroupConsumer::State::take_over(const std::vector<TopicPartition>& given, int timeout_ms) {
    std::vector<TopicPartition> added;
    guarded([&] {
        auto [start, unknown] = positions(given, timeout_ms);
        std::ranges::copy_if(given, std::back_inserter(added),
                             [&, &u = unknown](const TopicPartition& p) { return std::ranges::find(u, p) == u.end(); });
        for (const auto& partition : unknown) {
            logger.warn("No broker tells yet where partition {}-{} is to be read from; it is asked again",
                        partition.topic, partition.partition);
        }
        waiting.insert(waiting.end(), unknown.begin(), unknown.end());
        ask_again = std::chrono::steady_clock::now() + position_pause;
        listener.on_assigned(added, start);
        for (const auto& [partition, offset] : start) started[partition] = offset;
    });
    guarded([&] { add_to_assignment(added); });
    guarded([&] { listener.on_ready(); });
}

void GroupConsumer::State::take_over_waiting() {
    if (waiting.empty() || std::chrono::steady_clock::now() < ask_again) return;
    const auto wanted = std::exchange(waiting, {});
    std::set<std::string> topics;
    for (const auto& partition : wanted) topics.insert(partition.topic);
    for (const auto& topic : topics) metadata(topic, later_timeout_ms);
    const auto unknown = positions(wanted, later_timeout_ms).unknown;
    if (unknown.size() == wanted.size()) {
        waiting = wanted;
        ask_again = std::chrono::steady_clock::now() + position_pause;
        return;
    }
    rebalanced = true;
    take_over(wanted, later_timeout_ms);
}

void GroupConsumer::State::revoke(const rd_kafka_topic_partition_list_t& list, bool lost) {
    const auto given = partitions_of(list);
    const auto goes = [&](const TopicPartition& p) { return std::ranges::find(given, p) != given.end(); };
    std::vector<TopicPartition> partitions;
    std::ranges::copy_if(assignment, std::back_inserter(partitions), goes);
    guarded([&] { listener.on_revoked(partitions, lost); });
    if (collected) collected->drop(partitions);
    revoked.insert(revoked.end(), partitions.begin(), partitions.end());
    std::erase_if(assignment, goes);
    std::erase_if(waiting, goes);
    for (const auto& partition : partitions) started.erase(partition);
    guarded([&] { remove_from_assignment(partitions); });
}

void GroupConsumer::State::rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& list) noexcept {
    if (closing) {  // librdkafka still tells what the group gives, and waits for an answer
        rd_kafka_assign(client, nullptr);
        return;
    }
    rebalanced = true;
    if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        take_over(partitions_of(list), position_timeout_ms);
    } else {
        revoke(list, rd_kafka_assignment_lost(client) != 0);
    }
}

}
