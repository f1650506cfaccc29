/// librdkafka's own mock of a broker, which can be told to answer wrongly.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

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

    rd_kafka_t* owner;
    rd_kafka_mock_cluster_t* cluster = nullptr;
};

}
