#include "worker/kafka/group_consumer.hpp"

#include "worker/kafka/handle.hpp"

#include <algorithm>
#include <utility>

namespace millrace::worker {

namespace {

constexpr std::string_view logger_name = "org.apache.kafka.clients.consumer.KafkaConsumer";
/// For the committed offsets and the ends of new partitions; a coordinator that is away longer is left to librdkafka.
constexpr int position_timeout_ms = 10'000;
constexpr int seek_timeout_ms = 10'000;

std::vector<TopicPartition> partitions_of(const rd_kafka_topic_partition_list_t& list) {
    std::vector<TopicPartition> partitions;
    for (int i = 0; i < list.cnt; ++i) partitions.push_back({list.elems[i].topic, list.elems[i].partition});
    return partitions;
}
int as_int(std::chrono::milliseconds time) {
    return static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, 1'000'000'000));
}
/// The first error that a partition's part of an answer has.
rd_kafka_resp_err_t error_in(const rd_kafka_topic_partition_list_t* list) {
    for (int i = 0; list && i < list->cnt; ++i) {
        if (list->elems[i].err) return list->elems[i].err;
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}
std::exception_ptr commit_error(rd_kafka_resp_err_t error, const rd_kafka_topic_partition_list_t* list) {
    const auto code = error && error != RD_KAFKA_RESP_ERR__NO_OFFSET ? error : error_in(list);
    if (!code) return nullptr;
    try {
        throw_kafka_error("Cannot commit offsets", code);
    } catch (...) {
        return std::current_exception();
    }
}

}

struct RecordBatch::Memory {
    std::vector<MessagePtr> messages;
    std::vector<std::vector<RecordHeader>> headers;
};
RecordBatch::RecordBatch() : memory_(std::make_unique<Memory>()) {}
RecordBatch::RecordBatch(RecordBatch&&) noexcept = default;
RecordBatch& RecordBatch::operator=(RecordBatch&&) noexcept = default;
RecordBatch::~RecordBatch() = default;

void RecordBatch::drop(std::span<const TopicPartition> partitions) {
    std::erase_if(records_, [&](const ConsumerRecord& record) {
        return std::ranges::any_of(partitions, [&](const TopicPartition& p) {
            return p.partition == record.partition && p.topic == record.topic;
        });
    });
}

struct GroupConsumer::State : HandleOpaque {
    explicit State(RebalanceListener& l) : listener(l) {}

    RebalanceListener& listener;
    rd_kafka_t* client = nullptr;
    QueuePtr queue;
    std::string offset_reset;
    std::vector<TopicPartition> assignment;
    RecordBatch* collected = nullptr;  ///< of the poll that is running
    bool rebalanced = false;
    std::exception_ptr thrown;

    void rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& list) noexcept;
    void assign(rd_kafka_topic_partition_list_t& list);
    void revoke(const rd_kafka_topic_partition_list_t& list, bool lost);
    void change_assignment(bool add, const rd_kafka_topic_partition_list_t* list);
    TopicOffsets positions(rd_kafka_topic_partition_list_t& list) const;
    std::optional<std::int64_t> reset_position(const rd_kafka_topic_partition_t& partition) const;
    template <class Call>
    void guarded(Call call) {
        try {
            call();
        } catch (...) {
            if (!thrown) thrown = std::current_exception();
        }
    }
    void rethrow() {
        if (auto e = std::exchange(thrown, nullptr)) std::rethrow_exception(e);
    }
};

std::optional<std::int64_t> GroupConsumer::State::reset_position(const rd_kafka_topic_partition_t& partition) const {
    std::int64_t low = 0;
    std::int64_t high = 0;
    const bool earliest = offset_reset == "earliest";
    if (!earliest && offset_reset != "latest") return std::nullopt;
    if (rd_kafka_query_watermark_offsets(client, partition.topic, partition.partition, &low, &high,
                                         position_timeout_ms)) {
        return std::nullopt;
    }
    return earliest ? low : high;
}

/// Where each partition starts, as far as brokers tell.
TopicOffsets GroupConsumer::State::positions(rd_kafka_topic_partition_list_t& list) const {
    TopicOffsets found;
    if (rd_kafka_committed(client, &list, position_timeout_ms)) return found;
    for (int i = 0; i < list.cnt; ++i) {
        const auto& entry = list.elems[i];
        if (entry.err) continue;
        const auto offset = entry.offset >= 0 ? std::optional(entry.offset) : reset_position(entry);
        if (offset) found[{entry.topic, entry.partition}] = *offset;
    }
    return found;
}

void GroupConsumer::State::change_assignment(bool add, const rd_kafka_topic_partition_list_t* list) {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    if (std::string_view(rd_kafka_rebalance_protocol(client)) == "COOPERATIVE") {
        auto* error = add ? rd_kafka_incremental_assign(client, list) : rd_kafka_incremental_unassign(client, list);
        if (error) {
            code = rd_kafka_error_code(error);
            rd_kafka_error_destroy(error);
        }
    } else {
        code = rd_kafka_assign(client, add ? list : nullptr);
    }
    if (code) throw_kafka_error("Cannot take over the group's assignment", code);
}

void GroupConsumer::State::assign(rd_kafka_topic_partition_list_t& list) {
    const auto partitions = partitions_of(list);
    guarded([&] {
        auto start = positions(list);
        listener.on_assigned(partitions, start);
        for (int i = 0; i < list.cnt; ++i) {
            auto& entry = list.elems[i];
            const auto found = start.find({entry.topic, entry.partition});
            entry.offset = found == start.end() ? RD_KAFKA_OFFSET_INVALID : found->second;
        }
    });
    assignment.insert(assignment.end(), partitions.begin(), partitions.end());
    guarded([&] { change_assignment(true, &list); });
    guarded([&] { listener.on_ready(); });
}

void GroupConsumer::State::revoke(const rd_kafka_topic_partition_list_t& list, bool lost) {
    const auto partitions = partitions_of(list);
    guarded([&] { listener.on_revoked(partitions, lost); });
    if (collected) collected->drop(partitions);
    std::erase_if(assignment,
                  [&](const TopicPartition& p) { return std::ranges::find(partitions, p) != partitions.end(); });
    guarded([&] { change_assignment(false, &list); });
}

void GroupConsumer::State::rebalance(rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t& list) noexcept {
    rebalanced = true;
    if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        assign(list);
    } else {
        revoke(list, rd_kafka_assignment_lost(client) != 0);
    }
}

GroupConsumer::GroupConsumer(const ClientConfig& config, Logger logger, RebalanceListener& listener)
    : state_(std::make_unique<State>(listener)) {
    state_->logger = logger.named(std::string(logger_name));
    state_->offset_reset = config.find("auto.offset.reset").value_or("latest");
    auto conf = make_conf(config, *state_);
    rd_kafka_conf_set(conf.get(), "enable.auto.commit", "false", nullptr, 0);
    rd_kafka_conf_set(conf.get(), "enable.auto.offset.store", "false", nullptr, 0);
    rd_kafka_conf_set(conf.get(), "enable.partition.eof", "false", nullptr, 0);
    rd_kafka_conf_set_rebalance_cb(
        conf.get(), [](rd_kafka_t*, rd_kafka_resp_err_t what, rd_kafka_topic_partition_list_t* list, void* opaque) {
            static_cast<State*>(static_cast<HandleOpaque*>(opaque))->rebalance(what, *list);
        });
    state_->client = make_client(RD_KAFKA_CONSUMER, std::move(conf));
    rd_kafka_poll_set_consumer(state_->client);
    state_->queue.reset(rd_kafka_queue_get_consumer(state_->client));
}

GroupConsumer::~GroupConsumer() {
    state_->queue.reset();
    rd_kafka_consumer_close(state_->client);
    rd_kafka_destroy(state_->client);
}

std::optional<std::vector<std::string>> GroupConsumer::topics(std::chrono::milliseconds max_wait) {
    const rd_kafka_metadata_t* found = nullptr;
    if (rd_kafka_metadata(state_->client, 1, nullptr, &found, as_int(max_wait))) return std::nullopt;
    const MetadataPtr metadata(found);
    std::vector<std::string> names;
    for (int i = 0; i < metadata->topic_cnt; ++i) names.emplace_back(metadata->topics[i].topic);
    return names;
}

void GroupConsumer::ask_for(const std::string& topic, std::chrono::milliseconds max_wait) {
    auto* handle = rd_kafka_topic_new(state_->client, topic.c_str(), nullptr);
    if (!handle) return;
    const rd_kafka_metadata_t* found = nullptr;
    if (!rd_kafka_metadata(state_->client, 0, handle, &found, as_int(max_wait))) rd_kafka_metadata_destroy(found);
    rd_kafka_topic_destroy(handle);
}

void GroupConsumer::subscribe(std::span<const std::string> topics) {
    const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const auto& topic : topics) {
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    const auto code =
        topics.empty() ? rd_kafka_unsubscribe(state_->client) : rd_kafka_subscribe(state_->client, list.get());
    if (code) throw_kafka_error("Cannot subscribe", code);
}

RecordBatch GroupConsumer::poll(std::chrono::milliseconds max_wait, std::size_t max_records) {
    RecordBatch batch;
    state_->collected = &batch;
    state_->rebalanced = false;
    auto wait = as_int(max_wait);
    while (batch.memory_->messages.size() < max_records) {
        MessagePtr message(rd_kafka_consumer_poll(state_->client, wait));
        if (state_->rebalanced) wait = 0;  // the owner has something to do
        if (!message) break;
        wait = 0;
        if (message->err) {
            // Lost brokers are waited out, and after a poll that came too late the group is joined again.
            if (is_retriable(message->err) || message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) continue;
            state_->collected = nullptr;
            throw_kafka_error("Cannot read from the group's topics", message->err,
                              rd_kafka_message_errstr(message.get()));
        }
        auto& record = batch.records_.emplace_back(as_record(*message));
        rd_kafka_headers_t* headers = nullptr;
        if (!rd_kafka_message_headers(message.get(), &headers)) {
            auto& all = batch.memory_->headers.emplace_back();
            const char* name = nullptr;
            const void* value = nullptr;
            std::size_t size = 0;
            for (std::size_t i = 0; !rd_kafka_header_get_all(headers, i, &name, &value, &size); ++i) {
                all.push_back({.key = name, .value = {}});
                if (value) all.back().value = std::string_view(static_cast<const char*>(value), size);
            }
            record.headers = all;  // its elements stay where they are when `headers` grows
        }
        batch.memory_->messages.push_back(std::move(message));
    }
    state_->collected = nullptr;
    state_->rethrow();
    return batch;
}

const std::vector<TopicPartition>& GroupConsumer::assignment() const noexcept { return state_->assignment; }

void GroupConsumer::pause(std::span<const TopicPartition> partitions) {
    if (!partitions.empty()) rd_kafka_pause_partitions(state_->client, list_of(partitions).get());
}
void GroupConsumer::resume(std::span<const TopicPartition> partitions) {
    if (!partitions.empty()) rd_kafka_resume_partitions(state_->client, list_of(partitions).get());
}

void GroupConsumer::seek(const TopicOffsets& offsets) {
    if (offsets.empty()) return;
    const auto list = list_of(offsets);
    if (auto* error = rd_kafka_seek_partitions(state_->client, list.get(), seek_timeout_ms)) {
        const auto code = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        throw_kafka_error("Cannot go back to earlier offsets", code);
    }
    if (const auto code = error_in(list.get())) throw_kafka_error("Cannot go back to earlier offsets", code);
}

namespace {

/// librdkafka keeps it until the answer comes, or frees the queue with it inside.
void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t* list, void* opaque) {
    const std::unique_ptr<GroupConsumer::Committed> done(static_cast<GroupConsumer::Committed*>(opaque));
    (*done)(commit_error(error, list));
}

}

void GroupConsumer::commit_async(const TopicOffsets& offsets, Committed done) {
    auto owned = std::make_unique<Committed>(std::move(done));
    const auto code =
        rd_kafka_commit_queue(state_->client, list_of(offsets).get(), state_->queue.get(), on_commit, owned.get());
    if (code) {
        (*owned)(commit_error(code, nullptr));
    } else {
        (void)owned.release();  // on_commit's
    }
}

void GroupConsumer::commit(const TopicOffsets& offsets, std::chrono::milliseconds max_wait) {
    struct Answer {
        std::exception_ptr error;
        bool arrived = false;
    };
    const auto answer = std::make_shared<Answer>();
    const QueuePtr queue(rd_kafka_queue_new(state_->client));
    auto owned = std::make_unique<Committed>([answer](std::exception_ptr error) {
        answer->error = std::move(error);
        answer->arrived = true;
    });
    const auto code =
        rd_kafka_commit_queue(state_->client, list_of(offsets).get(), queue.get(), on_commit, owned.get());
    if (code) throw_kafka_error("Cannot commit offsets", code);
    (void)owned.release();
    const auto deadline = std::chrono::steady_clock::now() + max_wait;
    while (!answer->arrived) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
        if (left <= std::chrono::milliseconds::zero()) {
            throw_kafka_error("Cannot commit offsets", RD_KAFKA_RESP_ERR__TIMED_OUT);
        }
        rd_kafka_queue_poll_callback(queue.get(), as_int(left));
    }
    if (answer->error) std::rethrow_exception(answer->error);
}

}
