/// Puts values from config providers into settings: ${provider:path:key} or ${provider:key}.
///
/// A provider ends at the first ':', a path at the next, a key at the first '}'. Several references and other text may
/// stand in one value. A reference to an unknown provider or key stays as it is. Results are not resolved again.
///
/// Facts   Kafka, ConfigTransformer (KIP-297).
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/plugin.hpp"
#include "worker/config/endpoints.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {
class SecretMask;  // connectors/support/secret_mask.hpp
}

namespace millrace::worker {

/// True if the value holds at least one reference, whoever may resolve it.
bool has_reference(std::string_view value) noexcept;

class ConfigTransformer {
public:
    using Providers = std::map<std::string, std::shared_ptr<ConfigProvider>, std::less<>>;

    ConfigTransformer() = default;
    /// What providers give goes into `secrets`.
    explicit ConfigTransformer(Providers providers, std::shared_ptr<SecretMask> secrets = {}, Endpoints endpoints = {})
        : providers_(std::move(providers)), secrets_(std::move(secrets)), endpoints_(std::move(endpoints)) {}

    struct Resolved {
        Settings settings;
        std::optional<std::chrono::milliseconds> ttl = {};  ///< the shortest that a provider gave
    };
    /// With what the settings' endpoint gives. Asks each provider once a path. Throws what a provider throws. Providers
    /// are called on the caller's thread.
    Resolved resolve(const Settings& given) const;
    Settings transform(const Settings& settings) const { return resolve(settings).settings; }
    const Endpoints& endpoints() const noexcept { return endpoints_; }
    /// Without what providers have given so far.
    std::string hide(std::string text) const;

private:
    Providers providers_;
    std::shared_ptr<SecretMask> secrets_;
    Endpoints endpoints_;
};

/// Task settings to be published: what stands as a reference under the same key in `connector` (with references still
/// in it) becomes that reference again, so that no secret reaches the config topic.
Settings with_references(Settings task, const Settings& connector);

}
