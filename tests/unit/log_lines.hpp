/// A log whose lines tests read.
#pragma once
#include "connectors/api/log.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace millrace {

class LogLines : public LogSink {
public:
    bool enabled(LogLevel, std::string_view) const noexcept override { return true; }
    void write(LogLevel level, std::string_view, std::string_view, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(level, std::string(line) + "\n");
    }
    std::string all() const {
        return text([](LogLevel) { return true; });
    }
    std::string all(LogLevel wanted) const {
        return text([&](LogLevel level) { return level == wanted; });
    }

private:
    template <class Wanted>
    std::string text(Wanted wanted) const {
        const std::lock_guard lock(mutex_);
        std::string lines;
        for (const auto& [level, line] : lines_) lines += wanted(level) ? line : "";
        return lines;
    }

    mutable std::mutex mutex_;
    std::vector<std::pair<LogLevel, std::string>> lines_;
};

}
