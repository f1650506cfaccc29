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
        return transformer.transform(settings);
    } catch (const std::exception& e) {
        throw RestException(500, e.what());
    }
}

asio::awaitable<std::vector<ConfigValue>> own_values(const ValidateConnector& validate, std::string connector_class,
                                                     Settings settings) {
    co_return co_await cluster::await_callback<std::vector<ConfigValue>>(
        [&](auto done) { validate(connector_class, std::move(settings), std::move(done)); });
}

}

asio::awaitable<worker::ConfigInfos> validate_config(Services& services, worker::SubmittedConfig config) {
    config.settings = resolve(services.transformer, config.settings);
    const worker::ValidationContext context{services.plugins, services.config};
    auto prepared = worker::prepare(context, std::move(config));
    auto own =
        co_await own_values(services.validate, std::string(prepared.connector->class_name), prepared.config.settings);
    co_return worker::finish(context, std::move(prepared), std::move(own));
}

asio::awaitable<void> require_valid(Services& services, worker::SubmittedConfig config) {
    const auto infos = co_await validate_config(services, std::move(config));
    if (const auto message = worker::refusal_message(infos)) throw RestException(400, *message);
}

}
