#include "connectors/transforms/topic_rewriter.hpp"

namespace millrace::transforms {

const std::optional<std::string>& TopicRewriter::rewrite(std::string_view topic) {
    const auto known = known_.find(topic);
    if (known != known_.end()) return known->second;
    std::optional<std::string> made;
    if (regex_.matches(topic)) made = regex_.replace_first(topic, replacement_);
    if (known_.size() >= most_topics) known_.clear();
    return known_.emplace(topic, std::move(made)).first->second;
}

}
