// Against a real broker: MILLRACE_TEST_KAFKA=host:port. A herder of one worker with the file source.
#include "cluster/herder/distributed_herder.hpp"
#include "cluster/herder/request_signature.hpp"
#include "cluster/storage/config_records.hpp"
#include "cluster/storage/topic_creation.hpp"
#include "connectors/converters/plugin.hpp"
#include "connectors/file/plugin.hpp"
#include "connectors/support/log.hpp"
#include "tests/pch.hpp"
#include "tests/unit/environment.hpp"
#include "worker/kafka/admin.hpp"
#include "worker/kafka/producer.hpp"
#include "worker/plugins/registry.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

using namespace millrace;
using namespace millrace::cluster;
using namespace std::chrono_literals;

namespace {

std::optional<std::string> broker() { return from_environment("MILLRACE_TEST_KAFKA"); }

Settings worker_settings(const std::string& bootstrap, const std::string& group) {
    return {{"bootstrap.servers", bootstrap},
            {"group.id", group},
            {"key.converter", "org.apache.kafka.connect.storage.StringConverter"},
            {"value.converter", "org.apache.kafka.connect.storage.StringConverter"},
            {"config.storage.topic", group + "-configs"},
            {"offset.storage.topic", group + "-offsets"},
            {"status.storage.topic", group + "-status"},
            {"config.storage.replication.factor", "1"},
            {"offset.storage.replication.factor", "1"},
            {"offset.storage.partitions", "3"},
            {"status.storage.replication.factor", "1"},
            {"offset.flush.interval.ms", "100"},
            {"scheduled.rebalance.max.delay.ms", "0"}};
}

std::shared_ptr<LogSink> log_sink() {
    if (std::getenv("MILLRACE_TEST_LOG") == nullptr) return nullptr;  // NOLINT(concurrency-mt-unsafe)
    return std::make_shared<LogControl>(millrace::LogOptions{});
}

/// One worker without REST.
struct TestWorker {
    TestWorker(const std::string& bootstrap, const std::string& group)
        : parsed(worker::parse_worker_config(worker::WorkerMode::Distributed, worker_settings(bootstrap, group))),
          logger(log_sink(), "test"),
          configs(context.get_executor(), options(parsed.config.config_topic, config_topic_role, "configs")),
          statuses(context.get_executor(), options(parsed.config.status_topic, status_topic_role, "statuses")),
          offsets(options(parsed.config.offset_topic, offset_topic_role, "offsets")) {
        plugins.add(file::manifest());
        plugins.add(converters::manifest());
        GroupSettings settings{.group_id = group,
                               .client_id = "connect-w:1",
                               .advertised_url = "http://w:1/",
                               .bootstrap_servers = parse_bootstrap_servers(bootstrap),
                               .session_timeout = 6s,
                               .heartbeat_interval = 300ms,
                               .rebalance_timeout = 10s,
                               .scheduled_rebalance_max_delay = 0ms};
        herder.emplace(DistributedHerderDependencies{.executor = context.get_executor(),
                                                     .config = parsed.config,
                                                     .group = settings,
                                                     .worker_id = "w:1",
                                                     .kafka_cluster_id = "test",
                                                     .configs = configs,
                                                     .statuses = statuses,
                                                     .offsets = offsets,
                                                     .admin_connection =
                                                         [this, settings](const Settings&) {
                                                             if (on_fencing) on_fencing();
                                                             return settings;
                                                         },
                                                     .logger = logger});
        worker.emplace(worker::WorkerDependencies{
            .config = parsed.config, .plugins = plugins, .offsets = offsets, .listener = *herder, .logger = logger});
        herder->set_worker(*worker);
        asio::co_spawn(context, herder->run(),
                       asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr e) {
                           ended = true;
                           failure = std::move(e);
                       }));
    }
    ~TestWorker() { end(); }

    TopicLogOptions options(const worker::InternalTopicConfig& topic, const InternalTopicRole& role,
                            const std::string& suffix) {
        auto result = internal_log_options(parsed.config, topic.name, suffix, logger);
        result.prepare = [=, this](worker::Admin& admin) { ensure_internal_topic(admin, topic, role, 30s, logger); };
        return result;
    }
    /// Turns the context until the condition holds; false if it does not within the limit.
    template <class Condition>
    bool until(Condition condition, std::chrono::seconds limit = 30s) {
        const auto deadline = std::chrono::steady_clock::now() + limit;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            context.run_for(20ms);
        }
        return true;
    }
    template <class T>
    T get(asio::awaitable<T> operation) {
        std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> result;
        std::exception_ptr error;
        if constexpr (std::is_void_v<T>) {
            asio::co_spawn(context, std::move(operation), [&](std::exception_ptr e) {
                error = e;
                result = true;
            });
            REQUIRE(until([&] { return result.has_value(); }));
            if (error) std::rethrow_exception(error);
        } else {
            bool done = false;
            asio::co_spawn(context, std::move(operation), [&](std::exception_ptr e, T value) {
                error = e;
                result = std::move(value);
                done = true;
            });
            REQUIRE(until([&] { return done; }));
            if (error) std::rethrow_exception(error);
            return std::move(*result);
        }
    }
    void end() {
        if (stopped) return;
        stopped = true;
        cancel.emit(asio::cancellation_type::all);
        until([&] { return ended; });
        worker->stop_all();
        offsets.stop();
        configs.stop();
        statuses.stop();
    }
    bool connector_is(const std::string& name, State state) {
        const auto* status = statuses.table().connector(name);
        return status && status->state == state;
    }
    bool task_is(const std::string& name, State state) {
        const auto* status = statuses.table().task({name, 0});
        return status && status->state == state;
    }

    asio::io_context context;
    worker::ParsedWorkerConfig parsed;
    Logger logger;
    worker::PluginRegistry plugins;
    ConfigBackingStore configs;
    StatusBackingStore statuses;
    OffsetBackingStore offsets;
    std::optional<DistributedHerder> herder;
    std::optional<worker::Worker> worker;
    asio::cancellation_signal cancel;
    bool ended = false;
    bool stopped = false;
    std::exception_ptr failure;
    std::function<void()> on_fencing;  ///< before brokers are asked to fence
};

struct Input {
    Input() : path(std::filesystem::temp_directory_path() / ("millrace-" + std::to_string(std::random_device{}()))) {
        std::ofstream(path) << "one\ntwo\n";
    }
    ~Input() { std::filesystem::remove(path); }
    std::filesystem::path path;
};

std::string new_group() { return "millrace-herder-" + std::to_string(std::random_device{}()); }

/// A connector "files" that sends the input to a topic of the group's.
Settings files_config(const Input& input, const std::string& group) {
    return {{"name", "files"},
            {"connector.class", "FileStreamSource"},
            {"tasks.max", "1"},
            {"file", input.path.string()},
            {"topic", group + "-lines"}};
}

/// Leads, and runs the connector "files", whose producers are to be fenced.
struct FencingWorker : TestWorker {
    FencingWorker(const std::string& bootstrap, const std::string& group)
        : TestWorker(bootstrap, group), config(files_config(input, group)) {
        REQUIRE(until([&] { return configs.snapshot()->session_key.has_value(); }));
        get(herder->put_connector("files", config, std::nullopt, false));
        REQUIRE(until([&] { return task_is("files", State::Running); }));
    }
    /// As another worker of the group asks.
    void fence() {
        const auto key = configs.snapshot()->session_key->key;
        const RequestSignature request{
            .signature = sign_request("HmacSHA256", key, ""), .algorithm = "HmacSHA256", .body = ""};
        get(herder->fence_zombies("files", request));
    }
    /// How many tasks the config topic has as those to be fenced next.
    std::optional<int> recorded_tasks() {
        const auto state = configs.snapshot();
        const auto found = state->task_count_records.find("files");
        if (found == state->task_count_records.end()) return std::nullopt;
        return found->second;
    }

    Input input;
    Settings config;
};

}

TEST_CASE("a connector's life with a herder of one, over a restart of the worker", "[kafka][herder]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto group = new_group();
    const Input input;
    const auto config = files_config(input, group);
    {
        TestWorker w(*bootstrap, group);
        CHECK(w.get(w.herder->health()) == Health::Healthy);
        CHECK(w.herder->connectors().empty());
        CHECK(w.until([&] { return w.configs.snapshot()->session_key.has_value(); }));

        const auto created = w.get(w.herder->put_connector("files", config, std::nullopt, false));
        CHECK(created.created);
        CHECK(created.info.type == "source");
        CHECK_THROWS_WITH(w.get(w.herder->put_connector("files", config, std::nullopt, false)),
                          "Connector files already exists");
        CHECK_THROWS_WITH(w.get(w.herder->connector_info("nothing")), "Connector nothing not found");
        CHECK_THROWS_WITH(w.get(w.herder->pause("nothing")), "Unknown connector nothing");
        CHECK_THROWS_WITH(w.get(w.herder->restart_connector("nothing")), "Unknown connector: nothing");
        REQUIRE(w.until([&] { return w.task_is("files", State::Running); }));
        CHECK(w.connector_is("files", State::Running));
        CHECK(w.until([&] { return w.herder->active_topics("files") == std::vector<std::string>{group + "-lines"}; }));
        CHECK(w.get(w.herder->task_configs("files")).size() == 1);
        CHECK(w.get(w.herder->task_configs("files")).front().config.at("task.class") ==
              "org.apache.kafka.connect.file.FileStreamSourceTask");

        w.get(w.herder->pause("files"));
        CHECK(w.until([&] { return w.task_is("files", State::Paused) && w.connector_is("files", State::Paused); }));
        w.get(w.herder->resume("files"));
        CHECK(w.until([&] { return w.task_is("files", State::Running) && w.connector_is("files", State::Running); }));

        w.get(w.herder->restart_connector("files"));
        CHECK(w.until([&] { return w.connector_is("files", State::Running); }));
        w.get(w.herder->restart_task({"files", 0}));
        CHECK(w.until([&] { return w.task_is("files", State::Running); }));
        CHECK_THROWS_WITH(w.get(w.herder->restart_task({"files", 7})), "Unknown task: files-7");

        const auto restarted = w.get(w.herder->restart_connector_and_tasks({"files", false, true}));
        CHECK(restarted.connector.state == State::Restarting);
        CHECK(w.until([&] { return w.task_is("files", State::Running) && w.connector_is("files", State::Running); }));
        CHECK(w.until([&] { return !w.offsets.list("files").empty(); }));
        w.end();
        CHECK_FALSE(w.failure);
    }
    {
        TestWorker w(*bootstrap, group);  // nobody tells it what to run
        REQUIRE(w.until([&] {
            const auto* task = w.statuses.table().task({"files", 0});
            return w.worker->has_task({"files", 0}) && task && task->state == State::Running;
        }));
        CHECK(w.get(w.herder->connector_config("files")) == config);
        OffsetMap partition;
        partition.set("filename", Value::string(input.path.string()));
        CHECK_FALSE(w.offsets.list("files").empty());

        auto changed = config;
        changed["batch.size"] = "10";
        CHECK_FALSE(w.get(w.herder->put_connector("files", changed, std::nullopt, true)).created);
        CHECK(w.until([&] {
            const auto state = w.configs.snapshot();
            const auto* task = state->task_config({"files", 0});
            return task && task->count("batch.size") == 1;
        }));
        CHECK(w.until([&] { return w.worker->has_task({"files", 0}); }));

        w.get(w.herder->stop("files"));
        CHECK(w.until([&] { return w.connector_is("files", State::Stopped); }));
        CHECK(w.until([&] { return !w.statuses.table().task({"files", 0}); }));
        CHECK(w.get(w.herder->task_configs("files")).empty());
        w.get(w.herder->resume("files"));
        REQUIRE(w.until([&] { return w.task_is("files", State::Running); }));

        w.get(w.herder->delete_connector("files"));
        CHECK(w.until([&] { return w.worker->tasks().empty() && w.worker->connectors().empty(); }));
        CHECK(w.until([&] { return !w.statuses.table().connector("files"); }));
        CHECK(w.until([&] { return w.herder->active_topics("files").empty(); }));
        CHECK_THROWS_WITH(w.herder->connector_status("files"), "No status found for connector files");
        w.end();
        CHECK_FALSE(w.failure);
    }
}

TEST_CASE("a config topic with several partitions ends the herder with Kafka Connect's words", "[kafka][herder]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto group = new_group();
    {
        const auto settings = worker_settings(*bootstrap, group);
        worker::Admin admin(worker::translate(worker::ClientKind::Admin, settings), {}, 10s);
        admin.create_topic({group + "-configs", 2, 1, {{"cleanup.policy", "compact"}}});
    }
    TestWorker w(*bootstrap, group);
    REQUIRE(w.until([&] { return w.ended; }));
    REQUIRE(w.failure);
    CHECK_THROWS_WITH(std::rethrow_exception(w.failure), Catch::Contains("required to have a single partition"));
}

TEST_CASE("a leader fences no producers while it cannot read the config topic", "[kafka][herder][fencing]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    FencingWorker w(*bootstrap, new_group());

    const auto patience = std::exchange(w.parsed.config.worker_sync_timeout, 0ms);
    CHECK_THROWS_WITH(w.fence(), "Failed to read to end of config topic before performing zombie fencing");
    CHECK(!w.recorded_tasks());

    w.parsed.config.worker_sync_timeout = patience;
    CHECK_NOTHROW(w.fence());
    CHECK(w.until([&] { return w.recorded_tasks() == 1; }));
}

TEST_CASE("a round of fencing that new task configurations overtake is answered with 409", "[kafka][herder][fencing]") {
    const auto bootstrap = broker();
    if (!bootstrap) return;
    const auto group = new_group();
    FencingWorker w(*bootstrap, group);
    w.get(w.configs.put_task_count("files", 2));  // of an earlier time, with more tasks
    w.config["topic"] += "-other";
    w.get(w.herder->put_connector("files", w.config, std::nullopt, true));
    REQUIRE(w.until([&] { return w.configs.snapshot()->pending_fencing.contains("files"); }));

    int rounds = 0;
    w.on_fencing = [&] {
        if (rounds++ > 0) return;
        const auto settings =
            worker::internal_client_settings(worker::ClientKind::Producer, worker_settings(*bootstrap, group), "test");
        worker::Producer other(worker::translate(worker::ClientKind::Producer, settings), {},
                               [](const worker::Delivery&) {});
        const std::vector<std::pair<std::string, std::optional<std::string>>> records{
            {task_key({"files", 0}), properties_value(w.configs.snapshot()->all_task_configs("files").at(0))},
            {commit_key("files"), commit_value(1)}};
        worker::send_all(other, group + "-configs", records);
        REQUIRE(other.flush(30s));
    };
    try {
        w.fence();
        FAIL("the round went through");
    } catch (const ConflictException& e) {
        CHECK(e.what() ==
              std::string("Failed to complete zombie fencing because a new set of task configs was generated"));
    }
    CHECK(w.recorded_tasks() == 2);
    CHECK_NOTHROW(w.fence());
    CHECK(w.until([&] { return w.recorded_tasks() == 1; }));
    CHECK(rounds == 2);
}
