#include "connectors/transforms/timestamp_router.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "topic.format",
     .type = ConfigType::String,
     .default_value = "${topic}-${timestamp}",
     .importance = Importance::High,
     .doc = "Format string which can contain <code>${topic}</code> and <code>${timestamp}</code> as placeholders for "
            "the topic and timestamp, respectively."},
    {.name = "timestamp.format",
     .type = ConfigType::String,
     .default_value = "yyyyMMdd",
     .importance = Importance::High,
     .doc = "Format string for the timestamp that is compatible with <code>java.text.SimpleDateFormat</code>."},
};

void replace(std::string& out, std::string_view text, std::string_view placeholder, std::string_view by) {
    out.clear();
    for (;;) {
        const auto at = text.find(placeholder);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return;
        out += by;
        text.remove_prefix(at + placeholder.size());
    }
}

}

std::span<const ConfigKey> TimestampRouter::config_keys() const noexcept { return keys; }

void TimestampRouter::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    topic_format_ = config.get_string("topic.format");
    pattern_ = config.get_string("timestamp.format");
}

bool TimestampRouter::apply(ConnectRecord& record, Arena& arena) {
    if (!record.timestamp) {
        throw DataException(fmt::format("Timestamp missing on record: ConnectRecord{{topic='{}'}}", record.topic));
    }
    if (!time_format_) {
        time_format_.emplace(pattern_);
        period_ms_ = time_format_->period_ms();
    }
    // Rounded towards zero, the period around the epoch is twice as long: it is never taken from memory.
    const auto period = *record.timestamp / period_ms_;
    if (period != 0 && period == period_ && old_topic_ == record.topic) {
        record.topic = arena.copy(new_topic_);
        return true;
    }
    time_.clear();
    time_format_->append(time_, *record.timestamp);
    replace(with_topic_, topic_format_, "${topic}", record.topic);
    replace(new_topic_, with_topic_, "${timestamp}", time_);
    old_topic_ = record.topic;
    period_ = period;
    record.topic = arena.copy(new_topic_);
    return true;
}

}
