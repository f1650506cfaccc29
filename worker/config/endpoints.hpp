/// Integration endpoints: named sets of connection settings that the worker's operator keeps, each in a file
/// <millrace.endpoints.directory>/<name>.properties. A connector's configuration refers to one with
/// millrace.endpoint=<name>, so that who writes connectors never sees a password, and cannot send it anywhere else.
///
/// Throws  ConfigException naming the endpoint and what is wrong.
#pragma once
#include "connectors/api/config_def.hpp"

#include <string>
#include <string_view>

namespace millrace::worker {

inline constexpr std::string_view endpoint_key = "millrace.endpoint";

class Endpoints {
public:
    Endpoints() = default;  ///< there are none
    explicit Endpoints(std::string directory) : directory_(std::move(directory)) {}

    /// What the endpoint gives that these settings refer to, read anew each time; nothing if they refer to none.
    Settings of(const Settings& settings) const;
    /// The settings with the endpoint's. Refuses one that stands in both.
    Settings merged(const Settings& settings) const;
    /// A task's settings without what its connector's endpoint gives: only the reference is published.
    Settings without(Settings task, const Settings& connector) const;

private:
    std::string directory_;
};

}
