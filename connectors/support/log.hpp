/// Log lines to standard output: one line an event, as text that users of Kafka Connect know,
///     [2026-11-21 05:35:00,123] INFO [orders|task-0] Snapshot completed (io.debezium.connector.postgresql)
/// or, with log.format=json, as one JSON object a line. Line feeds inside a message are escaped.
///
/// A logger's level is that of its nearest dotted ancestor that has one; the last ancestor is "root". Safe from several
/// threads.
#pragma once
#include "connectors/api/config_def.hpp"
#include "connectors/api/log.hpp"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

class SecretMask;

enum class LogFormat : std::uint8_t { Text, Json };

struct LogOptions {
    LogFormat format = LogFormat::Text;
    LogLevel root_level = LogLevel::Info;
    std::map<std::string, LogLevel> levels = {};  ///< of loggers, and of those below them
    std::ostream* out = nullptr;                  ///< none: standard output
};

struct LoggerLevel {
    LogLevel level = LogLevel::Info;
    std::optional<std::int64_t> last_modified = {};  ///< ms since the epoch; only set_level sets it
};

class LogControl : public LogSink {
public:
    explicit LogControl(const LogOptions& options);
    ~LogControl() override;
    LogControl(const LogControl&) = delete;
    LogControl& operator=(const LogControl&) = delete;

    bool enabled(LogLevel level, std::string_view logger) const noexcept override;
    void write(LogLevel level, std::string_view logger, std::string_view context,
               std::string_view line) noexcept override;

    /// Lines are written without these values from now on. Before other threads write.
    void hide(std::shared_ptr<const SecretMask> secrets);

    /// "root" and every logger that has a level of its own or has been asked for one, sorted by name.
    std::map<std::string, LoggerLevel, std::less<>> levels() const;
    /// None if no such logger has been seen; "root" in any case of its letters.
    std::optional<LoggerLevel> level(std::string_view logger) const;
    /// Sets this logger, which need not exist yet, and all below it; `root` reaches every one.
    /// The names it changed, sorted: those that had this level, of their own or by inheritance, stay as they are.
    std::vector<std::string> set_level(std::string_view logger, LogLevel level,
                                       std::chrono::system_clock::time_point now);

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string_view to_string(LogLevel level) noexcept;  ///< "INFO"
/// In any case of the letters. None for other words.
std::optional<LogLevel> parse_log_level(std::string_view name) noexcept;

/// "a = 1, b = 2": every setting, sorted, for the line "DistributedConfig values:". Values of PASSWORD keys, and of
/// unknown keys that sound like one, are [hidden].
std::string describe_settings(std::span<const ConfigKey> keys, const Settings& settings);
/// "[hidden]" for what describe_settings hides, otherwise the value.
std::string_view shown_value(std::span<const ConfigKey> keys, std::string_view key, std::string_view value) noexcept;

}
