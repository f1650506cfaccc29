#include "rest/http/request_target.hpp"

#include "connectors/support/text.hpp"

#include <algorithm>

namespace millrace::rest {

namespace {

constexpr std::string_view hex_digits = "0123456789ABCDEF";

int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_alphanumeric(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_unreserved(char c) noexcept {
    return is_alphanumeric(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}
bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// A character that may not stand unescaped in a path.
bool is_illegal_in_path(char c) noexcept {
    return is_control(c) || c == ' ' || std::string_view("\"<>|[]\\^`{}").find(c) != std::string_view::npos;
}

std::string encode(std::string_view text, std::string_view also_allowed) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c) || also_allowed.find(c) != std::string_view::npos) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out += '%';
            out += hex_digits[byte >> 4];
            out += hex_digits[byte & 15];
        }
    }
    return out;
}

/// The segment's text, or why it is refused.
std::variant<std::string, TargetRefusal> decode_segment(std::string_view whole, AmbiguousPaths ambiguous) {
    const std::string_view raw(whole.begin(), std::ranges::find(whole, ';'));
    if (raw.empty()) return TargetRefusal{"Ambiguous URI empty segment"};
    if (std::ranges::any_of(raw, is_illegal_in_path)) {
        const bool backslash = raw.find('\\') != std::string_view::npos;
        return TargetRefusal{backslash ? "Suspicious Path Character, Illegal Path Character"
                                       : "Illegal Path Character"};
    }
    auto decoded = percent_decode(raw);
    if (!decoded || decoded->find('\0') != std::string::npos) return TargetRefusal{"Bad Request", true};
    if (!valid_utf8(*decoded)) return TargetRefusal{"Bad UTF-8 encoding"};
    if (std::ranges::any_of(*decoded, is_control)) return TargetRefusal{"Suspicious Path Character"};
    if (*decoded == "." || *decoded == "..") {
        if (raw != *decoded) return TargetRefusal{"Ambiguous URI path segment"};
        if (raw.size() != whole.size()) return TargetRefusal{"Ambiguous URI path parameter"};
    }
    if (ambiguous == AmbiguousPaths::Refuse && raw != *decoded) {
        if (decoded->find('/') != std::string::npos) return TargetRefusal{"Ambiguous URI path separator"};
        if (decoded->find('%') != std::string::npos) return TargetRefusal{"Ambiguous URI path encoding"};
        if (decoded->find('\\') != std::string::npos) return TargetRefusal{"Suspicious Path Character"};
    }
    return *std::move(decoded);
}

/// A bad escape leaves the text as it came.
std::string decode_query_text(std::string_view raw) {
    std::string text(raw);
    std::ranges::replace(text, '+', ' ');
    return percent_decode(text).value_or(text);
}

Query parse_query(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const auto part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(part.size() + 1, text.size()));
        if (part.empty()) continue;
        const auto equals = std::min(part.find('='), part.size());
        query.emplace_back(decode_query_text(part.substr(0, equals)),
                           decode_query_text(part.substr(std::min(equals + 1, part.size()))));
    }
    return query;
}

/// ".." leads out of the root.
bool leaves_root(std::string_view path) noexcept {
    int depth = 0;
    while (!path.empty() && depth >= 0) {
        const auto segment = path.substr(0, path.find('/'));
        if (segment != ".") depth += segment == ".." ? -1 : 1;
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
    }
    return depth < 0;
}

/// "http://host:port/path" without scheme and host.
std::string_view without_authority(std::string_view target) noexcept {
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos || scheme > target.find('/')) return target;
    const auto path = std::min(target.find_first_of("/?", scheme + 3), target.size());
    return target.substr(path);
}

}

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::variant<RequestTarget, TargetRefusal> parse_target(std::string_view target, AmbiguousPaths ambiguous) {
    const auto whole = target.size();
    target = without_authority(target);
    const bool has_authority = target.size() < whole;
    target = target.substr(0, target.find('#'));
    const auto question = std::min(target.find('?'), target.size());
    auto path = target.substr(0, question);
    if (path.empty() && has_authority) path = "/";
    if (path.empty() || path == "*") return TargetRefusal{"Bad URI path"};
    if (!path.starts_with('/')) return TargetRefusal{"Bad Request"};
    path.remove_prefix(1);
    if (leaves_root(path)) return TargetRefusal{"Bad Request", true};
    RequestTarget parsed{.segments = {}, .query = parse_query(target.substr(std::min(question + 1, target.size())))};
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        const auto raw = path.substr(0, slash);
        if (raw.empty()) return TargetRefusal{"Ambiguous URI empty segment"};
        if (raw.front() == ';' && slash == path.size()) break;  // parameters of what stands before the slash
        auto segment = decode_segment(raw, ambiguous);
        if (auto* refusal = std::get_if<TargetRefusal>(&segment)) return std::move(*refusal);
        parsed.segments.push_back(std::move(std::get<std::string>(segment)));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return parsed;
}

std::string encode_segment(std::string_view text) { return encode(text, "!$&'()*+,=:@"); }
std::string encode_for_location(std::string_view text) { return encode(text, "!$&'()*+,=:@;"); }

}
