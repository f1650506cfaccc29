#include "worker/kafka/handle.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

/// deploy/patches adds it to the librdkafka that deploy/install-dependencies builds. One without it sends what it
/// holds.
extern "C" __attribute__((weak)) void rd_kafka_conf_set_may_produce_cb(rd_kafka_conf_t* conf, int (*ask)(void* opaque));

namespace millrace::worker {

namespace {

LogLevel level_of(int syslog_level) noexcept {
    if (syslog_level <= 3) return LogLevel::Error;
    if (syslog_level == 4) return LogLevel::Warn;
    return syslog_level <= 6 ? LogLevel::Info : LogLevel::Debug;
}

/// librdkafka calls this on any of its threads.
void write_log(const rd_kafka_t* client, int level, const char* facility, const char* text) {
    const auto* opaque = static_cast<const HandleOpaque*>(rd_kafka_opaque(client));
    if (!opaque) return;
    try {
        opaque->logger.log(level_of(level), "[{}] {}", facility, text);
    } catch (...) {  // NOLINT(bugprone-empty-catch): no exception may pass through C, and there is nobody to tell
    }
}

/// Lost brokers are in the log already; what is fatal comes back from the calls.
void on_error(rd_kafka_t* client, int code, const char* reason, void* opaque) {
    auto* owner = static_cast<HandleOpaque*>(opaque);
    if (code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__RESOLVE) return;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN &&
        !owner->lost_brokers.tell(HandleOpaque::LostBrokers::Clock::now())) {
        return;
    }
    try {
        owner->logger.warn("[{}] {}", rd_kafka_name(client), reason);
    } catch (...) {  // NOLINT(bugprone-empty-catch): as above
    }
}

int on_statistics(rd_kafka_t* client, char* text, std::size_t size, void* opaque) {
    const auto* owner = static_cast<const HandleOpaque*>(opaque);
    try {
        owner->metrics->update(rd_kafka_name(client), owner->client_id, {text, size});
    } catch (...) {  // NOLINT(bugprone-empty-catch): as above
    }
    return 0;  // librdkafka frees the text
}

/// What was not sent yet is thrown away: a producer that was given up on must not write later, when the network is back
/// and others have gone on with its work. One that ends in order waits for its records before.
int close_at_once(int socket, void*) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    return ::close(socket);
}

std::string value_of(const rd_kafka_conf_t& conf, const char* name) {
    std::size_t size = 0;  // with the NUL
    if (rd_kafka_conf_get(&conf, name, nullptr, &size) != RD_KAFKA_CONF_OK) return "";
    std::string value(size, '\0');
    rd_kafka_conf_get(&conf, name, value.data(), &size);
    value.pop_back();
    return value;
}

int may_produce(void* opaque) { return static_cast<const HandleOpaque*>(opaque)->may_produce() ? 1 : 0; }

}

bool HandleOpaque::LostBrokers::tell(Clock::time_point now) noexcept {
    auto next = next_.load();
    if (now.time_since_epoch().count() < next) return false;
    return next_.compare_exchange_strong(next, (now + interval).time_since_epoch().count());
}

ConfPtr make_conf(const ClientConfig& config, HandleOpaque& opaque) {
    ConfPtr conf(rd_kafka_conf_new());
    std::array<char, 512> reason{};
    for (const auto& [name, value] : config.properties) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), reason.data(), reason.size()) !=
            RD_KAFKA_CONF_OK) {
            throw ConfigException(fmt::format("Kafka client: {}", reason.data()));
        }
    }
    rd_kafka_conf_set_opaque(conf.get(), &opaque);
    rd_kafka_conf_set_log_cb(conf.get(), write_log);
    rd_kafka_conf_set_error_cb(conf.get(), on_error);
    if (opaque.metrics != nullptr) {
        opaque.client_id = value_of(*conf, "client.id");
        const auto interval = std::to_string(ClientMetrics::interval.count());
        rd_kafka_conf_set(conf.get(), "statistics.interval.ms", interval.c_str(), nullptr, 0);
        rd_kafka_conf_set_stats_cb(conf.get(), on_statistics);
    }
    if (config.kind == ClientKind::Producer) rd_kafka_conf_set_closesocket_cb(conf.get(), close_at_once);
    if (opaque.may_produce && rd_kafka_conf_set_may_produce_cb != nullptr)
        rd_kafka_conf_set_may_produce_cb(conf.get(), may_produce);
    return conf;
}

rd_kafka_t* make_client(rd_kafka_type_t type, ConfPtr conf) {
    std::array<char, 512> reason{};
    auto* client = rd_kafka_new(type, conf.get(), reason.data(), reason.size());
    if (!client) throw ConfigException(fmt::format("Kafka client: {}", reason.data()));
    (void)conf.release();
    return client;
}

ListPtr list_of(std::span<const TopicPartition> partitions) {
    ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
    for (const auto& p : partitions) rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition);
    return list;
}

ListPtr list_of(const TopicOffsets& offsets) {
    ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [p, offset] : offsets) {
        rd_kafka_topic_partition_list_add(list.get(), p.topic.c_str(), p.partition)->offset = offset;
    }
    return list;
}

}
