#include "rest/http/media_type.hpp"

#include "connectors/api/config_def.hpp"
#include "connectors/support/text.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::rest {

namespace {

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 0x7f && std::string_view("()<>@,;:\\\"/[]?={}").find(c) == std::string_view::npos;
    });
}

/// Takes up to the next `separator`, and the separator.
std::string_view take(std::string_view& rest, char separator) noexcept {
    const auto part = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}

std::optional<double> quality_of(std::string_view text) noexcept {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0 || value > 1) return std::nullopt;
    return value;
}

/// "; charset=utf-8; q=0.5"; false for what is no parameter.
bool read_parameters(std::string_view rest, MediaType& into) {
    while (!rest.empty()) {
        const auto part = trim(take(rest, ';'));
        if (part.empty()) continue;
        const auto equals = part.find('=');
        if (equals == std::string_view::npos) return false;
        const auto name = part.substr(0, equals);
        auto value = part.substr(equals + 1);
        const bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
        if (quoted) value = value.substr(1, value.size() - 2);
        if (!is_token(name) || (!quoted && !value.empty() && !is_token(value))) return false;
        const auto text = ";" + lower_case(name) + "=" + std::string(value);
        if (lower_case(name) != "q") {
            into.parameters += text;
        } else if (const auto quality = quality_of(value)) {
            into.quality = *quality;
            into.quality_text = text;
        } else {
            return false;
        }
    }
    return true;
}

enum class Subtype { Required, Optional };

std::optional<MediaType> parse_range(std::string_view range, Subtype subtype) {
    const auto names = trim(take(range, ';'));
    const auto slash = names.find('/');
    if (slash == std::string_view::npos && subtype == Subtype::Required) return std::nullopt;
    MediaType parsed{.type = lower_case(names.substr(0, slash)),
                     .subtype = slash == std::string_view::npos ? "*" : lower_case(names.substr(slash + 1))};
    if (!is_token(parsed.type) || !is_token(parsed.subtype) || !read_parameters(range, parsed)) return std::nullopt;
    return parsed;
}

}

bool MediaType::covers(std::string_view type_and_subtype) const noexcept {
    const auto slash = std::min(type_and_subtype.find('/'), type_and_subtype.size());
    return (type == "*" || type == type_and_subtype.substr(0, slash)) &&
           (subtype == "*" || "/" + subtype == type_and_subtype.substr(slash));
}

std::string MediaType::text() const { return type + "/" + subtype + parameters + quality_text; }

std::optional<MediaType> parse_content_type(std::string_view text) { return parse_range(text, Subtype::Required); }

std::optional<std::vector<MediaType>> parse_accept(std::string_view text) {
    std::vector<MediaType> ranges;
    if (trim(text).empty()) return std::vector{MediaType{.type = "*", .subtype = "*"}};
    while (!text.empty()) {
        const auto range = take(text, ',');
        if (trim(range).empty()) {
            if (ranges.empty()) return std::nullopt;
            continue;
        }
        auto parsed = parse_range(range, Subtype::Optional);
        if (!parsed) return std::nullopt;
        ranges.push_back(*std::move(parsed));
    }
    if (ranges.empty()) return std::nullopt;
    return ranges;
}

std::string negotiated(std::string_view produced, std::string_view accept) {
    std::string type(produced);
    const auto ranges = parse_accept(accept);
    if (!ranges) return type;
    const auto exact =
        std::ranges::find_if(*ranges, [&](const MediaType& r) { return !r.has_wildcard() && r.covers(produced); });
    return exact == ranges->end() ? type : type + exact->parameters;
}

}
