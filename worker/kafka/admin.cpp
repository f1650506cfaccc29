#include "worker/kafka/admin.hpp"

#include "worker/kafka/handle.hpp"

#include <array>
#include <cstdlib>
#include <utility>

namespace millrace::worker {

namespace {

constexpr std::string_view logger_name = "org.apache.kafka.clients.admin.AdminClient";

using OptionsPtr = std::unique_ptr<rd_kafka_AdminOptions_t, Deleter<rd_kafka_AdminOptions_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using DeleteTopicPtr = std::unique_ptr<rd_kafka_DeleteTopic_t, Deleter<rd_kafka_DeleteTopic_destroy>>;
using ResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;

using Reason = std::array<char, 512>;

}

struct Admin::State : HandleOpaque {
    rd_kafka_t* client = nullptr;
    int timeout_ms = 0;

    OptionsPtr options(rd_kafka_admin_op_t operation) const {
        OptionsPtr made(rd_kafka_AdminOptions_new(client, operation));
        Reason reason{};
        rd_kafka_AdminOptions_set_request_timeout(made.get(), timeout_ms, reason.data(), reason.size());
        return made;
    }
    /// Waits for the one answer to what was put on `queue`. Throws if the whole request failed.
    EventPtr answer(const QueuePtr& queue, const std::string& what) const {
        constexpr int margin_ms = 1000;  // librdkafka's own time-out comes first
        EventPtr event(rd_kafka_queue_poll(queue.get(), timeout_ms + margin_ms));
        if (!event) throw_kafka_error(what, RD_KAFKA_RESP_ERR__TIMED_OUT);
        if (const auto code = rd_kafka_event_error(event.get())) {
            throw_kafka_error(what, code, rd_kafka_event_error_string(event.get()));
        }
        return event;
    }
    QueuePtr queue() const { return QueuePtr(rd_kafka_queue_new(client)); }
    MetadataPtr metadata(const std::string& what) const {
        const rd_kafka_metadata_t* found = nullptr;
        if (const auto code = rd_kafka_metadata(client, 1, nullptr, &found, timeout_ms)) throw_kafka_error(what, code);
        return MetadataPtr(found);
    }
};

Admin::Admin(const ClientConfig& config, Logger logger, std::chrono::milliseconds timeout)
    : state_(std::make_unique<State>()) {
    state_->logger = logger.named(std::string(logger_name));
    state_->timeout_ms = static_cast<int>(timeout.count());
    // The admin API is that of any client; a producer costs least.
    state_->client = make_client(RD_KAFKA_PRODUCER, make_conf(config, *state_));
}

Admin::~Admin() { rd_kafka_destroy(state_->client); }

std::string Admin::cluster_id() {
    char* id = rd_kafka_clusterid(state_->client, state_->timeout_ms);
    if (!id) {
        throw_kafka_error(
            "Failed to connect to and describe Kafka cluster. Check worker's broker connection and "
            "security properties",
            RD_KAFKA_RESP_ERR__TIMED_OUT);
    }
    std::string text(id);
    rd_kafka_mem_free(state_->client, id);
    return text;
}

std::vector<std::string> Admin::topics() {
    const auto found = state_->metadata("Cannot list topics");
    std::vector<std::string> names;
    for (int i = 0; i < found->topic_cnt; ++i) names.emplace_back(found->topics[i].topic);
    return names;
}

std::optional<std::int32_t> Admin::partition_count(const std::string& topic) {
    // Asking for all topics never makes one, whatever auto.create.topics.enable says.
    const auto found = state_->metadata(fmt::format("Cannot describe topic '{}'", topic));
    for (int i = 0; i < found->topic_cnt; ++i) {
        if (found->topics[i].topic == topic) return found->topics[i].partition_cnt;
    }
    return std::nullopt;
}

Admin::Creation Admin::create_topic(const NewTopic& topic) {
    const auto what = fmt::format("Cannot create topic '{}'", topic.name);
    Reason reason{};
    NewTopicPtr wanted(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication_factor,
                                             reason.data(), reason.size()));
    if (!wanted) throw ConfigException(fmt::format("{}: {}", what, reason.data()));
    for (const auto& [name, value] : topic.settings)
        rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
    auto* list = wanted.get();
    rd_kafka_CreateTopics(state_->client, &list, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto* results = rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
    const auto code = count ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    switch (code) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
        return Creation::Created;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
        return Creation::Existed;
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return Creation::NotAuthorized;
    default: {
        const char* detail = count ? rd_kafka_topic_result_error_string(results[0]) : nullptr;
        throw_kafka_error(what, code, detail ? detail : "");
    }
    }
}

void Admin::delete_topic(const std::string& topic) {
    const auto what = fmt::format("Cannot delete topic '{}'", topic);
    DeleteTopicPtr wanted(rd_kafka_DeleteTopic_new(topic.c_str()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_DELETETOPICS);
    auto* list = wanted.get();
    rd_kafka_DeleteTopics(state_->client, &list, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto* results = rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event.get()), &count);
    if (const auto code = count ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN) {
        throw_kafka_error(what, code);
    }
}

std::optional<Settings> Admin::topic_settings(const std::string& topic) {
    const auto what = fmt::format("Cannot read the settings of topic '{}'", topic);
    ResourcePtr wanted(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    auto* list = wanted.get();
    rd_kafka_DescribeConfigs(state_->client, &list, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto* results =
        rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    const auto code = count ? rd_kafka_ConfigResource_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
        code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED) {
        return std::nullopt;
    }
    if (code) {
        const char* detail = count ? rd_kafka_ConfigResource_error_string(results[0]) : nullptr;
        throw_kafka_error(what, code, detail ? detail : "");
    }
    std::size_t entries = 0;
    const auto* entry = rd_kafka_ConfigResource_configs(results[0], &entries);
    Settings settings;
    for (std::size_t i = 0; i < entries; ++i) {
        if (const char* value = rd_kafka_ConfigEntry_value(entry[i]))
            settings[rd_kafka_ConfigEntry_name(entry[i])] = value;
    }
    return settings;
}

std::vector<std::int64_t> Admin::offsets(const std::string& topic, std::int32_t partitions, OffsetSpec spec) {
    const auto what = fmt::format("Cannot read the offsets of topic '{}'", topic);
    const ListPtr list(rd_kafka_topic_partition_list_new(partitions));
    for (std::int32_t i = 0; i < partitions; ++i) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), i)->offset =
            spec == OffsetSpec::Earliest ? RD_KAFKA_OFFSET_SPEC_EARLIEST : RD_KAFKA_OFFSET_SPEC_LATEST;
    }
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_LISTOFFSETS);
    if (auto* error =
            rd_kafka_AdminOptions_set_isolation_level(options.get(), RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED)) {
        rd_kafka_error_destroy(error);
    }
    rd_kafka_ListOffsets(state_->client, list.get(), options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto* infos = rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
    std::vector<std::int64_t> found(static_cast<std::size_t>(partitions), 0);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
        if (at->err) {
            // A restarted broker leads in a new epoch; librdkafka asks with the one it knew until it reads metadata.
            if (at->err == RD_KAFKA_RESP_ERR_FENCED_LEADER_EPOCH ||
                at->err == RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
                state_->metadata(what);
            throw_kafka_error(what, at->err);
        }
        found.at(static_cast<std::size_t>(at->partition)) = at->offset;
    }
    return found;
}

namespace {

/// What an answer says of its one group. Throws for the group's error, then for the first partition's.
const rd_kafka_topic_partition_list_t* partitions_of(const std::string& what, const rd_kafka_group_result_t** groups,
                                                     std::size_t count) {
    if (count == 0) throw_kafka_error(what, RD_KAFKA_RESP_ERR_UNKNOWN);
    if (const auto* error = rd_kafka_group_result_error(groups[0])) {
        throw_kafka_error(what, rd_kafka_error_code(error), rd_kafka_error_string(error));
    }
    const auto* list = rd_kafka_group_result_partitions(groups[0]);
    for (int i = 0; list && i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        if (entry.err) throw_kafka_error(fmt::format("{}: {}-{}", what, entry.topic, entry.partition), entry.err);
    }
    return list;
}

using AskedOffsets =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, Deleter<rd_kafka_ListConsumerGroupOffsets_destroy>>;
using WantedOffsets =
    std::unique_ptr<rd_kafka_AlterConsumerGroupOffsets_t, Deleter<rd_kafka_AlterConsumerGroupOffsets_destroy>>;
using UnwantedOffsets =
    std::unique_ptr<rd_kafka_DeleteConsumerGroupOffsets_t, Deleter<rd_kafka_DeleteConsumerGroupOffsets_destroy>>;
using UnwantedGroup = std::unique_ptr<rd_kafka_DeleteGroup_t, Deleter<rd_kafka_DeleteGroup_destroy>>;

}

TopicOffsets Admin::group_offsets(const std::string& group) {
    const auto what = fmt::format("Cannot list the offsets of group '{}'", group);
    const AskedOffsets asked(rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS);
    auto* one = asked.get();
    rd_kafka_ListConsumerGroupOffsets(state_->client, &one, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
        rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
    const auto* list = partitions_of(what, groups, count);
    TopicOffsets offsets;
    for (int i = 0; list && i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        if (entry.offset >= 0) offsets[{entry.topic, entry.partition}] = entry.offset;
    }
    return offsets;
}

void Admin::alter_group_offsets(const std::string& group, const TopicOffsets& offsets) {
    const auto what = fmt::format("Cannot alter the offsets of group '{}'", group);
    const auto list = list_of(offsets);
    const WantedOffsets wanted(rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS);
    auto* one = wanted.get();
    rd_kafka_AlterConsumerGroupOffsets(state_->client, &one, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
        rd_kafka_event_AlterConsumerGroupOffsets_result(event.get()), &count);
    partitions_of(what, groups, count);
}

void Admin::delete_group_offsets(const std::string& group, std::span<const TopicPartition> partitions) {
    const auto what = fmt::format("Cannot delete offsets of group '{}'", group);
    const auto list = list_of(partitions);
    const UnwantedOffsets unwanted(rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS);
    auto* one = unwanted.get();
    rd_kafka_DeleteConsumerGroupOffsets(state_->client, &one, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
        rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get()), &count);
    partitions_of(what, groups, count);
}

void Admin::delete_group(const std::string& group) {
    const auto what = fmt::format("Cannot delete group '{}'", group);
    const UnwantedGroup unwanted(rd_kafka_DeleteGroup_new(group.c_str()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_DELETEGROUPS);
    auto* one = unwanted.get();
    rd_kafka_DeleteGroups(state_->client, &one, 1, options.get(), queue.get());
    const auto event = state_->answer(queue, what);
    std::size_t count = 0;
    const auto** groups = rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event.get()), &count);
    partitions_of(what, groups, count);
}

}
