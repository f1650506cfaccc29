#include "worker/config/restart_policy.hpp"

#include "worker/config/key_rows.hpp"

#include <optional>

namespace millrace::worker {

namespace {

using namespace rows;

constexpr std::string_view enabled_key = "millrace.restart.on.failure";
constexpr std::string_view aiven_key = "_aiven.restart.on.failure";
constexpr std::string_view enabled_doc = "Whether connectors and tasks that have failed are started again.";
constexpr std::string_view backoff_doc =
    "Wait before the first restart, in milliseconds; it doubles with each restart that follows.";
constexpr std::string_view backoff_max_doc = "Longest wait before a restart, in milliseconds.";
constexpr std::string_view attempts_doc = "Restarts in a row, after which it stays failed; -1: no end.";
constexpr std::string_view permanent_doc =
    "The same for failures that do not pass by themselves, as refused credentials or a lost replication slot; -1: no "
    "end.";
constexpr std::string_view reset_doc = "What has run for so long begins to count its failures anew, in milliseconds.";

constexpr auto worker_keys = std::to_array<ConfigKey>({
    row(enabled_key, Boolean, "false", Medium, enabled_doc),
    row("millrace.restart.backoff.ms", Long, "10000", Low, backoff_doc, at_least<1>),
    row("millrace.restart.backoff.max.ms", Long, "600000", Low, backoff_max_doc, at_least<1>),
    row("millrace.restart.max.attempts", Int, "-1", Low, attempts_doc, at_least<-1>),
    row("millrace.restart.permanent.max.attempts", Int, "1", Low, permanent_doc, at_least<-1>),
    row("millrace.restart.reset.ms", Long, "600000", Low, reset_doc, at_least<0>),
});

constexpr auto connector_keys = [] {
    std::array<ConfigKey, worker_keys.size() + 1> keys{};
    for (std::size_t i = 0; i < worker_keys.size(); ++i) {
        keys[i] = worker_keys[i];
        keys[i].default_value = null;
    }
    keys.back() = row(aiven_key, Boolean, null, Low, "Another name for millrace.restart.on.failure.");
    return keys;
}();

/// A setting's value: the connector's if it has one that parses, else the worker's.
class Layered {
public:
    Layered(const Settings& connector, const Config& worker) : connector_(connector), worker_(worker) {}
    std::string text(std::string_view name) const {
        if (const auto own = parsed(name)) return *own;
        return worker_.find(name).value_or("");
    }
    std::chrono::milliseconds time(std::string_view name) const { return std::chrono::milliseconds(whole(text(name))); }
    int count(std::string_view name) const { return static_cast<int>(whole(text(name))); }
    std::optional<std::string> parsed(std::string_view name) const {
        const auto given = connector_.find(name);
        if (given == connector_.end()) return std::nullopt;
        std::vector<std::string> errors;
        auto value = parse_value(*ConfigDef(connector_keys).find(name), given->second, errors);
        return errors.empty() ? value : std::nullopt;
    }

private:
    const Settings& connector_;
    const Config& worker_;
};

}

std::span<const ConfigKey> worker_restart_keys() noexcept { return worker_keys; }
std::span<const ConfigKey> connector_restart_keys() noexcept { return connector_keys; }

RestartPolicy restart_policy(const Settings& connector, const Config& worker) {
    const Layered values(connector, worker);
    const auto aiven = values.parsed(aiven_key);
    const auto own = values.parsed(enabled_key);
    return {.enabled = (own     ? *own
                        : aiven ? *aiven
                                : values.text(enabled_key)) == "true",
            .backoff = values.time("millrace.restart.backoff.ms"),
            .backoff_max = values.time("millrace.restart.backoff.max.ms"),
            .attempts = values.count("millrace.restart.max.attempts"),
            .permanent_attempts = values.count("millrace.restart.permanent.max.attempts"),
            .reset_after = values.time("millrace.restart.reset.ms")};
}

}
