/// A compacted topic of its own for each log of a test.
#pragma once
#include "cluster/storage/kafka_based_log.hpp"
#include "worker/kafka/admin.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace millrace::cluster {

inline TopicLogOptions internal_topic(const std::string& brokers, const std::string& name,
                                      std::shared_ptr<const worker::Lease> lease) {
    const Settings client{{"bootstrap.servers", brokers}};
    const auto topic = name + "-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    return {.topic = topic,
            .consumer = worker::translate(worker::ClientKind::Consumer, client),
            .producer = worker::translate(worker::ClientKind::Producer, client),
            .admin = worker::translate(worker::ClientKind::Admin, client),
            .prepare =
                [topic](worker::Admin& admin) {
                    admin.create_topic({.name = topic, .partitions = 1, .replication_factor = 1});
                },
            .lease = std::move(lease)};
}

}
