/// Which files a provider may read: those in or below the paths of `allowed.paths`, all if that is not given.
///
/// Facts   Kafka 4.3, AllowedPaths: links are followed only after the check, ".." before it.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::config_providers {

class AllowedPaths {
public:
    AllowedPaths() = default;  ///< all
    /// A list with commas. Throws ConfigException for a path that is not absolute or does not exist.
    explicit AllowedPaths(std::string_view list);
    /// The path without "." and "..", or none if it may not be read.
    std::optional<std::filesystem::path> resolve(std::string_view path) const;

private:
    std::vector<std::filesystem::path> allowed_;  ///< empty: all
};

}
