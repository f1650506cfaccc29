#include "worker/kafka/admin.hpp"

#include "worker/kafka/admin_client.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace millrace::worker {

namespace {

using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Deleter<rd_kafka_NewTopic_destroy>>;
using ResourcePtr = std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;

using Reason = std::array<char, 512>;

/// A question for leaders goes to those that the client knew last, and would wait as long as it may for one that has
/// gone.
constexpr int leader_wait_ms = 3000;

}

struct Admin::State : AdminClient {
    MetadataPtr metadata(const std::string& what) const {
        const rd_kafka_metadata_t* found = nullptr;
        if (const auto code = rd_kafka_metadata(client(), 1, nullptr, &found, timeout_ms())) {
            throw_kafka_error(what, code);
        }
        return MetadataPtr(found);
    }
    using AdminClient::AdminClient;
};

// The admin API is that of any client; a producer costs least.
Admin::Admin(const ClientConfig& config, const Logger& logger, std::chrono::milliseconds timeout,
             ClientMetrics* metrics)
    : state_(std::make_unique<State>(RD_KAFKA_PRODUCER, config, logger, timeout, metrics)) {}

Admin::~Admin() = default;

void Admin::poll() { rd_kafka_poll(state_->client(), 0); }

std::string Admin::cluster_id() {
    char* id = rd_kafka_clusterid(state_->client(), state_->timeout_ms());
    if (!id) {
        throw_kafka_error(
            "Failed to connect to and describe Kafka cluster. Check worker's broker connection and "
            "security properties",
            RD_KAFKA_RESP_ERR__TIMED_OUT);
    }
    std::string text(id);
    rd_kafka_mem_free(state_->client(), id);
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
    const auto what = fmt::format("Unable to create topic(s) '{}'", topic.name);
    Reason reason{};
    NewTopicPtr wanted(rd_kafka_NewTopic_new(topic.name.c_str(), topic.partitions, topic.replication_factor,
                                             reason.data(), reason.size()));
    if (!wanted) throw ConfigException(fmt::format("{}: {}", what, reason.data()));
    for (const auto& [name, value] : topic.settings)
        rd_kafka_NewTopic_set_config(wanted.get(), name.c_str(), value.c_str());
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_CREATETOPICS);
    auto* list = wanted.get();
    rd_kafka_CreateTopics(state_->client(), &list, 1, options.get(), queue.get());
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

std::optional<Settings> Admin::topic_settings(const std::string& topic) {
    const auto what = fmt::format("Cannot read the settings of topic '{}'", topic);
    ResourcePtr wanted(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
    const auto queue = state_->queue();
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    auto* list = wanted.get();
    rd_kafka_DescribeConfigs(state_->client(), &list, 1, options.get(), queue.get());
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
    const auto options = state_->options(RD_KAFKA_ADMIN_OP_LISTOFFSETS, std::min(leader_wait_ms, state_->timeout_ms()));
    if (auto* error =
            rd_kafka_AdminOptions_set_isolation_level(options.get(), RD_KAFKA_ISOLATION_LEVEL_READ_UNCOMMITTED)) {
        rd_kafka_error_destroy(error);
    }
    rd_kafka_ListOffsets(state_->client(), list.get(), options.get(), queue.get());
    EventPtr event;
    try {
        event = state_->answer(queue, what);
    } catch (const RetriableKafkaException&) {
        state_->metadata(what);  // for the next try: who leads now
        throw;
    }
    std::size_t count = 0;
    const auto* infos = rd_kafka_ListOffsets_result_infos(rd_kafka_event_ListOffsets_result(event.get()), &count);
    std::vector<std::int64_t> found(static_cast<std::size_t>(partitions), 0);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* at = rd_kafka_ListOffsetsResultInfo_topic_partition(infos[i]);
        if (at->err) {
            // A restarted broker leads in a new epoch; librdkafka asks with the one it knew until it reads metadata.
            if (is_retriable(at->err)) state_->metadata(what);
            throw_kafka_error(what, at->err);
        }
        found.at(static_cast<std::size_t>(at->partition)) = at->offset;
    }
    return found;
}

}
