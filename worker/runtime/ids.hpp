/// Names of what a worker runs, and the states it can be in. The texts are those of Kafka Connect's REST API and status
/// topic.
#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::worker {

struct TaskId {
    std::string connector;
    int task = 0;
    auto operator<=>(const TaskId&) const = default;
};
inline std::string to_string(const TaskId& id) { return id.connector + "-" + std::to_string(id.task); }
/// Of the producer of an exactly-once source's task (KIP-618).
inline std::string transactional_id(const std::string& group_id, const TaskId& id) {
    return group_id + "-" + to_string(id);
}

/// What users want of a connector; kept in the config topic.
enum class TargetState : std::uint8_t { Started, Paused, Stopped };

/// AtOnce: others may run it already, so nothing is sent, committed or reported any more.
enum class StopManner : std::uint8_t { Gracefully, AtOnce };

/// What a connector or task is doing; kept in the status topic.
enum class State : std::uint8_t { Unassigned, Running, Paused, Failed, Destroyed, Restarting, Stopped };

std::string_view to_string(TargetState state) noexcept;  ///< "STARTED"
std::string_view to_string(State state) noexcept;        ///< "RUNNING"
std::optional<TargetState> target_state_from(std::string_view text) noexcept;
std::optional<State> state_from(std::string_view text) noexcept;

}
