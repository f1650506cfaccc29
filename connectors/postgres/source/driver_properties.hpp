/// What Debezium hands to its JDBC driver: database.* without its prefix, then driver.*, which wins.
///
/// Whoever reads a property makes it known. What is left at the end has no effect here, and is told of.
#pragma once
#include "connectors/postgres/source/config.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace millrace::postgres {

class DriverProperties {
public:
    explicit DriverProperties(const Settings& settings);

    /// None, too, where the value is empty.
    std::optional<std::string> find(std::string_view name);
    std::optional<std::int64_t> number(std::string_view name);
    /// Whether `name` is set, even to nothing.
    bool has(std::string_view name);
    void warn_of_others(const Warn& warn) const;

private:
    const Settings& settings_;
    Settings properties_ = {};
    std::set<std::string, std::less<>> known_ = {};
};

}
