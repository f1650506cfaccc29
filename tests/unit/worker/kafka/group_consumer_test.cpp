// Against librdkafka's own mock of a broker, which can be told to answer wrongly.
#include "worker/kafka/group_consumer.hpp"

#include "tests/pch.hpp"
#include "tests/unit/eventually.hpp"
#include "tests/unit/worker/kafka/mock_broker.hpp"
#include "worker/kafka/producer.hpp"

#include <chrono>
#include <optional>
#include <set>

using namespace millrace;
using namespace millrace::worker;
using millrace::worker::test::MockBroker;
using namespace std::chrono_literals;

namespace {

constexpr std::int16_t offset_fetch = 9;
constexpr std::int16_t heartbeat = 12;
constexpr std::int16_t leave_group = 13;
constexpr std::int16_t sync_group = 14;

void is_no_coordinator(const MockBroker& broker) {
    const std::vector<rd_kafka_resp_err_t> errors(1000, RD_KAFKA_RESP_ERR_NOT_COORDINATOR);
    rd_kafka_mock_push_request_errors_array(broker.cluster, offset_fetch, errors.size(), errors.data());
}
void is_coordinator(const MockBroker& broker) { rd_kafka_mock_clear_request_errors(broker.cluster, offset_fetch); }

struct Remembering : RebalanceListener {
    void on_assigned(std::span<const TopicPartition> partitions, TopicOffsets& start) override {
        ++rebalances;
        assigned.insert(partitions.begin(), partitions.end());
        for (const auto& [partition, offset] : start) started[partition] = offset;
    }
    void on_ready() override {}
    void on_revoked(std::span<const TopicPartition>, bool) override {}
    int rebalances = 0;
    std::set<TopicPartition> assigned;
    TopicOffsets started;
};

const std::vector<std::string> topics{"t"};

void create_topic(const MockBroker& broker) {
    REQUIRE(rd_kafka_mock_topic_create(broker.cluster, "t", 2, 1) == RD_KAFKA_RESP_ERR_NO_ERROR);
}

ClientConfig member_of_a_group(const MockBroker& broker, const Settings& more) {
    Settings settings{
        {"bootstrap.servers", broker.address()}, {"group.id", "g"}, {"partition.assignment.strategy", "range"}};
    settings.insert(more.begin(), more.end());
    return translate(ClientKind::Consumer, settings);
}

/// Twenty records, and a member of a group that is given their two partitions before it can know where they start.
struct UnknownStart {
    UnknownStart() {
        create_topic(broker);
        Producer producer(translate(ClientKind::Producer, {{"bootstrap.servers", broker.address()}}), {},
                          [](const Delivery&) {});
        for (std::int32_t i = 0; i < 20; ++i) producer.send({.topic = "t", .partition = i % 2, .value = "v"});
        REQUIRE(producer.flush(10s));
    }
    void join() {
        consumer.emplace(member_of_a_group(broker, {{"auto.offset.reset", "earliest"}}), Logger{}, listener);
        consumer->subscribe(topics);
        while (listener.rebalances == 0 && std::chrono::steady_clock::now() < deadline) consumer->poll(100ms, 100);
        REQUIRE(listener.rebalances == 1);
        CHECK(listener.assigned.empty());
        CHECK(consumer->assignment().empty());
    }
    void read_all() {
        std::size_t read = 0;
        while (read < 20 && std::chrono::steady_clock::now() < deadline)
            read += consumer->poll(100ms, 100).records().size();
        CHECK(read == 20);
        CHECK(listener.started == TopicOffsets{{{"t", 0}, 0}, {{"t", 1}, 0}});
        CHECK(consumer->assignment().size() == 2);
    }

    MockBroker broker;
    Remembering listener;
    std::optional<GroupConsumer> consumer;
    const std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::now() + 60s;
};

}

TEST_CASE("a partition is read although the coordinator had moved when its offset was asked for", "[kafka]") {
    UnknownStart f;
    is_no_coordinator(f.broker);
    f.join();
    is_coordinator(f.broker);
    f.read_all();
}

TEST_CASE("a partition is read although it had no leader when its start was asked for", "[kafka]") {
    UnknownStart f;
    const auto lead = [&](std::int32_t by) {
        for (std::int32_t i = 0; i < 2; ++i) rd_kafka_mock_partition_set_leader(f.broker.cluster, "t", i, by);
    };
    constexpr std::int32_t nobody = -1;
    lead(nobody);
    f.join();
    lead(1);
    f.read_all();
}

TEST_CASE("a consumer may be closed before it has heard what partitions it is given", "[kafka]") {
    MockBroker broker;
    create_topic(broker);
    rd_kafka_mock_group_initial_rebalance_delay_ms(broker.cluster, 20);
    rd_kafka_mock_start_request_tracking(broker.cluster);
    Remembering listener;
    {
        GroupConsumer consumer(member_of_a_group(broker, {{"heartbeat.interval.ms", "10"}}), {}, listener);
        consumer.subscribe(topics);
        // The assignment is there once a heartbeat follows the group's last answer.
        REQUIRE(eventually([&] { return broker.last_request_of({sync_group, heartbeat}) == heartbeat; }));
        CHECK(listener.rebalances == 0);
    }
    CHECK(listener.rebalances == 0);
    CHECK(broker.last_request_of({sync_group, leave_group}) == leave_group);
}
