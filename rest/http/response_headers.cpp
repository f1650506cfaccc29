#include "rest/http/response_headers.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/text.hpp"
#include "rest/http/access_log.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace millrace::rest {

namespace {

/// Parts between commas that stand in no quotes, trimmed and without their quotes.
std::vector<std::string> split_entries(std::string_view text) {
    std::vector<std::string> entries(1);
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            entries.emplace_back();
        } else {
            entries.back() += c;
        }
    }
    for (auto& entry : entries) entry = std::string(trim(entry));
    if (entries.size() > 1 && entries.back().empty()) entries.pop_back();
    return entries;
}

std::chrono::milliseconds parse_milliseconds(std::string_view text) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc{} && end == text.data() + text.size()) return std::chrono::milliseconds(count);
    throw ConfigException(fmt::format(
        "Invalid date '{}' in response.http.headers.config: a number of milliseconds from now is needed", text));
}

}

ResponseHeaders::ResponseHeaders(std::string_view config) {
    if (trim(config).empty()) return;
    for (const auto& entry : split_entries(config)) rules_.push_back(parse_rule(entry));
}

ResponseHeaders::Rule ResponseHeaders::parse_rule(std::string_view entry) {
    const auto blank = entry.find_first_of(" \t");
    if (blank == std::string_view::npos) {
        throw ConfigException(fmt::format(
            "Invalid format of header config '{}'. Expected: '[action] [header name]:[header value]'", entry));
    }
    const auto action = entry.substr(0, blank);
    const auto pair = trim(entry.substr(blank));
    const auto lower = lower_case(action);
    if (lower != "set" && lower != "add" && lower != "setdate" && lower != "adddate") {
        throw ConfigException(
            fmt::format("Invalid header config action: '{}'. Expected one of [set, add, setDate, addDate]", action));
    }
    if (std::ranges::count(pair, ':') != 1) {
        throw ConfigException(
            fmt::format("Invalid format of header name and header value pair '{}'. Expected: "
                        "'[header name]:[header value]'",
                        pair));
    }
    const auto colon = pair.find(':');
    const auto name = trim(pair.substr(0, colon));
    if (name.empty() || name.find_first_of(" \t") != std::string_view::npos) {
        throw ConfigException(
            fmt::format("Invalid header name '{}'. The '[header name]' cannot contain whitespace", name));
    }
    const auto value = trim(pair.substr(colon + 1));
    Rule rule{.replaces = !action.starts_with("add"), .is_date = action.ends_with("Date"), .name = std::string(name)};
    if (rule.is_date) {
        rule.from_now = parse_milliseconds(value);
    } else {
        rule.value = std::string(value);
    }
    return rule;
}

void ResponseHeaders::apply(Headers& headers, std::chrono::system_clock::time_point now) const {
    for (const auto& rule : rules_) {
        auto value = rule.is_date ? http_date(now + rule.from_now) : rule.value;
        if (rule.replaces) {
            headers.set(rule.name, std::move(value));
        } else {
            headers.add(rule.name, std::move(value));
        }
    }
}

}
