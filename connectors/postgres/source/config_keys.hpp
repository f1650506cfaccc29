/// Every setting of the connector: names, types, defaults, texts and order as Debezium 3.7 shows them in
/// GET /connector-plugins/{plugin}/config, because user interfaces are built from them.
#pragma once
#include "connectors/api/config_def.hpp"

namespace millrace::postgres {

std::span<const ConfigKey> config_keys() noexcept;

}
