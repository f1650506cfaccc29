#include "rest/resources/json_shapes.hpp"

#include "connectors/support/json_values.hpp"

namespace millrace::rest {

namespace {

void write_settings_members(json::Writer& out, const Settings& settings) {
    for (const auto& [name, value] : settings) out.key(name).string(value);
}

void write_status_members(json::Writer& out, const cluster::StatusInfo& status) {
    out.key("state").string(to_string(status.state)).key("worker_id").string(status.worker_id);
    out.key("version").string_or_null(status.version);
    if (!status.trace.empty()) out.key("trace").string(status.trace);
}

void write_task_id(json::Writer& out, const worker::TaskId& id) {
    out.begin_object().key("connector").string(id.connector).key("task").integer(id.task).end_object();
}

void write_value(json::Writer& out, const ConfigValue& value) {
    out.begin_object().key("name").string(value.name).key("value").string_or_null(value.value);
    out.key("recommended_values");
    write(out, value.recommended_values);
    out.key("errors");
    write(out, value.errors);
    out.key("visible").boolean(value.visible).end_object();
}

}

void write(json::Writer& out, const Settings& settings) {
    out.begin_object();
    write_settings_members(out, settings);
    out.end_object();
}

void write(json::Writer& out, const cluster::ConnectorInfo& info, const worker::SubmittedConfig* submitted) {
    out.begin_object().key("name").string(info.name).key("config").begin_object();
    write_settings_members(out, info.config);
    if (submitted != nullptr) {
        for (const auto& name : submitted->nulls) {
            if (info.config.find(name) == info.config.end()) out.key(name).null();
        }
    }
    out.end_object().key("tasks").begin_array();
    for (const auto& task : info.tasks) write_task_id(out, task);
    out.end_array().key("type").string(info.type).end_object();
}

void write(json::Writer& out, const cluster::ConnectorStateInfo& status) {
    out.begin_object().key("name").string(status.name).key("connector").begin_object();
    write_status_members(out, status.connector);
    out.end_object().key("tasks").begin_array();
    for (const auto& [task, state] : status.tasks) write_task_status(out, task, state);
    out.end_array().key("type").string(status.type).end_object();
}

void write_task_status(json::Writer& out, int task, const cluster::StatusInfo& status) {
    out.begin_object().key("id").integer(task);
    write_status_members(out, status);
    out.end_object();
}

void write(json::Writer& out, const std::vector<cluster::TaskInfo>& tasks) {
    out.begin_array();
    for (const auto& task : tasks) {
        out.begin_object().key("id");
        write_task_id(out, task.id);
        out.key("config");
        write(out, task.config);
        out.end_object();
    }
    out.end_array();
}

void write(json::Writer& out, const std::vector<std::string>& names) {
    out.begin_array();
    for (const auto& name : names) out.string(name);
    out.end_array();
}

void write(json::Writer& out, const worker::ConnectorOffsets& offsets) {
    const auto write_entries = [&out](const std::optional<OffsetMap>& map) {
        std::string text = "null";
        if (map) {
            text.clear();
            append_offset_entries(text, map->entries());
        }
        out.raw(text);
    };
    out.begin_object().key("offsets").begin_array();
    for (const auto& [partition, offset] : offsets) {
        out.begin_object().key("partition");
        write_entries(partition);
        out.key("offset");
        write_entries(offset);
        out.end_object();
    }
    out.end_array().end_object();
}

void write(json::Writer& out, const worker::ConfigDefinition& definition) {
    out.begin_object().key("name").string(definition.name).key("type").string(to_string(definition.type));
    out.key("required").boolean(definition.required);
    out.key("default_value").string_or_null(definition.default_value);
    out.key("importance").string(to_string(definition.importance));
    out.key("documentation").string(definition.documentation);
    out.key("group").string_or_null(definition.group).key("order_in_group").integer(definition.order_in_group);
    out.key("width").string(to_string(definition.width)).key("display_name").string(definition.display_name);
    out.key("dependents");
    write(out, definition.dependents);
    out.end_object();
}

void write(json::Writer& out, const worker::ConfigInfos& infos) {
    out.begin_object().key("name").string(infos.name).key("error_count").integer(infos.error_count).key("groups");
    write(out, infos.groups);
    out.key("configs").begin_array();
    for (const auto& config : infos.configs) {
        out.begin_object().key("definition");
        if (config.definition) {
            write(out, *config.definition);
        } else {
            out.null();
        }
        out.key("value");
        write_value(out, config.value);
        out.end_object();
    }
    out.end_array().end_object();
}

}
