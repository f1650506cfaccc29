#include "worker/kafka/client_config.hpp"

#include "tests/pch.hpp"
#include "worker/kafka/error.hpp"
#include "worker/kafka/handle.hpp"
#include "worker/kafka/offset_reset.hpp"
#include "worker/kafka/producer.hpp"

#include <limits>

using namespace millrace;
using namespace millrace::worker;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

TEST_CASE("Java's client settings become librdkafka's") {
    const auto [java, rdkafka, expected] =
        GENERATE(table<std::pair<std::string, std::string>, std::string, std::string>({
            {{"delivery.timeout.ms", "2147483647"}, "message.timeout.ms", "0"},
            {{"delivery.timeout.ms", "1000"}, "message.timeout.ms", "1000"},
            {{"max.request.size", "2000000"}, "message.max.bytes", "2000000"},
            {{"buffer.memory", "33554432"}, "queue.buffering.max.kbytes", "32768"},
            {{"security.protocol", "SSL"}, "security.protocol", "ssl"},
            {{"sasl.kerberos.min.time.before.relogin", "-1"}, "sasl.kerberos.min.time.before.relogin", "0"},
            {{"transaction.timeout.ms", "1"}, "transaction.timeout.ms", "1000"},
            {{"compression.type", "zstd"}, "compression.type", "zstd"},
            {{"batch.size", "0"}, "batch.size", "1"},
            {{"send.buffer.bytes", "-1"}, "socket.send.buffer.bytes", "0"},
            {{"linger.ms", "7"}, "linger.ms", "7"},
        }));
    CHECK(translate(ClientKind::Producer, {java}).find(rdkafka) == expected);
}

TEST_CASE("what Java's clients take and librdkafka does not is fitted to it") {
    const auto kind = GENERATE(ClientKind::Producer, ClientKind::Consumer, ClientKind::Admin);
    const auto limit = GENERATE("2147483647", "1");
    const Settings java{{"ssl.endpoint.identification.algorithm", "made up"},  // without TLS nobody looks at it
                        {"sasl.kerberos.min.time.before.relogin", "-1"},
                        {"transaction.timeout.ms", limit},
                        {"max.in.flight.requests.per.connection", limit},
                        {"auto.commit.interval.ms", limit},
                        {"session.timeout.ms", limit},
                        {"heartbeat.interval.ms", limit},
                        {"max.poll.interval.ms", limit}};
    HandleOpaque opaque;
    CHECK_NOTHROW(make_conf(translate(kind, java), opaque));
}

TEST_CASE("metadata is fetched so often that librdkafka's microseconds do not overflow") {
    const auto kind = GENERATE(ClientKind::Producer, ClientKind::Consumer, ClientKind::Admin);
    const auto [java, expected] = GENERATE(
        table<std::string, std::int64_t>({{"300000", 300'000}, {"3600000", 700'000}, {"2147483647", 700'000}}));
    constexpr std::int64_t kept_for = 3;  // intervals
    const auto interval = translate(kind, {{"metadata.max.age.ms", java}}).find("topic.metadata.refresh.interval.ms");
    REQUIRE(interval);
    CHECK(std::stol(*interval) == expected);
    CHECK(std::stol(*interval) * kept_for * 1000 <= std::numeric_limits<int>::max());
}

TEST_CASE("limits of a consumer that librdkafka would refuse together hold as far as it lets them") {
    const auto [java, rdkafka, expected] = GENERATE(table<Settings, std::string, std::string>({
        {{{"max.poll.interval.ms", "30000"}}, "max.poll.interval.ms", "45000"},
        {{{"max.poll.interval.ms", "9000"}, {"session.timeout.ms", "10000"}}, "max.poll.interval.ms", "10000"},
        {{{"max.poll.interval.ms", "60000"}}, "max.poll.interval.ms", "60000"},
        {{{"session.timeout.ms", "600000"}}, "max.poll.interval.ms", "600000"},
        {{{"fetch.max.bytes", "500000"}}, "fetch.max.bytes", "500000"},
        {{{"fetch.max.bytes", "0"}}, "fetch.max.bytes", "1000"},
    }));
    const auto config = translate(ClientKind::Consumer, java);
    CHECK(config.find(rdkafka) == expected);
    const auto given = java.find(rdkafka);
    const bool taken = given != java.end() && given->second == expected;
    CHECK(config.warnings.size() == (taken || rdkafka != "max.poll.interval.ms" ? 0U : 1U));
    HandleOpaque opaque;
    CHECK_NOTHROW(rd_kafka_destroy(make_client(RD_KAFKA_CONSUMER, make_conf(config, opaque))));
}

TEST_CASE("a producer behaves as Java's where nothing is set") {
    const auto config =
        translate(ClientKind::Producer, source_producer_settings({{"bootstrap.servers", "b:1"}}, {}, "id"));
    CHECK(config.find("partitioner") == "murmur2_random");
    CHECK(config.find("message.max.bytes") == "1048576");
    CHECK(config.find("message.timeout.ms") == "0");
    CHECK(config.find("max.in.flight.requests.per.connection") == "1");
    CHECK(config.find("acks") == "all");
    CHECK(config.find("bootstrap.servers") == "b:1");
    CHECK(config.warnings.empty());
    Producer producer(config, {}, [](const Delivery&) {});  // librdkafka accepts every one of them
    CHECK(producer.outstanding() == 0);
    CHECK(translate(ClientKind::Consumer, {}).find("isolation.level") == "read_uncommitted");
}

TEST_CASE("a source's producer keeps the order of records through retries, unless it is told not to") {
    const auto [key, value, expected] = GENERATE(table<std::string, std::string, std::string>({
        {"linger.ms", "0", "true"},
        {"acks", "-1", "true"},
        {"acks", "1", "false"},
        {"retries", "0", "false"},
        {"max.in.flight.requests.per.connection", "6", "false"},
        {"enable.idempotence", "false", "false"},
    }));
    const auto settings = source_producer_settings({{"producer." + key, value}}, {}, "id");
    CHECK(settings.at("enable.idempotence") == expected);
    auto config = translate(ClientKind::Producer, settings);
    Producer producer(config, {}, [](const Delivery&) {});  // librdkafka accepts the whole
    CHECK(producer.outstanding() == 0);
}

TEST_CASE("what only Java knows is dropped, what nobody knows is warned of") {
    const auto config = translate(
        ClientKind::Producer,
        {{"key.serializer", "x"}, {"metric.reporters", "y"}, {"auto.offset.reset", "latest"}, {"lingerms", "1"}});
    CHECK(config.warnings ==
          std::vector<std::string>{"Unknown client setting 'lingerms' has no effect. Did you mean 'linger.ms'?"});
    CHECK(!config.find("auto.offset.reset"));
}

TEST_CASE("client settings come in layers") {
    const Settings worker{{"bootstrap.servers", "b:1"},
                          {"group.id", "g"},
                          {"client.id", "me"},
                          {"security.protocol", "SSL"},
                          {"producer.linger.ms", "1"},
                          {"producer.acks", "1"},
                          {"admin.security.protocol", "PLAINTEXT"},
                          {"admin.listeners", ""}};
    const Settings connector{{"producer.override.linger.ms", "2"}, {"admin.override.client.id", "mine"}};
    const auto producer = source_producer_settings(worker, connector, "connector-producer-c-0");
    CHECK(producer.at("linger.ms") == "2");
    CHECK(producer.at("acks") == "1");
    CHECK(!producer.contains("security.protocol"));
    CHECK(producer.at("client.id") == "connector-producer-c-0");
    const auto admin = connector_admin_settings(worker, connector, "a");
    CHECK(admin.at("security.protocol") == "PLAINTEXT");
    CHECK(admin.at("client.id") == "mine");
    CHECK(!admin.contains("listeners"));
    const auto internal = internal_client_settings(ClientKind::Consumer, worker, "offsets");
    CHECK(internal.at("client.id") == "g-me-offsets");
    CHECK(internal.at("security.protocol") == "SSL");
    CHECK(internal.at("isolation.level") == "read_uncommitted");
    CHECK(!internal.contains("linger.ms"));
    const auto statuses = internal_client_settings(ClientKind::Producer, worker, "statuses");
    CHECK(statuses.at("enable.idempotence") == "true");
    CHECK(statuses.at("delivery.timeout.ms") == "2147483647");
}

TEST_CASE("errors know whether to try again") {
    CHECK(is_retriable(-195));  // _TRANSPORT
    CHECK(is_retriable(6));     // NOT_LEADER_OR_FOLLOWER
    CHECK(!is_retriable(10));   // MSG_SIZE_TOO_LARGE
    CHECK(java_exception_name(10) == "org.apache.kafka.common.errors.RecordTooLargeException");
    CHECK_THROWS_AS(throw_kafka_error("x", 7), RetriableException);
    try {
        throw_kafka_error("Cannot do it", 29);
    } catch (const KafkaException& e) {
        CHECK(e.code == 29);
        CHECK_THAT(e.what(), Catch::StartsWith("Cannot do it: ") && Catch::EndsWith("(TOPIC_AUTHORIZATION_FAILED)"));
    }
}

TEST_CASE("a record that is too large is refused at once") {
    Producer producer(
        translate(ClientKind::Producer, {{"bootstrap.servers", "127.0.0.1:1"}, {"max.request.size", "2000"}}), {},
        [](const Delivery&) {});
    const std::string large(3000, 'x');
    CHECK_THROWS_AS(producer.send({.topic = "t", .value = large}), KafkaException);
}

TEST_CASE("the largest record that is allowed fits into the queue") {
    const std::string large(30'000'000, 'x');
    for (const std::string memory : {"", "8192"}) {
        Settings settings{{"bootstrap.servers", "127.0.0.1:1"}, {"max.request.size", "31000000"}};
        if (!memory.empty()) settings["buffer.memory"] = memory;
        Producer producer(translate(ClientKind::Producer, settings), {}, [](const Delivery&) {});
        CHECK(producer.send({.topic = "t", .value = large}) == Producer::Sent::Queued);
        producer.purge();
    }
}

TEST_CASE("a full queue refuses records until some are given up") {
    std::vector<Delivery> deliveries;
    Producer producer(
        translate(ClientKind::Producer,
                  {{"bootstrap.servers", "127.0.0.1:1"}, {"buffer.memory", "8192"}, {"max.request.size", "4096"}}),
        {}, [&](const Delivery& d) { deliveries.push_back(d); });
    const std::string kilobyte(1024, 'x');
    std::uint64_t sent = 0;
    while (producer.send({.topic = "t", .value = kilobyte, .sequence = sent}) == Producer::Sent::Queued) ++sent;
    CHECK(sent >= 7);
    CHECK(producer.outstanding() == sent);
    producer.purge();
    CHECK(producer.flush(std::chrono::seconds(10)));
    REQUIRE(deliveries.size() == sent);
    CHECK(is_purged(deliveries.front().error));
    CHECK(deliveries.back().sequence == sent - 1);
}

TEST_CASE("a sink's consumer is a member of its connector's group, as Java's is") {
    const auto settings = sink_consumer_settings(
        {{"bootstrap.servers", "b:1"}, {"consumer.fetch.max.wait.ms", "7"}, {"security.protocol", "SSL"}},
        {{"name", "c"}, {"consumer.override.auto.offset.reset", "latest"}}, "connector-consumer-c-0");
    const auto config = translate(ClientKind::Consumer, settings);
    CHECK(config.find("group.id") == "connect-c");
    CHECK(config.find("client.id") == "connector-consumer-c-0");
    CHECK(config.find("bootstrap.servers") == "b:1");
    CHECK(config.find("auto.offset.reset") == "latest");
    CHECK(config.find("fetch.wait.max.ms") == "7");
    CHECK(config.find("isolation.level") == "read_uncommitted");
    CHECK(config.find("allow.auto.create.topics") == "true");
    CHECK(config.find("partition.assignment.strategy") == "range");
    CHECK_FALSE(config.find("security.protocol"));
}

TEST_CASE("Java's assignors are those of librdkafka that go with them") {
    const std::string package = "org.apache.kafka.clients.consumer.";
    const auto [java, expected, unknown] = GENERATE_COPY(table<std::string, std::string, std::string>({
        {package + "RangeAssignor," + package + "CooperativeStickyAssignor", "range", ""},
        {package + "RoundRobinAssignor", "roundrobin", ""},
        {package + "CooperativeStickyAssignor", "cooperative-sticky", ""},
        {package + "StickyAssignor", "range", package + "StickyAssignor"},
        {"org.example.RangeAssignor, roundrobin," + package + "StickyAssignor", "roundrobin",
         "org.example.RangeAssignor," + package + "StickyAssignor"},
    }));
    const auto config = translate(ClientKind::Consumer, {{"partition.assignment.strategy", java}});
    CHECK(config.find("partition.assignment.strategy") == expected);
    if (unknown.empty()) {
        CHECK(config.warnings.empty());
        return;
    }
    REQUIRE(config.warnings.size() == 1);
    CHECK_THAT(config.warnings[0], StartsWith("partition.assignment.strategy=" + unknown + " has no effect: ") &&
                                       EndsWith("Partitions are shared out by " + expected + "."));
}

TEST_CASE("a partition without an offset may be read from a time ago") {
    const auto [value, expected] = GENERATE(table<std::string, std::int64_t>({
        {"by_duration:PT1H", 3'600'000},
        {"BY_DURATION:p7dt1h2m3.5s", 608'523'500},
        {"by_duration:P1D", 86'400'000},
        {"by_duration:PT1H-30M", 1'800'000},
        {"by_duration:PT+0S", 0},
        {"by_duration:PT0.1S", 100},
    }));
    CHECK(reset_duration(value) == std::chrono::milliseconds(expected));
    const auto config = translate(ClientKind::Consumer, {{"auto.offset.reset", value}});
    CHECK(config.reset_duration == std::chrono::milliseconds(expected));
    CHECK(config.find("auto.offset.reset") == "earliest");
    HandleOpaque opaque;
    CHECK_NOTHROW(make_conf(config, opaque));
}

TEST_CASE("what is no duration is refused") {
    for (const std::string value :
         {"", "P", "PT", "P1DT", "1H", "PT1", "PT1H2H", "PT1M1H", "PT1.5H", "P1H", "PT-1H", "PTxS", "PTinfS", "P1W"}) {
        CAPTURE(value);
        CHECK_THROWS_WITH(reset_duration("by_duration:" + value),
                          Catch::Contains("for configuration auto.offset.reset: what follows 'by_duration:'"));
    }
    CHECK_FALSE(reset_duration("earliest"));
}

TEST_CASE("brokers that share out partitions themselves are asked to, and then nothing else is said of that") {
    const Settings connector{{"name", "c"}, {"consumer.override.group.protocol", "CONSUMER"}};
    const auto settings = sink_consumer_settings({}, connector, "id");
    const auto config = translate(ClientKind::Consumer, settings);
    CHECK(config.find("group.protocol") == "consumer");
    HandleOpaque opaque;
    CHECK_NOTHROW(make_conf(config, opaque));
    for (const std::string name : {"heartbeat.interval.ms", "session.timeout.ms", "partition.assignment.strategy"}) {
        auto more = connector;
        more["consumer.override." + name] = "7";
        CHECK_THROWS_WITH(translate(ClientKind::Consumer, sink_consumer_settings({}, more, "id")),
                          name + " cannot be set when group.protocol=CONSUMER");
    }
}

TEST_CASE("records of a transaction have the time that is set, or the transaction's") {
    const auto time_of = [](const Settings& producer) {
        Settings connector;
        for (const auto& [name, value] : producer) connector["producer.override." + name] = value;
        const auto config =
            translate(ClientKind::Producer, transactional(source_producer_settings({}, connector, "id"), "t"));
        Producer accepted(config, {}, [](const Delivery&) {});
        return config.find("message.timeout.ms");
    };
    CHECK(time_of({{"delivery.timeout.ms", "5000"}}) == "5000");
    CHECK(time_of({{"delivery.timeout.ms", "90000"}, {"transaction.timeout.ms", "120000"}}) == "90000");
    CHECK_FALSE(time_of({}));
    CHECK_FALSE(time_of({{"delivery.timeout.ms", "60000"}}));
    CHECK_FALSE(time_of({{"delivery.timeout.ms", "0"}}));
}

TEST_CASE("a setting that would change something and does not is named with what holds instead") {
    const auto [kind, name] = GENERATE(table<ClientKind, std::string>({
        {ClientKind::Producer, "interceptor.classes"},
        {ClientKind::Consumer, "interceptor.classes"},
        {ClientKind::Producer, "max.block.ms"},
        {ClientKind::Producer, "partitioner.class"},
        {ClientKind::Consumer, "default.api.timeout.ms"},
        {ClientKind::Admin, "default.api.timeout.ms"},
    }));
    const auto warnings = translate(kind, {{name, "7"}}).warnings;
    REQUIRE(warnings.size() == 1);
    CHECK_THAT(warnings[0], Catch::StartsWith(name + "=7 has no effect: "));
    CHECK(translate(kind, {{name, " "}}).warnings.empty());
}
