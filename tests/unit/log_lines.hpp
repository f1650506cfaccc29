/// A log whose lines tests read.
#pragma once
#include "connectors/api/log.hpp"

#include <memory>
#include <mutex>
#include <string>

namespace millrace {

class LogLines : public LogSink {
public:
    bool enabled(LogLevel, std::string_view) const noexcept override { return true; }
    void write(LogLevel, std::string_view, std::string_view, std::string_view line) noexcept override {
        const std::lock_guard lock(mutex_);
        all_ += std::string(line) + "\n";
    }
    std::string all() const {
        const std::lock_guard lock(mutex_);
        return all_;
    }

private:
    mutable std::mutex mutex_;
    std::string all_;
};

}
