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

namespace {

/// A group with an offset, and a way to take its coordinator away.
struct Coordinated {
    Coordinated() {
        if (!brokers || !restart) return;
        config = translate(ClientKind::Admin, {{"bootstrap.servers", *brokers}});
        Admin(config, {}, 30s).create_topic({.name = name, .partitions = 1, .replication_factor = 1});
        const auto altered = [&] {
            try {
                GroupAdmin(config, name, {}, 30s).alter(offsets);
                return true;
            } catch (const RetriableKafkaException&) {  // the coordinator learns of a new topic a little later
                return false;
            }
        };
        REQUIRE(eventually(altered));
    }
    std::future<int> restarted() const {
        return std::async(std::launch::async, [this] {
            return std::system(restart->c_str());  // NOLINT(concurrency-mt-unsafe): the test's own command
        });
    }

    std::optional<std::string> brokers = from_environment("MILLRACE_TEST_KAFKA");
    std::optional<std::string> restart = from_environment("MILLRACE_TEST_KAFKA_RESTART");
    ClientConfig config = {};
    std::string name = "group-admin-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
    TopicOffsets offsets{{{name, 0}, 5}};
};

bool is_over(const std::future<int>& work) { return work.wait_for(0s) == std::future_status::ready; }

}

TEST_CASE("a group's offsets are found although its coordinator is restarted", "[kafka][offsets]") {
    const Coordinated group;
    if (!group.restart) return;
    const auto restarted = group.restarted();
    do {
        // A client of its own each time: one that has just come meets a coordinator that loads, one that stays a lost
        // one.
        GroupAdmin admin(group.config, group.name, {}, 60s);
        CHECK(admin.offsets() == group.offsets);
        CHECK(admin.offsets() == group.offsets);
    } while (!is_over(restarted));
    CHECK(GroupAdmin(group.config, group.name, {}, 60s).offsets() == group.offsets);
}

// Without deploy/patches/librdkafka-admin-timeout.patch the coordinator's return ends the process.
TEST_CASE("a request that nobody waits for any more is over when the coordinator comes back", "[kafka][offsets]") {
    const Coordinated group;
    if (!group.restart) return;
    GroupAdmin admin(group.config, group.name, {}, 500ms);
    const auto found = [&] {
        try {
            return admin.offsets() == group.offsets;
        } catch (const RetriableKafkaException&) {
            return false;
        }
    };
    REQUIRE(eventually(found));
    auto restarted = group.restarted();
    bool given_up = false;
    while (!is_over(restarted)) given_up = !found() || given_up;
    CHECK(given_up);
    CHECK(restarted.get() == 0);
    CHECK(eventually(found));
}
