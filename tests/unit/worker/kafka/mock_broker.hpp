/// librdkafka's own mock of a broker, which can be told to answer wrongly.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace millrace::worker::test {

struct MockBroker {
    MockBroker() : owner(rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), nullptr, 0)) {
        cluster = rd_kafka_mock_cluster_new(owner, 1);
    }
    ~MockBroker() {
        rd_kafka_mock_cluster_destroy(cluster);
        rd_kafka_destroy(owner);
    }
    MockBroker(const MockBroker&) = delete;
    MockBroker& operator=(const MockBroker&) = delete;
    std::string address() const { return rd_kafka_mock_cluster_bootstraps(cluster); }

    /// The last request of one of these kinds (API keys of Kafka's protocol); none yet: -1. Only once the cluster
    /// tracks requests.
    std::int16_t last_request_of(std::initializer_list<std::int16_t> kinds) const {
        std::size_t count = 0;
        auto** requests = rd_kafka_mock_get_requests(cluster, &count);
        std::int16_t last = -1;
        for (std::size_t i = 0; i < count; ++i) {
            const auto kind = rd_kafka_mock_request_api_key(requests[i]);
            if (std::ranges::find(kinds, kind) != kinds.end()) last = kind;
        }
        rd_kafka_mock_request_destroy_array(requests, count);
        return last;
    }

    rd_kafka_t* owner;
    rd_kafka_mock_cluster_t* cluster = nullptr;
};

}
