/// A consumer group's offsets while the coordinator is away: MILLRACE_TEST_KAFKA=host:port, and
/// MILLRACE_TEST_KAFKA_RESTART, a shell command that restarts that broker with its data.
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "tests/unit/eventually.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/kafka/group_admin.hpp"

#include <cstdlib>
#include <future>

using namespace millrace;
using namespace millrace::worker;
using namespace std::chrono_literals;

TEST_CASE("a group's offsets are found although its coordinator is restarted", "[kafka][offsets]") {
    const auto brokers = from_environment("MILLRACE_TEST_KAFKA");
    const auto restart = from_environment("MILLRACE_TEST_KAFKA_RESTART");
    if (!brokers || !restart) return;
    const auto config = translate(ClientKind::Admin, {{"bootstrap.servers", *brokers}});
    const auto name = "group-admin-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    Admin(config, {}, 30s).create_topic({.name = name, .partitions = 1, .replication_factor = 1});
    const TopicOffsets offsets{{{name, 0}, 5}};
    const auto altered = [&] {
        try {
            GroupAdmin(config, name, {}, 30s).alter(offsets);
            return true;
        } catch (const RetriableKafkaException&) {  // the coordinator learns of a new topic a little later
            return false;
        }
    };
    REQUIRE(eventually(altered));

    const auto restarted = std::async(std::launch::async, [&] {
        return std::system(restart->c_str());  // NOLINT(concurrency-mt-unsafe): the test's own command
    });
    do {
        // A client of its own each time: one that has just come meets a coordinator that loads, one that stays a lost
        // one.
        GroupAdmin group(config, name, {}, 60s);
        CHECK(group.offsets() == offsets);
        CHECK(group.offsets() == offsets);
    } while (restarted.wait_for(0s) != std::future_status::ready);
    CHECK(GroupAdmin(config, name, {}, 60s).offsets() == offsets);
}
