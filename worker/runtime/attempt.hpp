/// One stage (a transformation, a converter, a sink's put) of one record. Retries, skips and reports are decided here
/// and nowhere else.
///
/// Facts   Kafka Connect, RetryWithToleranceOperator (KIP-298).
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"
#include "worker/config/connector_config.hpp"
#include "worker/kafka/consumer.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace millrace::worker {

struct TaskErrorCounters;  // worker/metrics/task_metrics.hpp

enum class StageKind : std::uint8_t {
    Transformation,
    KeyConverter,
    ValueConverter,
    HeaderConverter,
    TaskPut,
    KafkaProduce
};
std::string_view to_string(StageKind kind) noexcept;  ///< "VALUE_CONVERTER"

struct Stage {
    StageKind kind;
    std::string_view class_name;
};

/// The task is to stop: what is unfinished stays unfinished, and is done again by the task's next run.
struct StopRequested : ConnectException {
    using ConnectException::ConnectException;
};

/// What a stage was working on: a source's record, or the one that a sink read; null for what it is not. Of a record
/// that is gone by now what text_of() said of it.
struct RecordInWork {
    const ConnectRecord* source = nullptr;
    const ConsumerRecord* consumed = nullptr;
    std::string_view text = {};
};
/// ", where consumed record is {...}", in Kafka Connect's words.
std::string text_of(const RecordInWork& record);

/// Told of every record that a stage refused, skipped or not.
class ErrorReporter {
public:
    virtual ~ErrorReporter() = default;
    virtual void report(const Stage& stage, const RecordInWork& record, const std::exception& error) = 0;
};

/// The delay before attempt `attempt`+1, 1 being the first: 300 ms, doubling; beyond the maximum, a random part of it.
/// `random` is from 0 to 1.
std::chrono::milliseconds retry_delay(int attempt, std::chrono::milliseconds maximum, double random) noexcept;

/// How one task deals with records that a stage refuses. Belongs to the task's thread.
class ProcessingContext {
public:
    using Clock = std::chrono::steady_clock;
    struct Environment {
        std::function<Clock::time_point()> now;
        std::function<bool(std::chrono::milliseconds)> wait;  ///< false: interrupted, the task is to stop
        std::function<double()> random;                       ///< from 0 to 1
    };

    ProcessingContext(ErrorHandling handling, std::string task, Logger logger, Environment environment)
        : handling_(handling), task_(std::move(task)), logger_(std::move(logger)), env_(std::move(environment)) {}

    /// Besides the log, if errors.log.enable is set; outlives this object.
    void add_reporter(ErrorReporter& reporter) { reporters_.push_back(&reporter); }
    /// What fails is counted there; outlives this object.
    void count_in(TaskErrorCounters& counters) noexcept { counters_ = &counters; }
    /// Before a record's stages; it lives until the next call.
    void begin(const RecordInWork& record) noexcept { record_ = record; }
    /// Of one stage of one record: each has errors.retry.timeout of its own, from the first try's begin on.
    struct Retries {
        int attempts = 0;
        Clock::time_point deadline{};
    };
    /// Before the first try. Looks at the clock only where there is a time to keep.
    Retries begin_tries() const {
        if (handling_.retry_timeout.count() <= 0) return {};
        return {.deadline = env_.now() + handling_.retry_timeout};
    }
    /// After a retriable failure: waits as configured; false when the time for retries is over. Throws StopRequested.
    bool wait_before_retry(Retries& retries);
    /// Reports the failure. Returns when the record is to be skipped, else throws ConnectException with `error` nested.
    std::nullopt_t skip(const Stage& stage, const std::exception& error);
    bool reports() const noexcept { return handling_.log_enable || !reporters_.empty(); }
    bool logs_records() const noexcept { return handling_.log_enable && handling_.log_include_messages; }
    bool tolerates() const noexcept { return handling_.tolerance == Tolerance::All; }

private:
    void log(const Stage& stage, const std::exception& error) const;
    void count_failure(StageKind kind);

    ErrorHandling handling_;
    std::string task_;
    Logger logger_;
    Environment env_;
    std::vector<ErrorReporter*> reporters_;
    TaskErrorCounters* counters_ = nullptr;
    RecordInWork record_;
};

/// The operation's result, or none if the record is to be skipped.
template <class Operation>
auto attempt(const Stage& stage, ProcessingContext& context, Operation&& operation)
    -> std::optional<std::invoke_result_t<Operation&>> {
    for (auto retries = context.begin_tries();;) {
        try {
            return operation();
        } catch (const RetriableException& e) {
            if (!context.wait_before_retry(retries)) return context.skip(stage, e);
        } catch (const StopRequested&) {
            throw;
        } catch (const std::exception& e) {
            return context.skip(stage, e);
        }
    }
}

}
