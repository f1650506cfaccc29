#include "connectors/config_providers/file_providers.hpp"

#include "connectors/support/properties.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace millrace::config_providers {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t largest_file_bytes = 16 * 1024 * 1024;

std::string positive(std::string_view value) {
    long long number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    return number > 0 ? "" : "Value must be at least 1";
}

constexpr std::array keys{
    ConfigKey{.name = "allowed.paths",
              .type = ConfigType::List,
              .valid = nullptr,
              .importance = Importance::Medium,
              .doc = "Absolute paths, in or below which files may be read; absent: all."},
    ConfigKey{.name = "millrace.ttl.ms",
              .type = ConfigType::Long,
              .valid = positive,
              .importance = Importance::Low,
              .doc =
                  "Time after which values may have changed, in milliseconds: connectors that use them are restarted "
                  "then, unless config.action.reload is none. Absent: they are read at each start only."},
};

/// None if it is no file that can be read.
std::optional<std::string> content_of(const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > largest_file_bytes || error) return {};
    std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

}

std::span<const ConfigKey> file_provider_keys() noexcept { return keys; }

FileProviderSettings::FileProviderSettings(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    if (const auto list = config.find("allowed.paths"); list && !list->empty()) paths_ = AllowedPaths(*list);
    if (config.find("millrace.ttl.ms")) ttl_ = std::chrono::milliseconds(config.get_long("millrace.ttl.ms"));
}

ProvidedConfig FileConfigProvider::get_expiring(std::string_view path, std::span<const std::string> wanted) {
    ProvidedConfig found{.values = {}, .ttl = settings_.ttl()};
    if (path.empty()) return found;
    const auto file = settings_.paths().resolve(path);
    if (!file) return found;
    const auto text = content_of(*file);
    if (!text) throw ConnectException(fmt::format("Could not read properties from file {}", path));
    const auto properties = parse_properties(*text, path);
    for (const auto& key : wanted) {
        if (const auto value = properties.find(key); value != properties.end()) found.values.insert(*value);
    }
    return found;
}

ProvidedConfig DirectoryConfigProvider::get_expiring(std::string_view path, std::span<const std::string> wanted) {
    ProvidedConfig found{.values = {}, .ttl = settings_.ttl()};
    if (path.empty()) return found;
    for (const auto& key : wanted) {
        // A key is a file of the directory itself, whatever its name says.
        if (fs::path(key).filename() != key || key == "." || key == "..") continue;
        const auto file = settings_.paths().resolve((fs::path(path) / key).string());
        if (!file) continue;
        if (auto text = content_of(*file)) found.values.emplace(key, *std::move(text));
    }
    return found;
}

}
