#include "connectors/transforms/regex_router.hpp"

#include "connectors/transforms/validators.hpp"

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "regex",
     .type = ConfigType::String,
     .default_value = required,
     .valid = java_regex,
     .importance = Importance::High,
     .doc = "Regular expression to use for matching.",
     .null_complaint = null_regex},
    {.name = "replacement",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::High,
     .doc = "Replacement string."},
};
}

std::span<const ConfigKey> RegexRouter::config_keys() const noexcept { return keys; }

void RegexRouter::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    rewriter_ = std::make_unique<TopicRewriter>(config.get_string("regex"), config.get_string("replacement"));
}

bool RegexRouter::apply(ConnectRecord& record, Arena& arena) {
    if (const auto& topic = rewriter_->rewrite(record.topic)) record.topic = arena.copy(*topic);
    return true;
}

}
