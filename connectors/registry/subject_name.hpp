/// Under which subject a registry keeps the schemas of a topic's keys or values.
///
/// Facts   Confluent's documentation of subject name strategies.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::registry {

enum class SubjectStrategy : std::uint8_t {
    Topic,        ///< topic-key, topic-value
    Record,       ///< the record's full name
    TopicRecord,  ///< topic-full name
    Associated    ///< what the registry says belongs to the topic, otherwise as Topic
};

/// By Java's class name, with or without its package. Throws ConfigException for another.
SubjectStrategy subject_strategy(std::string_view class_name);

/// `record` is empty for what is no record. Throws DataException for that, where the strategy needs one.
std::string subject_name(SubjectStrategy strategy, std::string_view topic, bool is_key, std::string_view record);

}
