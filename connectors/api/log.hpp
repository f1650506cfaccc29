/// Where a plugin and the worker write their log lines. A Logger carries the connector and task it speaks for, so that
/// every line has them; the worker supplies the sink. Safe to use from several threads.
#pragma once
#include <fmt/core.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

/// Of a line; All and Off are those of loggers alone.
enum class LogLevel : signed char { All = -1, Trace, Debug, Info, Warn, Error, Fatal, Off };

/// Takes finished lines. `logger` is the dotted name that /admin/loggers sets levels by.
class LogSink {
public:
    virtual ~LogSink() = default;
    virtual bool enabled(LogLevel level, std::string_view logger) const noexcept = 0;
    virtual void write(LogLevel level, std::string_view logger, std::string_view context,
                       std::string_view line) noexcept = 0;
};

class Logger {
public:
    Logger() = default;  ///< writes nothing
    /// `context` as users know it: "[orders|task-0] ", with the trailing blank; empty for the worker itself.
    Logger(std::shared_ptr<LogSink> sink, std::string name, std::string context = {})
        : sink_(std::move(sink)), name_(std::move(name)), context_(std::move(context)) {}
    Logger named(std::string name) const { return {sink_, std::move(name), context_}; }
    Logger with_context(std::string context) const { return {sink_, name_, std::move(context)}; }
    const std::string& context() const noexcept { return context_; }

    bool enabled(LogLevel level) const noexcept { return sink_ && sink_->enabled(level, name_); }
    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
        if (enabled(level)) sink_->write(level, name_, context_, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        log(LogLevel::Debug, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        log(LogLevel::Info, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        log(LogLevel::Warn, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        log(LogLevel::Error, format, std::forward<Args>(args)...);
    }

private:
    std::shared_ptr<LogSink> sink_;
    std::string name_;
    std::string context_;
};

}
