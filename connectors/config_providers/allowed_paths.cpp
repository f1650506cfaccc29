#include "connectors/config_providers/allowed_paths.hpp"

#include "connectors/api/config_def.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::config_providers {

namespace fs = std::filesystem;

namespace {

fs::path normal(std::string_view text) {
    auto path = fs::path(text).lexically_normal();
    // "/a/" has an empty last part, which "/a/b" does not begin with.
    if (!path.has_filename() && path.has_relative_path()) path = path.parent_path();
    return path;
}

bool starts_with(const fs::path& path, const fs::path& beginning) {
    return std::ranges::mismatch(beginning, path).in1 == beginning.end();
}

}

AllowedPaths::AllowedPaths(std::string_view list) {
    for (const auto& text : split_list(list)) {
        const auto path = normal(text);
        if (!path.is_absolute()) throw ConfigException(fmt::format("Path {} is not absolute", text));
        std::error_code error;
        if (!fs::exists(path, error)) throw ConfigException(fmt::format("Path {} does not exist", text));
        allowed_.push_back(path);
    }
}

std::optional<fs::path> AllowedPaths::resolve(std::string_view text) const {
    auto path = normal(text);
    if (allowed_.empty()) return path;
    const bool within = path.is_absolute() &&
                        std::ranges::any_of(allowed_, [&](const fs::path& one) { return starts_with(path, one); });
    return within ? std::optional(std::move(path)) : std::nullopt;
}

}
