#include "worker/runtime/task_session.hpp"

#include "connectors/api/stop_aware.hpp"
#include "worker/config/connector_config.hpp"
#include "worker/config/override_policy.hpp"
#include "worker/runtime/sink_session.hpp"
#include "worker/runtime/source_session.hpp"
#include "worker/runtime/trace.hpp"

#include <random>

namespace millrace::worker {

namespace {

double random_part() {
    thread_local std::minstd_rand engine{std::random_device{}()};
    return std::uniform_real_distribution<double>(0, 1)(engine);
}

}

TaskSession::TaskSession(WorkerTask& task, std::string_view kind)
    : task_(task),
      label_(fmt::format("{}{{id={}}}", kind, to_string(task.id()))),
      logger_(task.parts().logger.named(fmt::format("org.apache.kafka.connect.runtime.{}", kind))),
      plugin_logger_(task.parts().logger),
      connector_settings_(task.parts().transformer->transform(task.parts().connector)),
      connector_(task.parts().plugins.create_connector(connector_basics(connector_settings_).connector_class)),
      context_(error_handling(connector_settings_), to_string(task.id()), logger_,
               {.now = [] { return ProcessingContext::Clock::now(); },
                .wait = [&task](std::chrono::milliseconds time) { return task.wait(time); },
                .random = random_part}) {
    context_.count_in(task.metrics().errors());
    const auto basics = connector_basics(connector_settings_);
    version_ = parts().plugins.connector(basics.connector_class).version;
    plugin_logger_ = parts().logger.named(connector_->task_class());
    parts()
        .logger.named("org.apache.kafka.connect.runtime.Worker")
        .info("Instantiated task {} with version {} of type {}", name(), version_, connector_->task_class());
    // Configurations from before tasks.max was lowered.
    const auto complaint = too_many_tasks(basics, static_cast<std::size_t>(task.id().task) + 1);
    if (!complaint.empty() && basics.tasks_max_enforce) throw TooManyTasksException(complaint);
}

std::string TaskSession::client_id(std::string_view role) const {
    return fmt::format("connector-{}-{}-{}", role, parts().id.connector, parts().id.task);
}

bool TaskSession::may_write() {
    while (!parts().lease->held()) {
        if (!task_.wait(lease_wait)) return false;
    }
    return !task_.cancelled();
}

bool TaskSession::topics_due(std::chrono::steady_clock::time_point now) {
    if (now - topics_told_ < topics_interval) return false;
    topics_told_ = now;
    return true;
}

void TaskSession::refuse_overrides(std::string_view prefix) const {
    OverridePolicy::from(parts().config->values).check(connector_settings_, prefix);
}

ClientConfig TaskSession::client_config(ClientKind kind, const Settings& java) const {
    auto config = translate(kind, java);
    for (const auto& warning : config.warnings) logger_.warn("{}", warning);
    return config;
}

void TaskSession::describe_class(std::string_view group, const std::string& what, PluginType type,
                                 std::string_view class_name, const std::string& alias) {
    const auto* info = parts().plugins.find(type, class_name);
    description_.push_back(
        {group, what + "-class", info != nullptr ? info->class_name : std::string(class_name), alias});
    description_.push_back({group, what + "-version", info != nullptr ? info->version : std::string(), alias});
}

void TaskSession::describe(TaskKind kind) {
    constexpr std::string_view group = "connector-task-metrics";
    const auto connector_class = connector_basics(connector_settings_).connector_class;
    description_.push_back({group, "connector-type", kind == TaskKind::Sink ? "sink" : "source"});
    describe_class(group, "connector", kind == TaskKind::Sink ? PluginType::Sink : PluginType::Source, connector_class);
    description_.push_back({group, "task-class", connector_->task_class()});
    description_.push_back({group, "task-version", version_});
    task_.metrics().describe(kind, std::move(description_));
}

Converters TaskSession::make_task_converters() {
    auto made = make_converters(connector_settings_, *parts().config, parts().plugins, name(),
                                parts().logger.named("org.apache.kafka.connect.runtime.Worker"));
    tell_of_stop(made.key.get());
    tell_of_stop(made.value.get());
    constexpr std::string_view group = "connector-task-metrics";
    describe_class(group, "key-converter", PluginType::Converter, made.key_class);
    describe_class(group, "value-converter", PluginType::Converter, made.value_class);
    describe_class(group, "header-converter", PluginType::HeaderConverter, made.header_class);
    return made;
}

void TaskSession::tell_of_stop(Plugin* plugin) {
    if (auto* aware = dynamic_cast<StopAware*>(plugin)) aware->use_stop(task_.stop_token());
}

TransformationChain TaskSession::make_chain() {
    TransformationChain chain(parts().plugins, connector_settings_, parts().logger);
    parts()
        .logger.named("org.apache.kafka.connect.runtime.Worker")
        .info("Initializing: org.apache.kafka.connect.runtime.TransformationChain{{{}}}", chain.describe());
    for (const auto& part : chain.parts()) {
        const bool transform = part.type == PluginType::Transformation;
        describe_class(transform ? "connector-transform-metrics" : "connector-predicate-metrics",
                       transform ? "transform" : "predicate", part.type, part.class_name, part.alias);
    }
    return chain;
}

std::unique_ptr<TaskSession> make_task_session(WorkerTask& task) {
    const auto settings = task.parts().transformer->transform(task.parts().connector);
    const auto& connector = task.parts().plugins.connector(connector_basics(settings).connector_class);
    if (connector.type == PluginType::Sink) return std::make_unique<SinkSession>(task);
    return std::make_unique<SourceSession>(task);
}

}
