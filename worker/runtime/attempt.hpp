/// One stage (a transformation or a converter) of one record. Retries and skips are decided here and nowhere else.
///
/// Facts   Kafka Connect, RetryWithToleranceOperator (KIP-298).
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/api/record.hpp"
#include "worker/config/connector_config.hpp"

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace millrace::worker {

enum class StageKind : std::uint8_t { Transformation, KeyConverter, ValueConverter, HeaderConverter, KafkaProduce };
std::string_view to_string(StageKind kind) noexcept;  ///< "VALUE_CONVERTER"

struct Stage {
    StageKind kind;
    std::string_view class_name;
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

    /// Before a record's stages; `record` lives until the next call.
    void begin(const ConnectRecord& record) noexcept {
        record_ = &record;
        attempts_ = 0;
    }
    /// After a retriable failure: waits as configured; false when the time for retries is over.
    bool wait_before_retry();
    /// Reports the failure. Returns when the record is to be skipped, else throws ConnectException with `error` nested.
    std::nullopt_t skip(const Stage& stage, const std::exception& error);
    bool tolerates() const noexcept { return handling_.tolerance == Tolerance::All; }

private:
    ErrorHandling handling_;
    std::string task_;
    Logger logger_;
    Environment env_;
    const ConnectRecord* record_ = nullptr;
    int attempts_ = 0;
    Clock::time_point deadline_{};
};

/// The operation's result, or none if the record is to be skipped.
template <class Operation>
auto attempt(const Stage& stage, ProcessingContext& context, Operation&& operation)
    -> std::optional<std::invoke_result_t<Operation&>> {
    for (;;) {
        try {
            return operation();
        } catch (const RetriableException& e) {
            if (!context.wait_before_retry()) return context.skip(stage, e);
        } catch (const std::exception& e) {
            return context.skip(stage, e);
        }
    }
}

}
