/// Values from files: ${file:/path/to.properties:key}, and ${directory:/path:file} for the whole of a file.
///
/// Settings  allowed.paths: what may be read, all if absent; millrace.ttl.ms: after which time the values may be
/// others,
///           so that connectors which use them are restarted (config.action.reload); absent: nobody looks again.
/// Errors    What may not be read, or is not there, is left out, and the reference stays as it is; a properties file
///           that cannot be read throws ConnectException naming it.
/// Facts     KIP-297; Kafka 4.3, FileConfigProvider and DirectoryConfigProvider.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/config_providers/allowed_paths.hpp"

namespace millrace::config_providers {

class FileProviderSettings {
public:
    FileProviderSettings() = default;
    explicit FileProviderSettings(const Settings& settings);
    const AllowedPaths& paths() const noexcept { return paths_; }
    std::optional<std::chrono::milliseconds> ttl() const noexcept { return ttl_; }

private:
    AllowedPaths paths_;
    std::optional<std::chrono::milliseconds> ttl_;
};

class FileConfigProvider final : public ExpiringConfigProvider {
public:
    void configure(const Settings& settings) override { settings_ = FileProviderSettings(settings); }
    ProvidedConfig get_expiring(std::string_view path, std::span<const std::string> keys) override;

private:
    FileProviderSettings settings_;
};

class DirectoryConfigProvider final : public ExpiringConfigProvider {
public:
    void configure(const Settings& settings) override { settings_ = FileProviderSettings(settings); }
    ProvidedConfig get_expiring(std::string_view path, std::span<const std::string> keys) override;

private:
    FileProviderSettings settings_;
};

/// The settings of both, for the reference pages.
std::span<const ConfigKey> file_provider_keys() noexcept;

}
