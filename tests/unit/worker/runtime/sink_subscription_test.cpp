#include "worker/runtime/sink_subscription.hpp"

#include "tests/pch.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {
const std::vector<std::string> existing{"orders", "orders-dlq", "my-orders", "__consumer_offsets", "other"};
}

TEST_CASE("a list of topics is subscribed to whether they exist or not") {
    const SinkSubscription subscription(Settings{{"topics", "new , orders"}});
    CHECK(subscription.topics(existing) == std::vector<std::string>{"new", "orders"});
    CHECK(subscription.incomplete(existing));
    CHECK_FALSE(SinkSubscription(Settings{{"topics", "orders"}}).incomplete(existing));
}

TEST_CASE("a pattern takes the topics whose whole name matches") {
    const SinkSubscription subscription(Settings{{"topics.regex", "(?!my)[a-z]*orders?(-dlq)?|__consumer.*"}});
    CHECK(subscription.topics(existing) == std::vector<std::string>{"orders", "orders-dlq"});
    CHECK_FALSE(subscription.incomplete(existing));
    CHECK(subscription.incomplete({}));
}

TEST_CASE("a pattern matches Kafka's own topics where it is to") {
    const Settings settings{{"topics.regex", "__consumer.*"}};
    CHECK(SinkSubscription(settings).topics(existing).empty());
    CHECK(SinkSubscription(settings, true).topics(existing) == std::vector<std::string>{"__consumer_offsets"});
}

TEST_CASE("settings that say nothing, or too much, are refused") {
    const auto [settings, message] = GENERATE(table<Settings, std::string>({
        {Settings{}, "Invalid value null for configuration topics: Must configure one of topics or topics.regex"},
        {Settings{{"topics", "a"}, {"topics.regex", "b"}},
         "Invalid value a for configuration topics: topics and topics.regex are mutually exclusive options, but both "
         "are set."},
        {Settings{{"topics", "a,dlq"}, {"errors.deadletterqueue.topic.name", "dlq"}},
         "Invalid value a,dlq for configuration topics: The DLQ topic 'dlq' may not be included in the list of topics "
         "('topics=[a, dlq]') consumed by the connector"},
        {Settings{{"topics.regex", "d.*"}, {"errors.deadletterqueue.topic.name", "dlq"}},
         "Invalid value d.* for configuration topics.regex: The DLQ topic 'dlq' may not be matched by the regex for "
         "the "
         "topics ('topics.regex=d.*') consumed by the connector"},
    }));
    CHECK_THROWS_WITH(SinkSubscription(settings), message);
}
