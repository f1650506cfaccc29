#include "worker/kafka/group_admin.hpp"

#include "worker/kafka/admin_client.hpp"

#include <thread>
#include <utility>

namespace millrace::worker {

namespace {

using Clock = std::chrono::steady_clock;

/// What passes by itself once the coordinator is there.
bool is_coordinator_missing(KafkaErrorCode code) noexcept {
    return code == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || code == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           code == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS || code == RD_KAFKA_RESP_ERR__TRANSPORT;
}

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

ClientConfig with_group(ClientConfig config, const std::string& group) {
    config.properties.emplace_back("group.id", group);
    config.properties.emplace_back("enable.auto.commit", "false");
    return config;
}

/// One of the admin API's questions about groups. All have this shape, each with a request of its own type.
template <class Request>
struct Question {
    rd_kafka_admin_op_t operation;
    void (*send)(rd_kafka_t*, Request**, std::size_t, const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*);
    const rd_kafka_group_result_t** (*groups)(const rd_kafka_event_t*, std::size_t*);
};

constexpr Question<rd_kafka_ListConsumerGroupOffsets_t> list_offsets{RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS,
                                                                     rd_kafka_ListConsumerGroupOffsets,
                                                                     rd_kafka_ListConsumerGroupOffsets_result_groups};
constexpr Question<rd_kafka_AlterConsumerGroupOffsets_t> alter_offsets{
    RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, rd_kafka_AlterConsumerGroupOffsets,
    rd_kafka_AlterConsumerGroupOffsets_result_groups};
constexpr Question<rd_kafka_DeleteConsumerGroupOffsets_t> delete_offsets{
    RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, rd_kafka_DeleteConsumerGroupOffsets,
    rd_kafka_DeleteConsumerGroupOffsets_result_groups};
constexpr Question<rd_kafka_DeleteGroup_t> delete_group{RD_KAFKA_ADMIN_OP_DELETEGROUPS, rd_kafka_DeleteGroups,
                                                        rd_kafka_DeleteGroups_result_groups};

using AskedOffsets =
    std::unique_ptr<rd_kafka_ListConsumerGroupOffsets_t, Deleter<rd_kafka_ListConsumerGroupOffsets_destroy>>;
using WantedOffsets =
    std::unique_ptr<rd_kafka_AlterConsumerGroupOffsets_t, Deleter<rd_kafka_AlterConsumerGroupOffsets_destroy>>;
using UnwantedOffsets =
    std::unique_ptr<rd_kafka_DeleteConsumerGroupOffsets_t, Deleter<rd_kafka_DeleteConsumerGroupOffsets_destroy>>;
using UnwantedGroup = std::unique_ptr<rd_kafka_DeleteGroup_t, Deleter<rd_kafka_DeleteGroup_destroy>>;

}

/// The client is a consumer in the group's name, though it never joins: librdkafka uses the consumer group of whatever
/// client asked for offsets when the coordinator has moved, and crashes where there is none (its issue 5040).
struct GroupAdmin::State : AdminClient {
    State(const ClientConfig& config, std::string name, const Logger& logger, std::chrono::milliseconds timeout)
        : AdminClient(RD_KAFKA_CONSUMER, with_group(config, name), logger, timeout),
          group(std::move(name)),
          limit(timeout) {}
    std::string group;
    std::chrono::milliseconds limit;

    /// The partitions with an offset of which the answer tells.
    template <class Request>
    TopicOffsets ask(const std::string& what, const Question<Request>& question, Request* request) const {
        constexpr std::chrono::milliseconds pause{100};
        const auto give_up_at = Clock::now() + limit;
        for (;;) {
            try {
                return ask_once(what, question, request);
            } catch (const RetriableKafkaException& e) {
                if (!is_coordinator_missing(e.code) || Clock::now() + pause > give_up_at) throw;
            }
            std::this_thread::sleep_for(pause);
        }
    }

private:
    template <class Request>
    TopicOffsets ask_once(const std::string& what, const Question<Request>& question, Request* request) const {
        const auto replies = queue();
        const auto how = options(question.operation);
        question.send(client(), &request, 1, how.get(), replies.get());
        const auto event = answer(replies, what);
        std::size_t count = 0;
        const auto** groups = question.groups(event.get(), &count);
        const auto* list = partitions_of(what, groups, count);
        TopicOffsets found;
        for (int i = 0; list && i < list->cnt; ++i) {
            const auto& entry = list->elems[i];
            if (entry.offset >= 0) found[{entry.topic, entry.partition}] = entry.offset;
        }
        return found;
    }
};

GroupAdmin::GroupAdmin(const ClientConfig& config, std::string group, const Logger& logger,
                       std::chrono::milliseconds timeout)
    : state_(std::make_unique<State>(config, std::move(group), logger, timeout)) {}

GroupAdmin::~GroupAdmin() = default;

TopicOffsets GroupAdmin::offsets() {
    const AskedOffsets request(rd_kafka_ListConsumerGroupOffsets_new(state_->group.c_str(), nullptr));
    return state_->ask(fmt::format("Cannot list the offsets of group '{}'", state_->group), list_offsets,
                       request.get());
}

void GroupAdmin::alter(const TopicOffsets& offsets) {
    const auto list = list_of(offsets);
    const WantedOffsets request(rd_kafka_AlterConsumerGroupOffsets_new(state_->group.c_str(), list.get()));
    state_->ask(fmt::format("Cannot alter the offsets of group '{}'", state_->group), alter_offsets, request.get());
}

void GroupAdmin::forget(std::span<const TopicPartition> partitions) {
    const auto list = list_of(partitions);
    const UnwantedOffsets request(rd_kafka_DeleteConsumerGroupOffsets_new(state_->group.c_str(), list.get()));
    state_->ask(fmt::format("Cannot delete offsets of group '{}'", state_->group), delete_offsets, request.get());
}

void GroupAdmin::remove() {
    const UnwantedGroup request(rd_kafka_DeleteGroup_new(state_->group.c_str()));
    state_->ask(fmt::format("Cannot delete group '{}'", state_->group), delete_group, request.get());
}

}
