/// A connector's settings as a client sent them: beside the values, the names that were given as null.
#pragma once
#include "connectors/api/config_def.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>

namespace millrace::worker {

struct SubmittedConfig {
    Settings settings = {};
    std::set<std::string, std::less<>> nulls = {};  ///< names that are not in `settings`

    void set(const std::string& name, std::optional<std::string> value) {
        settings.erase(name);
        nulls.erase(name);
        if (value) {
            settings.emplace(name, *std::move(value));
        } else {
            nulls.insert(name);
        }
    }
};

}
