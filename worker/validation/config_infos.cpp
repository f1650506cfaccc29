#include "worker/validation/config_infos.hpp"

#include <fmt/format.h>

namespace millrace::worker {

ConfigDefinition definition_of(const ConfigKey& key) {
    ConfigDefinition definition{.name = std::string(key.name),
                                .type = key.type,
                                .required = key.default_value.kind == DefaultValue::Kind::Required,
                                .importance = key.importance,
                                .documentation = std::string(key.doc),
                                .order_in_group = key.order_in_group,
                                .width = key.width,
                                .display_name = std::string(key.display_name.empty() ? key.name : key.display_name),
                                .dependents = split_list(key.dependents)};
    if (key.default_value.kind == DefaultValue::Kind::Text) {
        definition.default_value = key.type == ConfigType::Password ? "[hidden]" : std::string(key.default_value.text);
    }
    if (!key.group.empty()) definition.group = std::string(key.group);
    return definition;
}

std::optional<std::string> refusal_message(const ConfigInfos& infos) {
    if (infos.error_count == 0) return std::nullopt;
    std::string message =
        fmt::format("Connector configuration is invalid and contains the following {} error(s):", infos.error_count);
    for (const auto& config : infos.configs) {
        for (const auto& error : config.value.errors) message += "\n" + error;
    }
    message +=
        "\nYou can also find the above list of errors at the endpoint "
        "`/connector-plugins/{connectorType}/config/validate`";
    return message;
}

}
