/// What Producer, Consumer and Admin share: making a librdkafka client whose log lines go to our Logger.
#pragma once
#include "connectors/api/log.hpp"
#include "worker/kafka/client_config.hpp"
#include "worker/kafka/consumer.hpp"
#include "worker/metrics/client_metrics.hpp"

#include <librdkafka/rdkafka.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace millrace::worker {

template <auto Function>
struct Deleter {
    template <class T>
    void operator()(T* p) const noexcept {
        Function(p);
    }
};
using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t, Deleter<rd_kafka_topic_partition_list_destroy>>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using MetadataPtr = std::unique_ptr<const rd_kafka_metadata_t, Deleter<rd_kafka_metadata_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;

/// The opaque of every client of ours begins with this.
struct HandleOpaque {
    /// Whether it is time to say again that no broker can be reached: librdkafka tells several times a second.
    class LostBrokers {
    public:
        using Clock = std::chrono::steady_clock;
        static constexpr std::chrono::seconds interval{10};
        bool tell(Clock::time_point now) noexcept;  ///< from any thread

    private:
        std::atomic<Clock::rep> next_{Clock::time_point::min().time_since_epoch().count()};
    };

    Logger logger;
    ClientMetrics* metrics =
        nullptr;  ///< who wants the client's statistics; the client's owner hands them over when it polls
    std::function<bool()> may_produce = {};  ///< asked on librdkafka's threads; none: always
    std::string client_id = {};              ///< make_conf() sets it
    LostBrokers lost_brokers = {};
};

/// Throws ConfigException naming the property that librdkafka refuses.
ConfPtr make_conf(const ClientConfig& config, HandleOpaque& opaque);
/// `conf` is used up. `opaque` outlives the client.
rd_kafka_t* make_client(rd_kafka_type_t type, ConfPtr conf);

ListPtr list_of(std::span<const TopicPartition> partitions);
ListPtr list_of(const TopicOffsets& offsets);
/// Without its headers; its texts lie in the message, and its topic's name where `topic` does.
ConsumerRecord as_record(const rd_kafka_message_t& message, std::string_view topic);

}
