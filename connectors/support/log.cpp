#include "connectors/support/log.hpp"

#include "connectors/support/json.hpp"
#include "connectors/support/secret_mask.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace millrace {

namespace {

constexpr std::string_view root_name = "root";
constexpr std::array<std::string_view, 8> level_names{"ALL", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "OFF"};
constexpr std::array<std::string_view, 6> secret_words{"password", "secret", "credential",
                                                       "jaas",     "token",  "private.key"};
constexpr std::string_view hidden = "[hidden]";

std::string lowered(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
}

/// "root", however it is written, or the name itself.
std::string_view canonical(std::string_view logger) {
    return logger.size() == root_name.size() && lowered(logger) == root_name ? root_name : logger;
}

/// Control characters as \n, \r, \t or \xNN, so that an event stays one line.
void append_one_line(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 || c == '\t') {
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
        }
    }
}

std::string text_line(LogLevel level, std::string_view logger, std::string_view context, std::string_view line) {
    std::string out = fmt::format("{} {}", to_string(level), context);
    append_one_line(out, line);
    fmt::format_to(std::back_inserter(out), " ({})", logger);
    return out;
}

/// What follows the opening brace and the time, which the pattern writes.
std::string json_line(LogLevel level, std::string_view logger, std::string_view context, std::string_view line) {
    std::string out = fmt::format("\"level\":\"{}\",", to_string(level));
    const auto member = [&out](std::string_view name, std::string_view value, char after) {
        json::append_string(out, name);
        out += ':';
        json::append_string(out, value);
        out += after;
    };
    context = trim(context);
    if (context.starts_with('[') && context.ends_with(']')) context = context.substr(1, context.size() - 2);
    if (const auto bar = context.find('|'); bar != std::string_view::npos) {
        member("connector", context.substr(0, bar), ',');
        member("context", context.substr(bar + 1), ',');
    } else if (!context.empty()) {
        member("context", context, ',');
    }
    member("logger", logger, ',');
    member("message", line, '}');
    return out;
}

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

}

struct LogControl::State {
    LogFormat format;
    std::unique_ptr<spdlog::logger> lines;
    std::shared_ptr<const SecretMask> secrets = {};

    /// Below this no logger is enabled: answers the common question without the lock.
    std::atomic<LogLevel> most_verbose = {};
    mutable std::shared_mutex mutex;
    std::map<std::string, LoggerLevel, std::less<>> own;  ///< levels that were set; "root" always
    /// What every logger asked for so far has, by inheritance or of its own.
    mutable std::unordered_map<std::string, LogLevel, TextHash, std::equal_to<>> resolved;

    LogLevel resolve(std::string_view logger) const {
        for (auto name = logger;;) {
            if (const auto found = own.find(name); found != own.end()) return found->second.level;
            const auto dot = name.rfind('.');
            if (dot == std::string_view::npos) return own.find(root_name)->second.level;
            name = name.substr(0, dot);
        }
    }
    LogLevel least_level() const {
        auto least = LogLevel::Off;
        for (const auto& [unused, one] : own) least = std::min(least, one.level);
        return least;
    }
    LogLevel level_of(std::string_view logger) const {
        {
            const std::shared_lock lock(mutex);
            if (const auto found = resolved.find(logger); found != resolved.end()) return found->second;
        }
        const std::unique_lock lock(mutex);
        return resolved.emplace(logger, resolve(logger)).first->second;
    }
};

LogControl::LogControl(const LogOptions& options) : state_(std::make_unique<State>()) {
    state_->format = options.format;
    state_->own.emplace(root_name, LoggerLevel{.level = options.root_level, .last_modified = {}});
    for (const auto& [logger, level] : options.levels) {
        state_->own.insert_or_assign(std::string(canonical(logger)), LoggerLevel{.level = level, .last_modified = {}});
    }
    state_->most_verbose = state_->least_level();
    spdlog::sink_ptr sink;
    if (options.out != nullptr) {
        sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*options.out, true);
    } else {
        sink = std::make_shared<spdlog::sinks::stdout_sink_mt>();
    }
    state_->lines = std::make_unique<spdlog::logger>("millrace", std::move(sink));
    state_->lines->set_pattern(options.format == LogFormat::Text ? "[%Y-%m-%d %H:%M:%S,%e] %v"
                                                                 : "{\"timestamp\":\"%Y-%m-%dT%H:%M:%S.%e%z\",%v");
    state_->lines->set_level(spdlog::level::trace);
    state_->lines->flush_on(spdlog::level::trace);
}

LogControl::~LogControl() = default;

bool LogControl::enabled(LogLevel level, std::string_view logger) const noexcept {
    if (level < state_->most_verbose.load(std::memory_order_relaxed)) return false;
    try {
        return level >= state_->level_of(logger);
    } catch (const std::exception&) {
        return true;  // no memory for the table: better one line too many
    }
}

void LogControl::write(LogLevel level, std::string_view logger, std::string_view context,
                       std::string_view line) noexcept {
    try {
        const auto masked = state_->secrets ? state_->secrets->hidden(line) : std::nullopt;
        if (masked) line = *masked;
        state_->lines->log(spdlog::level::info, "{}",
                           state_->format == LogFormat::Text ? text_line(level, logger, context, line)
                                                             : json_line(level, logger, context, line));
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nowhere to report it
    }
}

void LogControl::hide(std::shared_ptr<const SecretMask> secrets) { state_->secrets = std::move(secrets); }

std::map<std::string, LoggerLevel, std::less<>> LogControl::levels() const {
    const std::shared_lock lock(state_->mutex);
    auto all = state_->own;
    for (const auto& [name, level] : state_->resolved) {
        all.emplace(name, LoggerLevel{.level = level, .last_modified = {}});
    }
    return all;
}

std::optional<LoggerLevel> LogControl::level(std::string_view logger) const {
    const auto all = levels();
    const auto found = all.find(canonical(logger));
    return found == all.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> LogControl::set_level(std::string_view logger, LogLevel level,
                                               std::chrono::system_clock::time_point now) {
    const LoggerLevel wanted{
        .level = level,
        .last_modified = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count()};
    const auto name = canonical(logger);
    const std::unique_lock lock(state_->mutex);
    state_->resolved.try_emplace(std::string(name), state_->resolve(name));
    const auto changes = [&](const std::string& one, LogLevel current) {
        const bool below = name == root_name || one == name || one.starts_with(std::string(name) + '.');
        return below && current != level;
    };
    std::vector<std::string> names;
    for (const auto& [one, own] : state_->own) {
        if (changes(one, own.level)) names.push_back(one);
    }
    for (const auto& [one, current] : state_->resolved) {
        if (changes(one, current) && !state_->own.contains(one)) names.push_back(one);
    }
    for (const auto& changed : names) state_->own.insert_or_assign(changed, wanted);
    for (auto& [other, resolved] : state_->resolved) resolved = state_->resolve(other);
    state_->most_verbose = state_->least_level();
    std::ranges::sort(names);
    return names;
}

std::string_view to_string(LogLevel level) noexcept {
    return level_names[static_cast<std::size_t>(static_cast<int>(level) + 1)];
}

std::optional<LogLevel> parse_log_level(std::string_view name) noexcept {
    const auto same = [name](std::string_view upper) {
        return std::ranges::equal(name, upper, [](char a, char b) {
            return (a >= 'a' && a <= 'z' ? static_cast<char>(a - ('a' - 'A')) : a) == b;
        });
    };
    const auto found = std::ranges::find_if(level_names, same);
    if (found == level_names.end()) return std::nullopt;
    return static_cast<LogLevel>(found - level_names.begin() - 1);
}

std::string_view shown_value(std::span<const ConfigKey> keys, std::string_view key, std::string_view value) noexcept {
    const auto known = std::ranges::find(keys, key, &ConfigKey::name);
    if (known != keys.end()) return known->type == ConfigType::Password ? hidden : value;
    const auto has = [key](std::string_view word) {
        return !std::ranges::search(key, word, [](char a, char b) {
                    return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b;
                }).empty();
    };
    return std::ranges::any_of(secret_words, has) ? hidden : value;
}

std::string describe_settings(std::span<const ConfigKey> keys, const Settings& settings) {
    std::string out;
    for (const auto& [key, value] : settings) {
        fmt::format_to(std::back_inserter(out), "{}{} = {}", out.empty() ? "" : ", ", key,
                       shown_value(keys, key, value));
    }
    return out;
}

}
