/// Maps topics to others by a regular expression, and remembers the answers.
///
/// Facts   Java SE API, Matcher: matches() decides, then replaceFirst() replaces the first find, which may be shorter.
#pragma once
#include "connectors/support/regex.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::transforms {

class TopicRewriter {
public:
    /// Throws ConfigException if `regex` is none.
    TopicRewriter(std::string_view regex, std::string replacement)
        : regex_(regex), replacement_(std::move(replacement)) {}

    /// The new name, valid until the next call; none if the topic does not match. Throws what Regex::replace_first
    /// throws.
    const std::optional<std::string>& rewrite(std::string_view topic);

private:
    static constexpr std::size_t most_topics = 10'000;
    Regex regex_;
    std::string replacement_;
    std::map<std::string, std::optional<std::string>, std::less<>> known_;
};

}
