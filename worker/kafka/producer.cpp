#include "worker/kafka/producer.hpp"

#include "worker/kafka/handle.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <exception>
#include <unordered_map>
#include <vector>

namespace millrace::worker {

namespace {

constexpr std::string_view logger_name = "org.apache.kafka.clients.producer.KafkaProducer";
/// A wait for brokers is made of such: between two it may be given up.
constexpr std::chrono::milliseconds wait_slice{500};

struct Topic {
    std::string name;
    rd_kafka_topic_t* handle = nullptr;
    bool acknowledged = false;
};

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using Topics = std::unordered_map<std::string, std::unique_ptr<Topic>, TextHash, std::equal_to<>>;

int milliseconds(std::chrono::milliseconds time) noexcept {
    return static_cast<int>(std::clamp<std::int64_t>(time.count(), 0, 1'000'000'000));
}

rd_kafka_vu_t memory(rd_kafka_vtype_t kind, const std::optional<std::string_view>& bytes) noexcept {
    rd_kafka_vu_t v;
    v.vtype = kind;
    // librdkafka only reads it: it copies (RD_KAFKA_MSG_F_COPY). A null pointer is a null, an empty text is not.
    v.u.mem.ptr = bytes ? const_cast<char*>(bytes->data() ? bytes->data() : "") : nullptr;
    v.u.mem.size = bytes ? bytes->size() : 0;
    return v;
}

/// Tells when a wait for brokers is over.
class Wait {
public:
    explicit Wait(const Patience& patience) : patience_(patience), end_(Clock::now() + patience.longest) {}
    bool over() const { return Clock::now() >= end_ || (patience_.given_up && patience_.given_up()); }
    std::chrono::milliseconds slice() const {
        return std::clamp(std::chrono::ceil<std::chrono::milliseconds>(end_ - Clock::now()),
                          std::chrono::milliseconds{0}, wait_slice);
    }

private:
    using Clock = std::chrono::steady_clock;
    const Patience& patience_;
    Clock::time_point end_;
};

/// Uses `error` up; null is success.
void check_transaction(rd_kafka_error_t* error, std::string_view what) {
    if (!error) return;
    const auto code = rd_kafka_error_code(error);
    const bool retriable = rd_kafka_error_is_retriable(error) != 0;
    const auto message = fmt::format("{}: {} ({})", what, rd_kafka_error_string(error), kafka_error_name(code));
    rd_kafka_error_destroy(error);
    if (retriable) throw RetriableKafkaException(message, code);
    throw KafkaException(message, code);
}

}

struct Producer::State : HandleOpaque {
    OnDelivery on_delivery;
    Topics topics;
    Topic* last_topic = nullptr;
    rd_kafka_t* client = nullptr;
    std::size_t outstanding = 0;
    std::size_t received = 0;
    std::string transactional_id;
    std::exception_ptr thrown;

    Topic& topic(std::string_view name);
    void deliver(const rd_kafka_message_t& message) noexcept;
    /// Makes one of librdkafka's transactional calls, which go on where they were when their time was over.
    rd_kafka_error_t* in_slices(rd_kafka_error_t* (*call)(rd_kafka_t*, int), const Patience& patience) const;
    void rethrow() {
        if (auto e = std::exchange(thrown, nullptr)) std::rethrow_exception(e);
    }
};

Topic& Producer::State::topic(std::string_view name) {
    if (last_topic && last_topic->name == name) return *last_topic;
    auto found = topics.find(name);
    if (found == topics.end()) {
        auto made = std::make_unique<Topic>(Topic{.name = std::string(name)});
        auto* conf = rd_kafka_default_topic_conf_dup(client);
        rd_kafka_topic_conf_set_opaque(conf, made.get());
        made->handle = rd_kafka_topic_new(client, made->name.c_str(), conf);
        if (!made->handle) {
            rd_kafka_topic_conf_destroy(conf);
            throw_kafka_error(fmt::format("Cannot produce to topic '{}'", name), rd_kafka_last_error());
        }
        found = topics.emplace(std::string(name), std::move(made)).first;
    }
    last_topic = found->second.get();
    return *last_topic;
}

void Producer::State::deliver(const rd_kafka_message_t& message) noexcept {
    auto& from = *static_cast<Topic*>(rd_kafka_topic_opaque(message.rkt));
    const bool first = message.err == RD_KAFKA_RESP_ERR_NO_ERROR && !std::exchange(from.acknowledged, true);
    --outstanding;
    ++received;
    try {
        on_delivery({.sequence = std::bit_cast<std::uintptr_t>(message._private),
                     .error = message.err,
                     .topic = from.name,
                     .partition = message.partition,
                     .offset = message.offset,
                     .first_of_topic = first});
    } catch (...) {
        if (!thrown) thrown = std::current_exception();
    }
}

Producer::Producer(const ClientConfig& config, Logger logger, OnDelivery on_delivery, ClientMetrics* metrics,
                   std::function<bool()> may_produce)
    : state_(std::make_unique<State>()) {
    state_->transactional_id = config.find("transactional.id").value_or("");
    state_->logger = logger.named(std::string(logger_name));
    state_->on_delivery = std::move(on_delivery);
    state_->metrics = metrics;
    state_->may_produce = std::move(may_produce);
    auto conf = make_conf(config, *state_);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), [](rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        static_cast<State*>(static_cast<HandleOpaque*>(opaque))->deliver(*message);
    });
    state_->client = make_client(RD_KAFKA_PRODUCER, std::move(conf));
}

Producer::~Producer() {
    state_->on_delivery = [](const Delivery&) {};
    purge();
    for (auto& [name, topic] : state_->topics) rd_kafka_topic_destroy(topic->handle);
    rd_kafka_destroy(state_->client);
}

Producer::Sent Producer::send(const ProducerRecord& record) {
    auto& topic = state_->topic(record.topic);
    std::array<rd_kafka_vu_t, 8> parts;
    std::size_t count = 0;
    parts[count].vtype = RD_KAFKA_VTYPE_RKT;
    parts[count++].u.rkt = topic.handle;
    parts[count].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[count++].u.i32 = record.partition.value_or(RD_KAFKA_PARTITION_UA);
    parts[count].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[count++].u.i = RD_KAFKA_MSG_F_COPY;
    parts[count].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[count++].u.ptr = std::bit_cast<void*>(std::uintptr_t{record.sequence});
    parts[count++] = memory(RD_KAFKA_VTYPE_KEY, record.key);
    parts[count++] = memory(RD_KAFKA_VTYPE_VALUE, record.value);
    if (record.timestamp) {
        parts[count].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
        parts[count++].u.i64 = *record.timestamp;
    }
    rd_kafka_headers_t* headers = nullptr;
    if (!record.headers.empty()) {
        headers = rd_kafka_headers_new(record.headers.size());
        for (const auto& header : record.headers) {
            const auto value = header.value.value_or(std::string_view{});
            rd_kafka_header_add(headers, header.key.data(), static_cast<ssize_t>(header.key.size()),
                                header.value ? (value.data() ? value.data() : "") : nullptr,
                                header.value ? static_cast<ssize_t>(value.size()) : -1);
        }
        parts[count].vtype = RD_KAFKA_VTYPE_HEADERS;
        parts[count++].u.headers = headers;
    }
    auto* error = rd_kafka_produceva(state_->client, parts.data(), count);
    if (!error) {
        ++state_->outstanding;
        return Sent::Queued;
    }
    if (headers) rd_kafka_headers_destroy(headers);
    const auto code = rd_kafka_error_code(error);
    const std::string detail = rd_kafka_error_string(error);
    rd_kafka_error_destroy(error);
    if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Sent::QueueFull;
    throw_kafka_error(fmt::format("Cannot send a record of {} bytes to topic '{}'",
                                  record.key.value_or("").size() + record.value.value_or("").size(), record.topic),
                      code, detail);
}

std::size_t Producer::poll(std::chrono::milliseconds max_wait) {
    state_->received = 0;
    rd_kafka_poll(state_->client, milliseconds(max_wait));
    state_->rethrow();
    return state_->received;
}

bool Producer::flush(std::chrono::milliseconds max_wait) {
    rd_kafka_flush(state_->client, milliseconds(max_wait));
    state_->rethrow();
    return state_->outstanding == 0;
}

std::size_t Producer::outstanding() const noexcept { return state_->outstanding; }

void Producer::forget_topics() noexcept {
    for (auto& [name, topic] : state_->topics) topic->acknowledged = false;
}

std::optional<std::string> Producer::fatal_error() const {
    std::array<char, 512> reason{};
    if (!rd_kafka_fatal_error(state_->client, reason.data(), reason.size())) return std::nullopt;
    return reason.data();
}

rd_kafka_error_t* Producer::State::in_slices(rd_kafka_error_t* (*call)(rd_kafka_t*, int),
                                             const Patience& patience) const {
    for (const Wait wait(patience);;) {
        const auto end = std::chrono::steady_clock::now() + wait.slice();
        auto* error = call(client, milliseconds(wait.slice()));
        if (!error || !rd_kafka_error_is_retriable(error) || thrown || wait.over()) return error;
        rd_kafka_error_destroy(error);
        // What failed at once would fail at once again.
        rd_kafka_poll(
            client, milliseconds(std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now())));
    }
}

void Producer::init_transactions(const Patience& patience) {
    const auto what = fmt::format("Cannot take over the transactional id {}", state_->transactional_id);
    try {
        check_transaction(state_->in_slices(rd_kafka_init_transactions, patience), what);
    } catch (const KafkaException& e) {
        if (e.code != RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED) throw;
        throw KafkaException(fmt::format("{}. Allow the principal of this producer to Describe and Write it", e.what()),
                             e.code);
    }
}

void Producer::begin_transaction() {
    check_transaction(rd_kafka_begin_transaction(state_->client), "Cannot begin a transaction");
}

void Producer::commit_transaction(const Patience& patience) {
    auto* error = state_->in_slices(rd_kafka_commit_transaction, patience);
    if (error && state_->thrown) {
        rd_kafka_error_destroy(error);
    } else {
        check_transaction(error, "Cannot commit a transaction");
    }
    state_->rethrow();
}

void Producer::abort_transaction(const Patience& patience) {
    state_->thrown = nullptr;
    auto* error = state_->in_slices(rd_kafka_abort_transaction, patience);
    state_->thrown = nullptr;
    check_transaction(error, "Cannot abort a transaction");
}

void Producer::purge() noexcept { rd_kafka_purge(state_->client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT); }

void send_all(Producer& producer, std::string_view topic,
              std::span<const std::pair<std::string, std::optional<std::string>>> records, std::uint64_t sequence,
              const Patience& patience) {
    constexpr std::chrono::milliseconds queue_wait{100};
    const Wait wait(patience);
    for (const auto& [key, value] : records) {
        const ProducerRecord record{.topic = topic,
                                    .key = key,
                                    .value = value ? std::optional<std::string_view>(*value) : std::nullopt,
                                    .sequence = sequence};
        while (producer.send(record) == Producer::Sent::QueueFull) {
            if (wait.over()) {
                throw RetriableKafkaException(fmt::format("Cannot send to topic '{}': the queue is full", topic),
                                              RD_KAFKA_RESP_ERR__QUEUE_FULL);
            }
            producer.poll(queue_wait);
        }
    }
}

}
