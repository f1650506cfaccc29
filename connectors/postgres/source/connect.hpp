/// The connector's own connections, under the application names that Debezium's have.
#pragma once
#include "connectors/postgres/source/config.hpp"

#include <memory>
#include <string_view>

namespace millrace::postgres {

namespace application {
inline constexpr std::string_view general = "Debezium General";
inline constexpr std::string_view streaming = "Debezium Streaming";
inline constexpr std::string_view heartbeat = "Debezium Heartbeat";
inline constexpr std::string_view drop_slot = "Debezium Drop Slot";
}

/// `stop` ends waits on the connection and outlives it. Throws ConnectException with the remedy if the role may not
/// replicate, else as Connection does.
std::unique_ptr<Connection> connect(const ConnectionSettings& settings, std::string_view application_name,
                                    ConnectionMode mode, const Wakeup& stop);

}
