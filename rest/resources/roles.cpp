#include "rest/resources/roles.hpp"

#include "connectors/support/properties.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

namespace millrace::rest {

namespace {

constexpr std::string_view everybody = "*";

struct Role {
    std::string_view name;
    Action up_to;
};
constexpr std::array roles{Role{"read-only", Action::Read}, Role{"operate", Action::Operate},
                           Role{"edit", Action::Edit}};

constexpr std::array<std::string_view, 5> operations{"/pause", "/resume", "/stop", "/restart", "/topics/reset"};

}

std::string_view to_string(Action action) noexcept {
    switch (action) {
    case Action::Read:
        return "read";
    case Action::Operate:
        return "operate";
    case Action::Edit:
        return "edit";
    case Action::Validate:
        return "validate";
    }
    return "";
}

Action required_action(std::string_view method, std::string_view path) noexcept {
    if (method == "GET" || method == "HEAD" || method == "OPTIONS") return Action::Read;
    if (path.ends_with("/config/validate")) return Action::Validate;
    const bool operates = std::ranges::any_of(operations, [&](std::string_view end) { return path.ends_with(end); });
    return operates ? Action::Operate : Action::Edit;
}

Roles::Roles(const Settings& lines) {
    for (const auto& [user, text] : lines) {
        std::istringstream words(text);
        auto& grants = grants_[user];
        for (std::string word; words >> word;) {
            const auto name = word.substr(0, word.find(':'));
            const auto role = std::ranges::find(roles, name, &Role::name);
            if (role == roles.end()) {
                throw ConfigException(fmt::format(
                    "millrace.rest.roles.file: {}={}: '{}' is no role; there are read-only, operate and edit", user,
                    text, name));
            }
            Grant grant{.up_to = role->up_to, .connectors = std::nullopt};
            if (word.size() > name.size()) grant.connectors.emplace(std::string_view(word).substr(name.size() + 1));
            grants.push_back(std::move(grant));
        }
    }
}

Roles Roles::read(const std::string& path) { return Roles(read_properties_file(path)); }

bool Roles::may(const std::string& user, Action action, std::optional<std::string_view> connector) const {
    auto found = grants_.find(user);
    if (found == grants_.end()) found = grants_.find(everybody);
    if (found == grants_.end()) return false;
    return std::ranges::any_of(found->second, [&](const Grant& grant) {
        if (action == Action::Validate) return grant.up_to == Action::Edit;
        if (grant.up_to < action) return false;
        if (!grant.connectors) return true;
        return connector ? grant.connectors->matches(*connector) : action == Action::Read;
    });
}

}
