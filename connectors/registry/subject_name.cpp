#include "connectors/registry/subject_name.hpp"

#include "connectors/registry/registry_keys.hpp"

#include <fmt/core.h>

#include <optional>

namespace millrace::registry {

namespace {

constexpr std::string_view package = "io.confluent.kafka.serializers.subject.";
constexpr std::string_view names[] = {"TopicNameStrategy", "RecordNameStrategy", "TopicRecordNameStrategy",
                                      "AssociatedNameStrategy"};

std::optional<SubjectStrategy> find_strategy(std::string_view class_name) {
    if (class_name.starts_with(package)) class_name.remove_prefix(package.size());
    for (std::size_t i = 0; i < std::size(names); ++i) {
        if (names[i] == class_name) return static_cast<SubjectStrategy>(i);
    }
    return std::nullopt;
}

}

std::string strategy_class(std::string_view value) {
    return find_strategy(trim(value)) ? ""
                                      : "Class must be one of: TopicNameStrategy, RecordNameStrategy, "
                                        "TopicRecordNameStrategy, AssociatedNameStrategy; others cannot run here";
}

SubjectStrategy subject_strategy(std::string_view class_name) {
    if (const auto found = find_strategy(class_name)) return *found;
    throw ConfigException(fmt::format("Subject name strategy '{}': {}", class_name, strategy_class(class_name)));
}

std::string subject_name(SubjectStrategy strategy, std::string_view topic, bool is_key, std::string_view record) {
    const auto* const side = is_key ? "key" : "value";
    const bool by_record = strategy == SubjectStrategy::Record || strategy == SubjectStrategy::TopicRecord;
    if (!by_record) return fmt::format("{}-{}", topic, side);
    if (record.empty())
        throw DataException(
            fmt::format("In configuration {}.subject.name.strategy = {}{}, the message {} must only be a record schema",
                        side, package, names[static_cast<std::size_t>(strategy)], side));
    return strategy == SubjectStrategy::Record ? std::string(record) : fmt::format("{}-{}", topic, record);
}

}
