/// What users may do: roles, each for the connectors whose names match a pattern.
///
/// Input   properties, user=role[:pattern] ..., parted by blanks: alice=edit, bob=operate:orders-.* read-only. A role
///         without a pattern is for all connectors. The user * is everybody without a line.
/// Output  pure decisions. read-only may read; operate may also pause, resume, stop, restart and reset topics; edit may
///         do everything else too, validation included, for which the role edit of any connector is enough. What else
///         concerns no single connector needs a role without a pattern, reading excepted.
/// Throws  ConfigException naming user and role, or the pattern.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/support/regex.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::rest {

enum class Action : std::uint8_t {
    Read,
    Operate,
    Edit,
    Validate,  ///< of a configuration: the worker connects to where it says, with secrets that it refers to
};
std::string_view to_string(Action action) noexcept;  ///< "read", "operate", "edit", "validate"

/// What a request asks for. `path` is the route's: "/connectors/{connector}/pause".
Action required_action(std::string_view method, std::string_view path) noexcept;

class Roles {
public:
    Roles() = default;  ///< nobody may anything
    explicit Roles(const Settings& lines);
    static Roles read(const std::string& path);

    /// `connector` none: something that concerns no single one.
    bool may(const std::string& user, Action action, std::optional<std::string_view> connector) const;

private:
    struct Grant {
        Action up_to;
        std::optional<Regex> connectors;  ///< none: all
    };
    std::map<std::string, std::vector<Grant>, std::less<>> grants_;
};

}
