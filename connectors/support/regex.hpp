/// Regular expressions as users of Java wrote them. Immutable and safe from several threads.
///
/// Throws  ConfigException for a pattern that does not compile, with the place; DataException when a text needs more
///         steps than the match limit allows.
/// Facts   PCRE2 reads Java's syntax but for what java_regex translates; ^, $ and . see \n, \r and \r\n as line ends.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

struct RegexOptions {
    bool case_insensitive = false;
};

class Regex {
public:
    explicit Regex(std::string_view pattern, RegexOptions options = {});
    ~Regex();
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;

    const std::string& pattern() const noexcept;
    /// The whole text (Java: matches()).
    bool matches(std::string_view text) const;
    /// Anywhere in the text (Java: find()).
    bool found_in(std::string_view text) const;
    /// The groups of a match of the whole text, group 0 first; none if it does not match. A group that took no part is
    /// empty.
    std::optional<std::vector<std::string>> groups_of(std::string_view text) const;
    /// `replacement` in Java's syntax: $1, ${name}, \$ and \\. As Java, throws std::invalid_argument for what is no
    /// replacement and for a name that no group has, and std::out_of_range for a group that is not there.
    std::string replace_first(std::string_view text, std::string_view replacement) const;
    std::string replace_all(std::string_view text, std::string_view replacement) const;

private:
    struct Compiled;
    std::unique_ptr<Compiled> compiled_;
};

/// Why a pattern does not compile ("Invalid regex: ..."), in the words of Java where PCRE2's differ and users know
/// Java's; "" if it does.
std::string regex_complaint(std::string_view pattern);

}
