#include "worker/runtime/ids.hpp"

#include <array>

namespace millrace::worker {

namespace {
constexpr std::array<std::string_view, 3> target_states{"STARTED", "PAUSED", "STOPPED"};
constexpr std::array<std::string_view, 7> states{"UNASSIGNED", "RUNNING",    "PAUSED", "FAILED",
                                                 "DESTROYED",  "RESTARTING", "STOPPED"};

template <class E, class Names>
std::optional<E> find(const Names& names, std::string_view text) noexcept {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == text) return static_cast<E>(i);
    }
    return std::nullopt;
}
}

std::string_view to_string(TargetState state) noexcept { return target_states[static_cast<std::size_t>(state)]; }
std::string_view to_string(State state) noexcept { return states[static_cast<std::size_t>(state)]; }
std::optional<TargetState> target_state_from(std::string_view text) noexcept {
    return find<TargetState>(target_states, text);
}
std::optional<State> state_from(std::string_view text) noexcept { return find<State>(states, text); }

}
