// What its owner asks of it; group_consumer_rebalance.cpp has what the group does.
#include "worker/kafka/group_consumer_state.hpp"
#include "worker/metrics/client_metrics.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace millrace::worker {

namespace {

constexpr std::string_view logger_name = "org.apache.kafka.clients.consumer.KafkaConsumer";
constexpr int seek_timeout_ms = 10'000;

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
/// So many messages before its turn a message's bytes are asked for.
constexpr std::size_t fetch_distance = 4;

/// librdkafka's thread has written the bytes: without this each record waits for them to come from another processor's
/// cache. What ends a record, its headers, comes right behind the value. Inline: g++ drops a call of what has no other
/// effect.
[[gnu::always_inline]] inline void fetch_ahead(const rd_kafka_message_t& message) noexcept {
    constexpr std::size_t line = 64;
    constexpr std::size_t most = 8 * line;
    const auto* bytes = static_cast<const char*>(message.payload);
    if (bytes == nullptr) return;
    for (std::size_t at = 0; at < std::min(message.len, most); at += line) __builtin_prefetch(bytes + at);
    __builtin_prefetch(bytes + message.len);
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

GroupConsumer::GroupConsumer(const ClientConfig& config, Logger logger, RebalanceListener& listener,
                             ClientMetrics* metrics)
    : state_(std::make_unique<State>(listener)) {
    state_->logger = logger.named(std::string(logger_name));
    state_->metrics = metrics;
    state_->offset_reset = config.find("auto.offset.reset").value_or("latest");
    state_->reset_duration = config.reset_duration;
    if (metrics != nullptr && config.find("isolation.level") == "read_committed") metrics->reads_committed();
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
    state_->closing = true;
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
    const auto metadata = state_->metadata(topic, as_int(max_wait));
    if (metadata && metadata->topic_cnt == 1 && metadata->topics[0].err == RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION) {
        throw KafkaException(fmt::format("Invalid topics: [{}]", topic), RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION);
    }
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

/// Adds a message to the batch that is collected; throws what it tells instead of being a record.
void GroupConsumer::State::collect(MessagePtr message) {
    if (message->err) {
        // Lost brokers are waited out, and after a poll that came too late the group is joined again.
        if (is_retriable(message->err) || message->err == RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED) return;
        constexpr const char* what = "Cannot read from the group's topics";
        if (message->err == RD_KAFKA_RESP_ERR__FATAL) {
            throw_kafka_error(what, rd_kafka_fatal_error(client, nullptr, 0));
        }
        throw_kafka_error(what, message->err, rd_kafka_message_errstr(message.get()));
    }
    collected->add(*message.release());
}

/// Takes what has come already, in one call. A rebalance in the middle of that finds records of partitions that went
/// taken but not collected: those are dropped, and asked for again if a partition has come back.
void GroupConsumer::State::collect_ready(std::size_t max_records) {
    taken.resize(max_records);
    revoked.clear();
    const auto count = rd_kafka_consume_batch_queue(queue.get(), 0, taken.data(), taken.size());
    if (count < 0) throw_kafka_error("Cannot read from the group's topics", rd_kafka_last_error());
    std::vector<MessagePtr> messages(taken.begin(), taken.begin() + count);
    collected->expect(messages.size());
    TopicOffsets again;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        auto& message = messages[i];
        if (i + fetch_distance < messages.size()) fetch_ahead(*messages[i + fetch_distance]);
        if (!revoked.empty() && !message->err) {
            const TopicPartition partition{rd_kafka_topic_name(message->rkt), message->partition};
            if (std::ranges::find(revoked, partition) != revoked.end()) {
                if (const auto start = started.find(partition); start != started.end()) again.insert(*start);
                continue;
            }
        }
        collect(std::move(message));
    }
    seek(again);
}

RecordBatch GroupConsumer::poll(std::chrono::milliseconds max_wait, std::size_t max_records) {
    RecordBatch batch;
    state_->collected = &batch;
    state_->rebalanced = false;
    state_->guarded([&] {
        state_->take_over_waiting();
        MessagePtr first(rd_kafka_consumer_poll(state_->client, state_->rebalanced ? 0 : as_int(max_wait)));
        if (!first) return;
        state_->collect(std::move(first));
        // After a rebalance the owner has something to do.
        if (!state_->rebalanced && max_records > 1) state_->collect_ready(max_records - 1);
    });
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

void GroupConsumer::State::seek(const TopicOffsets& offsets) {
    if (offsets.empty()) return;
    const auto list = list_of(offsets);
    if (auto* error = rd_kafka_seek_partitions(client, list.get(), seek_timeout_ms)) {
        const auto code = rd_kafka_error_code(error);
        rd_kafka_error_destroy(error);
        throw_kafka_error("Cannot go back to earlier offsets", code);
    }
    if (const auto code = error_in(list.get())) throw_kafka_error("Cannot go back to earlier offsets", code);
    for (const auto& [partition, offset] : offsets) started[partition] = offset;
}

void GroupConsumer::seek(const TopicOffsets& offsets) { state_->seek(offsets); }

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
