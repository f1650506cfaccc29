/// A whole REST application on a free port of 127.0.0.1, on a thread of its own as in a worker, with a herder in memory
/// and sample plugins; and a client that speaks plain sockets, so that what is sent is what a test wrote.
#pragma once
#include "connectors/support/log.hpp"
#include "rest/resources/application.hpp"
#include "tests/unit/rest/http/raw_client.hpp"
#include "tests/unit/rest/resources/memory_herder.hpp"
#include "tests/unit/worker/validation/sample_plugins.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>

namespace millrace::rest {

inline worker::PluginRegistry sample_registry() {
    worker::PluginRegistry plugins;
    plugins.add(sample::manifest());
    return plugins;
}
inline worker::WorkerConfig sample_worker_config(Settings settings = {}) {
    worker::WorkerConfig config;
    config.values = Config(worker::worker_config_keys(worker::WorkerMode::Distributed), std::move(settings));
    config.group_id = "connect-cluster";
    config.key_converter = config.value_converter = "org.apache.kafka.connect.json.JsonConverter";
    config.header_converter = "org.apache.kafka.connect.storage.SimpleHeaderConverter";
    return config;
}

struct RestFixture {
    explicit RestFixture(ServerLimits limits = {}, std::chrono::milliseconds request_timeout = std::chrono::seconds(90),
                         worker::WorkerConfig worker_config = sample_worker_config(),
                         std::optional<BasicAuth> users = {}, std::shared_ptr<Access> access = {})
        : config(std::move(worker_config)),
          application(context.get_executor(),
                      {.listeners = {{.host = "127.0.0.1", .port = 0}, {.host = "127.0.0.1", .port = 0, .admin = true}},
                       .limits = limits,
                       .product = "Millrace/test"},
                      {.herder = herder,
                       .validate = [this](const std::string& name, Settings settings,
                                          auto done) { validate(name, std::move(settings), done); },
                       .plugins = plugins,
                       .config = config,
                       .transformer = transformer,
                       .log = log,
                       .users = std::move(users),
                       .access = std::move(access),
                       .request_timeout = request_timeout,
                       .leader_patience = std::chrono::milliseconds{0}}) {
        application.listen();
        port = application.ports().at(0);
        admin_port = application.ports().at(1);
        thread = std::jthread([this] { context.run(); });
    }
    ~RestFixture() {
        asio::co_spawn(context, application.stop(), asio::use_future).get();
        work.reset();
    }
    RestFixture(const RestFixture&) = delete;
    RestFixture& operator=(const RestFixture&) = delete;

    void validate(const std::string& name, Settings settings,
                  const std::function<void(std::exception_ptr, std::vector<ConfigValue>)>& done) const {
        const auto instance = plugins.connector(name).create();
        done(nullptr, dynamic_cast<Connector&>(*instance).validate(settings));
    }
    RawResponse request(const std::string& text) const { return RawClient(port).exchange(text); }
    RawResponse get(const std::string& target) const {
        return request("GET " + target + " HTTP/1.1\r\nHost: h:1\r\n\r\n");
    }
    RawResponse send(const std::string& method, const std::string& target, const std::string& body) const {
        return request(method + " " + target +
                       " HTTP/1.1\r\nHost: h:1\r\nContent-Type: application/json\r\nContent-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
    }

    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
    MemoryHerder herder;
    worker::PluginRegistry plugins = sample_registry();
    worker::WorkerConfig config;
    worker::ConfigTransformer transformer;
    LogControl log{LogOptions{.root_level = LogLevel::Off}};
    Application application;
    std::uint16_t port = 0;
    std::uint16_t admin_port = 0;  ///< of a listener that serves /admin alone
    std::jthread thread;
};

}
