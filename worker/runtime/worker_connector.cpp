#include "worker/runtime/worker_connector.hpp"

#include "connectors/support/text.hpp"
#include "worker/config/connector_config.hpp"
#include "worker/plugins/names.hpp"
#include "worker/runtime/topic_creation.hpp"
#include "worker/runtime/trace.hpp"

#include <utility>

namespace millrace::worker {

namespace {

/// What a sink's tasks read, whatever the connector made of its settings.
void copy_topics(const Settings& connector, Settings& task) {
    for (const std::string key : {"topics", "topics.regex"}) {
        if (const auto found = connector.find(key); found != connector.end()) task.insert_or_assign(key, found->second);
    }
}

/// config.action.reload
bool reloads(const Settings& connector) {
    return Config(common_connector_keys(), connector).get_string("config.action.reload") == "restart";
}

std::size_t fingerprint_of(const Settings& settings) {
    std::string all;
    for (const auto& [name, value] : settings) all.append(name).append(1, '\0').append(value).append(1, '\0');
    return std::hash<std::string>()(all);
}

/// What the plugin has just thrown, as the cause of what whoever asked is told.
std::exception_ptr failed_transition(const std::string& name, TargetState target) {
    try {
        std::throw_with_nested(
            ConnectException(fmt::format("Failed to transition connector {} to state {}", name, to_string(target))));
    } catch (...) {
        return std::current_exception();
    }
}

}

WorkerConnector::WorkerConnector(Parts parts)
    : parts_(std::move(parts)),
      logger_(parts_.logger.named("org.apache.kafka.connect.runtime.WorkerConnector")),
      plugin_logger_(parts_.logger) {}

void WorkerConnector::post(std::function<void()> work) {
    thread_.post([self = shared_from_this(), work = std::move(work)] { work(); });
}

void WorkerConnector::report(StatusListener::Status status) {
    status.trace = parts_.transformer->hide(std::move(status.trace));
    const std::lock_guard lock(mutex_);
    status_ = lower_case(to_string(status.state));
    if (!abandoned_) parts_.listener.on_connector_status(parts_.name, std::move(status));
}

void WorkerConnector::fail(const std::exception_ptr& error) {
    logger_.error("WorkerConnector{{id={}}} Error while starting connector. {}", parts_.name, trace_of(error));
    if (!has_started_) parts_.starts->connector_start(false);
    {
        const std::lock_guard lock(mutex_);
        phase_ = Phase::Failed;
    }
    report({.state = State::Failed,
            .trace = trace_of(error),
            .version = known_version(),
            .permanent = is_permanent(error)});
}

std::optional<std::string> WorkerConnector::known_version() const {
    return version_.empty() ? std::nullopt : std::optional(version_);
}

std::size_t WorkerConnector::fingerprint() const {
    const std::lock_guard lock(mutex_);
    return fingerprint_;
}

void WorkerConnector::instantiate() {
    auto resolved = parts_.transformer->resolve(parts_.settings);
    resolved_ = std::move(resolved.settings);
    const auto basics = connector_basics(resolved_);
    if (resolved.ttl && reloads(resolved_)) parts_.listener.on_config_expiry(parts_.name, *resolved.ttl);
    const auto& info = parts_.plugins.connector(basics.connector_class);
    const auto worker = parts_.logger.named("org.apache.kafka.connect.runtime.Worker");
    worker.info("Creating connector {} of type {}", parts_.name, info.class_name);
    // A source whose tasks could not create their topics is not started.
    if (info.type == PluginType::Source && parts_.creates_topics) TopicCreationRules::parse(resolved_);
    {
        const std::lock_guard lock(mutex_);
        version_ = info.version;
        class_name_ = info.class_name;
        fingerprint_ = fingerprint_of(resolved_);
        type_ = to_string(info.type);
    }
    connector_ = parts_.plugins.create_connector(basics.connector_class);
    plugin_logger_ = parts_.logger.named(info.class_name);
    worker.info("Instantiated connector {} with version {} of type class {}", parts_.name, version_, info.class_name);
}

void WorkerConnector::start(TargetState target, Once<std::exception_ptr> done) {
    post([this, target, done] {
        try {
            instantiate();
            try {
                enter(target);
            } catch (...) {
                fail(std::current_exception());
                done(failed_transition(parts_.name, target));
                return;
            }
            parts_.logger.named("org.apache.kafka.connect.runtime.Worker")
                .info("Finished creating connector {}", parts_.name);
            done(nullptr);
        } catch (...) {
            fail(std::current_exception());
            done(std::current_exception());
        }
    });
}

void WorkerConnector::collect(MetricsPage& page) const {
    constexpr std::string_view group = "connector-metrics";
    const MetricLabel labels[] = {{"connector", parts_.name}};
    const std::lock_guard lock(mutex_);
    page.connect_text(group, "status", status_, labels);
    if (class_name_.empty()) return;
    page.connect_text(group, "connector-type", type_, labels);
    page.connect_text(group, "connector-class", class_name_, labels);
    page.connect_text(group, "connector-version", version_, labels);
}

/// From any phase but Failed. Throws what the plugin throws.
void WorkerConnector::enter(TargetState target) {
    Phase before = Phase::Initial;
    {
        const std::lock_guard lock(mutex_);
        before = phase_;
    }
    if (target == TargetState::Started) {
        if (before != Phase::Started) connector_->start(resolved_, *this);
        if (!std::exchange(has_started_, true) && before == Phase::Initial) parts_.starts->connector_start(true);
    } else if (before == Phase::Started) {
        connector_->stop();
    }
    {
        const std::lock_guard lock(mutex_);
        phase_ = target == TargetState::Started  ? Phase::Started
                 : target == TargetState::Paused ? Phase::Paused
                                                 : Phase::Stopped;
    }
    report({.state = target == TargetState::Started  ? State::Running
                     : target == TargetState::Paused ? State::Paused
                                                     : State::Stopped,
            .version = known_version()});
}

void WorkerConnector::set_state(TargetState target, Once<std::exception_ptr> done) {
    post([this, target, done] {
        bool failed = false;
        {
            const std::lock_guard lock(mutex_);
            failed = phase_ == Phase::Failed;
        }
        try {
            if (failed && target != TargetState::Stopped) {
                throw ConnectException(
                    fmt::format("WorkerConnector{{id={}}} Cannot transition connector to {} since it has failed",
                                parts_.name, to_string(target)));
            }
            enter(target);
            done(nullptr);
        } catch (...) {
            if (!failed) fail(std::current_exception());
            if (failed) logger_.error("{}", trace_of(std::current_exception()));
            done(std::current_exception());
        }
    });
}

std::vector<Settings> WorkerConnector::make_task_configs() {
    {
        const std::lock_guard lock(mutex_);
        if (phase_ != Phase::Started) {
            throw ConnectException(fmt::format("Connector {} is not running", parts_.name));
        }
    }
    const auto basics = connector_basics(resolved_);
    auto configs = connector_->task_configs(basics.tasks_max);
    if (const auto complaint = too_many_tasks(basics, configs.size()); !complaint.empty()) {
        if (basics.tasks_max_enforce) throw TooManyTasksException(complaint);
        logger_.warn("{}", complaint);
    }
    for (auto& config : configs) {
        config.insert_or_assign("task.class", connector_->task_class());
        if (dynamic_cast<const SinkConnector*>(connector_.get())) copy_topics(resolved_, config);
        config = with_references(std::move(config), parts_.settings);
        config = parts_.transformer->endpoints().without(std::move(config), parts_.settings);
    }
    return configs;
}

void WorkerConnector::task_configs(Once<std::exception_ptr, std::vector<Settings>> done) {
    post([this, done] {
        try {
            done(nullptr, make_task_configs());
        } catch (const TooManyTasksException&) {
            fail(std::current_exception());
            done(std::current_exception(), {});
        } catch (...) {
            done(std::current_exception(), {});
        }
    });
}

void WorkerConnector::stop(Once<std::exception_ptr> done) {
    post([this, done] {
        bool started = false;
        {
            const std::lock_guard lock(mutex_);
            started = phase_ == Phase::Started;
            phase_ = Phase::Stopped;
        }
        if (connector_ && started) connector_->stop();
        connector_.reset();
        report({.state = State::Unassigned});
        abandon(false);
        logger_.info("Completed shutdown for WorkerConnector{{id={}}}", parts_.name);
        done(nullptr);
    });
}

void WorkerConnector::abandon(bool hung) {
    const std::lock_guard lock(mutex_);
    if (abandoned_) return;
    if (hung) {
        logger_.error(
            "Connector '{}' failed to properly shut down, has become unresponsive, and may be consuming "
            "external resources. Correct the configuration for this connector or remove the connector. After "
            "fixing the connector, it may be necessary to restart this worker to release any consumed "
            "resources.",
            parts_.name);
        parts_.listener.on_connector_status(parts_.name, {.state = State::Unassigned});
    }
    abandoned_ = true;
}

void WorkerConnector::request_task_reconfiguration() {
    const std::lock_guard lock(mutex_);
    if (!abandoned_ && phase_ == Phase::Started) parts_.listener.on_task_reconfiguration_requested(parts_.name);
}

void WorkerConnector::raise_error(std::string message) {
    const auto error = std::make_exception_ptr(ConnectException(std::move(message)));
    logger_.error("WorkerConnector{{id={}}} Connector raised an error: {}", parts_.name, trace_of(error));
    const std::lock_guard lock(mutex_);
    if (abandoned_) return;
    phase_ = Phase::Failed;
    status_ = "failed";
    parts_.listener.on_connector_status(parts_.name,
                                        {.state = State::Failed, .trace = trace_of(error), .version = known_version()});
}

}
