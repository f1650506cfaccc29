#include "worker/validation/version_range.hpp"

#include "connectors/api/config_def.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace millrace::worker {

namespace {

/// One part of a version between dots, dashes and changes from digits to letters.
std::string_view next_token(std::string_view& rest) {
    while (!rest.empty() && (rest.front() == '.' || rest.front() == '-' || rest.front() == '_')) rest.remove_prefix(1);
    if (rest.empty()) return {};
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const bool digits = is_digit(rest.front());
    const auto end =
        std::ranges::find_if(rest, [&](char c) { return c == '.' || c == '-' || c == '_' || is_digit(c) != digits; });
    const auto token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(token.size());
    return token;
}

/// Qualifiers that come before a release are negative, an absent part, "final" and "ga" are the release itself.
int qualifier_rank(std::string token) {
    std::ranges::transform(token, token.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (token.empty() || token == "final" || token == "ga" || token == "release") return 0;
    if (token == "alpha" || token == "a") return -5;
    if (token == "beta" || token == "b") return -4;
    if (token == "milestone" || token == "m") return -3;
    if (token == "rc" || token == "cr") return -2;
    if (token == "snapshot") return -1;
    return token == "sp" ? 1 : 2;
}

struct Token {
    bool number = false;
    long long value = 0;  ///< of a number, or the qualifier's rank
    std::string text;
};

Token classify(std::string_view text) {
    Token token{.text = std::string(text)};
    if (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        token.number = true;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token.value);
        if (error != std::errc{}) token.value = std::numeric_limits<long long>::max();
    } else {
        token.value = qualifier_rank(token.text);
    }
    return token;
}

int sign(long long value) { return value < 0 ? -1 : value > 0 ? 1 : 0; }

int compare_tokens(const Token& a, const Token& b) {
    if (a.number && b.number) return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    if (a.number) return b.text.empty() ? sign(a.value) : 1;
    if (b.number) return a.text.empty() ? -sign(b.value) : -1;
    if (a.value != b.value) return a.value < b.value ? -1 : 1;
    return a.value == 2 ? sign(a.text.compare(b.text)) : 0;
}

}

int compare_versions(std::string_view a, std::string_view b) {
    while (!a.empty() || !b.empty()) {
        const auto left = classify(next_token(a));
        const auto right = classify(next_token(b));
        if (const int order = compare_tokens(left, right); order != 0) return order;
    }
    return 0;
}

VersionRange::Part VersionRange::parse_part(std::string_view text, std::string_view specification) {
    const auto refuse = [&](std::string_view why) { throw ConfigException(fmt::format("{}: {}", why, specification)); };
    const auto bound = [](std::string_view version) {
        version = trim(version);
        return version.empty() ? std::nullopt : std::optional<std::string>(version);
    };
    Part part{.low_included = text.front() == '[', .high_included = text.back() == ']'};
    text = text.substr(1, text.size() - 2);
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) {
        if (!part.low_included || !part.high_included) refuse("Single version must be surrounded by []");
        part.low = part.high = std::string(trim(text));
        return part;
    }
    part.low = bound(text.substr(0, comma));
    part.high = bound(text.substr(comma + 1));
    if (part.low && part.high && compare_versions(*part.low, *part.high) > 0) {
        refuse("Range defies version ordering");
    }
    return part;
}

std::optional<VersionRange> VersionRange::parse(std::string_view specification) {
    specification = trim(specification);
    if (specification == "latest") return std::nullopt;
    const bool is_range = specification.starts_with('[') || specification.starts_with('(');
    const auto range_text = is_range ? std::string(specification) : fmt::format("[{}]", specification);
    VersionRange range;
    for (std::string_view rest = range_text; !rest.empty();) {
        if (rest.front() != '[' && rest.front() != '(') {
            throw ConfigException("Only fully-qualified sets allowed in multiple set scenario: " + range_text);
        }
        const auto end = rest.find_first_of("])");
        if (end == std::string_view::npos) throw ConfigException("Unbounded range: " + range_text);
        range.parts_.push_back(parse_part(rest.substr(0, end + 1), range_text));
        rest = trim(rest.substr(end + 1));
        if (rest.starts_with(',')) rest = trim(rest.substr(1));
    }
    return range;
}

bool VersionRange::contains(std::string_view version) const {
    return std::ranges::any_of(parts_, [&](const Part& part) {
        const int low = part.low ? compare_versions(version, *part.low) : 1;
        const int high = part.high ? compare_versions(version, *part.high) : -1;
        return (low > 0 || (low == 0 && part.low_included)) && (high < 0 || (high == 0 && part.high_included));
    });
}

std::string VersionRange::text() const {
    std::string text;
    for (const auto& part : parts_) {
        text += fmt::format("{}{}{},{}{}", text.empty() ? "" : ",", part.low_included ? '[' : '(',
                            part.low.value_or(""), part.high.value_or(""), part.high_included ? ']' : ')');
    }
    return text;
}

}
