/// Which versions of a plugin a configuration or request accepts.
///
/// Input   "latest" (any), a version (that one only), or a Maven range: "[1.0,2.0)", "(,3.0]", several with commas
///         between them.
/// Facts   KIP-891; Maven's version order for numbers and qualifiers such as "3.7.0.Final" and "4.0-SNAPSHOT".
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::worker {

class VersionRange {
public:
    /// None for any version. Throws ConfigException in Maven's words, "Unbounded range: [", for what is no range.
    static std::optional<VersionRange> parse(std::string_view specification);

    bool contains(std::string_view version) const;
    std::string text() const;  ///< "[9.9,9.9]"

private:
    struct Part {
        std::optional<std::string> low = {};   ///< none: unbounded
        std::optional<std::string> high = {};  ///< none: unbounded
        bool low_included = true;
        bool high_included = true;
    };
    static Part parse_part(std::string_view text, std::string_view specification);

    std::vector<Part> parts_;
};

/// Negative, zero or positive.
int compare_versions(std::string_view a, std::string_view b);

}
