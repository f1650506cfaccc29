#include "worker/runtime/attempt.hpp"

#include "worker/metrics/task_metrics.hpp"
#include "worker/runtime/trace.hpp"

#include <algorithm>

namespace millrace::worker {

namespace {
constexpr std::chrono::milliseconds first_delay{300};
constexpr int most_doublings = 30;

std::string_view to_string(TimestampType type) noexcept {
    return type == TimestampType::LogAppendTime ? "LogAppendTime" : "CreateTime";
}

}

std::string text_of(const RecordInWork& record) {
    if (const auto* r = record.consumed) {
        const auto time =
            r->timestamp_type == TimestampType::None
                ? std::string()
                : fmt::format(", timestamp={}, timestampType={}", r->timestamp, to_string(r->timestamp_type));
        return fmt::format(", where consumed record is {{topic='{}', partition={}, offset={}{}}}", r->topic,
                           r->partition, r->offset, time);
    }
    if (const auto* r = record.source) {
        return fmt::format(", where source record is = SourceRecord{{topic='{}', kafkaPartition={}, timestamp={}}}",
                           r->topic, r->partition ? std::to_string(*r->partition) : "null",
                           r->timestamp ? std::to_string(*r->timestamp) : "null");
    }
    return std::string(record.text);
}

std::string_view to_string(StageKind kind) noexcept {
    switch (kind) {
    case StageKind::Transformation:
        return "TRANSFORMATION";
    case StageKind::KeyConverter:
        return "KEY_CONVERTER";
    case StageKind::ValueConverter:
        return "VALUE_CONVERTER";
    case StageKind::HeaderConverter:
        return "HEADER_CONVERTER";
    case StageKind::TaskPut:
        return "TASK_PUT";
    case StageKind::KafkaProduce:
        return "KAFKA_PRODUCE";
    }
    return "";
}

std::chrono::milliseconds retry_delay(int attempt, std::chrono::milliseconds maximum, double random) noexcept {
    const auto doublings = std::clamp(attempt - 1, 0, most_doublings);
    const auto delay = first_delay * (std::int64_t{1} << doublings);
    if (delay <= maximum) return delay;
    return std::chrono::milliseconds(static_cast<std::int64_t>(random * static_cast<double>(maximum.count())));
}

bool ProcessingContext::wait_before_retry(Retries& retries) {
    if (counters_ != nullptr) TaskErrorCounters::count(counters_->failures);
    const auto now = env_.now();
    const bool for_ever = handling_.retry_timeout.count() < 0;
    ++retries.attempts;
    if (!for_ever && now >= retries.deadline) {
        // What a stop cut short is no failure of the record.
        if (!env_.wait(std::chrono::milliseconds{0})) throw StopRequested("The task is to stop");
        return false;
    }
    auto delay = retry_delay(retries.attempts, handling_.retry_delay_max, env_.random());
    if (!for_ever) {
        delay = std::min(delay, std::chrono::ceil<std::chrono::milliseconds>(retries.deadline - now));
    }
    if (!env_.wait(delay)) throw StopRequested("The task is to stop");
    if (counters_ != nullptr) TaskErrorCounters::count(counters_->retries);
    return true;
}

void ProcessingContext::log(const Stage& stage, const std::exception& error) const {
    const auto where = handling_.log_include_messages ? text_of(record_) : std::string();
    logger_.error("Error encountered in task {}. Executing stage '{}' with class '{}'{}. {}", task_,
                  to_string(stage.kind), stage.class_name, where, trace_of(error));
}

/// What failed outside of the stages, in put() or in the brokers, is an error only where it ends the task.
void ProcessingContext::count_failure(StageKind kind) {
    if (counters_ == nullptr) return;
    const bool reported = kind == StageKind::TaskPut || kind == StageKind::KafkaProduce;
    TaskErrorCounters::count(counters_->failures);
    counters_->given_up();
    if (!reported || !tolerates()) TaskErrorCounters::count(counters_->errors);
    if (!reported && tolerates()) TaskErrorCounters::count(counters_->skipped);
    if (handling_.log_enable) TaskErrorCounters::count(counters_->logged);
}

std::nullopt_t ProcessingContext::skip(const Stage& stage, const std::exception& error) {
    count_failure(stage.kind);
    if (handling_.log_enable) log(stage, error);
    for (auto* reporter : reporters_) reporter->report(stage, record_, error);
    if (tolerates()) return std::nullopt;
    std::throw_with_nested(ConnectException("Tolerance exceeded in error handler"));
}

}
