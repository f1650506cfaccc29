/// The whole validation of a configuration: worker/validation around the connector's own checks, which run on the
/// worker's pool while the control thread goes on.
#pragma once
#include "rest/resources/services.hpp"
#include "worker/validation/config_infos.hpp"
#include "worker/validation/submitted_config.hpp"

namespace millrace::rest {

/// References to config providers are resolved first. Throws ConfigException for a missing or unknown connector class,
/// RestException 500 if a provider fails.
asio::awaitable<worker::ConfigInfos> validate_config(Services& services, worker::SubmittedConfig config);

/// The same; throws RestException 400 with all messages if there is any.
asio::awaitable<void> require_valid(Services& services, worker::SubmittedConfig config);

}
