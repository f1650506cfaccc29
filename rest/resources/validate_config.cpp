#include "rest/resources/validate_config.hpp"

#include "cluster/async/await_callback.hpp"
#include "rest/http/error_response.hpp"
#include "worker/config/config_transformer.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/plugins/registry.hpp"
#include "worker/validation/connector_validation.hpp"

namespace millrace::rest {

namespace {

Settings resolve(const worker::ConfigTransformer& transformer, const Settings& settings) {
    try {
        transformer.endpoints().merged(settings);
    } catch (const ConfigException& e) {
        throw RestException(400, e.what());
    }
    try {
        return transformer.transform(settings);
    } catch (const std::exception& e) {
        throw RestException(500, e.what());
    }
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

/// What a config provider or an endpoint gave is not for whoever may validate: values are shown as they were submitted.
void hide_resolved(const Settings& raw, const Settings& resolved, const worker::ConfigTransformer& transformer,
                   worker::ConfigInfos& infos) {
    const auto from_endpoint = transformer.endpoints().of(raw);
    for (auto& info : infos.configs) {
        if (from_endpoint.contains(info.value.name) && info.value.value) info.value.value = "[hidden]";
        const auto given = raw.find(info.value.name);
        const bool from_provider = given != raw.end() && given->second != resolved.at(given->first);
        if (from_provider && info.value.value && *info.value.value != "[hidden]") info.value.value = given->second;
        for (auto& error : info.value.errors) {
            const auto& value = from_provider ? resolved.at(given->first) : std::string();
            if (!value.empty()) replace_all(error, value, given->second);
            error = transformer.hide(std::move(error));
        }
    }
}

asio::awaitable<std::vector<ConfigValue>> own_values(const ValidateConnector& validate, std::string connector_class,
                                                     Settings settings) {
    co_return co_await cluster::await_callback<std::vector<ConfigValue>>(
        [&](auto done) { validate(connector_class, std::move(settings), std::move(done)); });
}

}

asio::awaitable<worker::ConfigInfos> validate_config(Services& services, worker::SubmittedConfig config) {
    const auto raw = config.settings;
    config.settings = resolve(services.transformer, raw);
    const auto resolved = config.settings;
    const worker::ValidationContext context{services.plugins, services.config};
    auto prepared = worker::prepare(context, std::move(config));
    std::vector<ConfigValue> own;
    if (!prepared.version_is_missing) {
        own = co_await own_values(services.validate, std::string(prepared.connector->class_name),
                                  prepared.config.settings);
    }
    auto infos = worker::finish(context, std::move(prepared), std::move(own));
    hide_resolved(raw, resolved, services.transformer, infos);
    co_return infos;
}

asio::awaitable<void> require_valid(Services& services, worker::SubmittedConfig config) {
    const auto infos = co_await validate_config(services, std::move(config));
    if (const auto message = worker::refusal_message(infos)) throw RestException(400, *message);
}

}
