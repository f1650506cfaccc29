/// A connector's settings as a client sent them: beside the values, the names that were given as null.
#pragma once
#include "connectors/api/config_def.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::worker {

struct SubmittedConfig {
    Settings settings = {};
    std::set<std::string, std::less<>> nulls = {};  ///< names that are not in `settings`
    std::vector<std::string> order = {};            ///< in which names were set; some may be gone

    void set(const std::string& name, std::optional<std::string> value) {
        settings.erase(name);
        nulls.erase(name);
        if (value) {
            settings.emplace(name, *std::move(value));
        } else {
            nulls.insert(name);
        }
        if (std::ranges::find(order, name) == order.end()) order.push_back(name);
    }

    /// All of them: in the order in which they were set, then those that were not.
    std::vector<std::string> names() const {
        const auto is_given = [this](const std::string& name) {
            return settings.contains(name) || nulls.contains(name);
        };
        std::vector<std::string> all;
        const auto add = [&all](const std::string& name) {
            if (std::ranges::find(all, name) == all.end()) all.push_back(name);
        };
        for (const auto& name : order) {
            if (is_given(name)) add(name);
        }
        for (const auto& [name, value] : settings) add(name);
        for (const auto& name : nulls) add(name);
        return all;
    }
};

}
