#include "worker/runtime/config_providers.hpp"

#include "worker/config/worker_config.hpp"

namespace millrace::worker {

ConfigTransformer make_config_transformer(const Settings& worker, const PluginRegistry& plugins,
                                          std::shared_ptr<SecretMask> secrets) {
    ConfigTransformer::Providers providers;
    const auto directory = worker.find("millrace.endpoints.directory");
    Endpoints endpoints(directory == worker.end() ? std::string() : std::string(trim(directory->second)));
    const auto names = worker.find("config.providers");
    for (const auto& name : split_list(names == worker.end() ? std::string_view() : names->second)) {
        const auto prefix = fmt::format("config.providers.{}.", name);
        const auto class_name = worker.find(prefix + "class");
        if (class_name == worker.end()) continue;
        std::shared_ptr<ConfigProvider> provider = plugins.create_config_provider(trim(class_name->second));
        provider->configure(with_prefix_removed(worker, prefix + "param."));
        providers.emplace(name, std::move(provider));
    }
    return ConfigTransformer(std::move(providers), std::move(secrets), std::move(endpoints));
}

}
