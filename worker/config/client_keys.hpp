/// Settings of Kafka's Java clients as far as a worker has to know them: which are declared by the worker itself, and
/// which are known by name, so that a user who writes them is not warned.
#pragma once
#include "connectors/api/config_def.hpp"

#include <span>
#include <string>
#include <string_view>

namespace millrace::worker {

/// security.protocol, ssl.* and sasl.*.
std::span<const ConfigKey> security_keys() noexcept;

/// Names of all settings of Java's producer, consumer and admin client, sorted; security_keys() are not repeated.
std::span<const std::string_view> java_client_key_names() noexcept;
/// "Invalid value abc for configuration linger.ms: Not a number of type LONG" for what does not parse as the type that
/// this Java client ("producer", "consumer" or "admin") gives the setting; "" for what does, and for settings of
/// others. A class is one if its name has a package: whether Java would find it is not known here.
std::string client_value_complaint(std::string_view client, std::string_view name, std::string_view value);
/// True also for security_keys() and for what stands under metrics.context. and the like.
bool is_java_client_key(std::string_view name) noexcept;

}
