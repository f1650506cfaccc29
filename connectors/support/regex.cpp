#define PCRE2_CODE_UNIT_WIDTH 8
#include "connectors/support/regex.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/java_regex.hpp"

#include <fmt/format.h>
#include <pcre2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace millrace {

namespace {

constexpr std::uint32_t match_limit = 1'000'000;

struct FreeCode {
    void operator()(pcre2_code* code) const noexcept { pcre2_code_free(code); }
};
struct FreeCompileContext {
    void operator()(pcre2_compile_context* context) const noexcept { pcre2_compile_context_free(context); }
};
struct FreeMatchData {
    void operator()(pcre2_match_data* data) const noexcept { pcre2_match_data_free(data); }
};
struct FreeMatchContext {
    void operator()(pcre2_match_context* context) const noexcept { pcre2_match_context_free(context); }
};
using Code = std::unique_ptr<pcre2_code, FreeCode>;
using MatchData = std::unique_ptr<pcre2_match_data, FreeMatchData>;
using MatchContext = std::unique_ptr<pcre2_match_context, FreeMatchContext>;

std::string message_of(int error) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    return reinterpret_cast<const char*>(text.data());
}

PCRE2_SPTR units(std::string_view text) noexcept {
    return reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
}

Code compile(std::string_view pattern, std::uint32_t options) {
    const std::unique_ptr<pcre2_compile_context, FreeCompileContext> context(pcre2_compile_context_create(nullptr));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_ANYCRLF);
    int error = 0;
    PCRE2_SIZE where = 0;
    Code code(pcre2_compile(units(pattern), pattern.size(), options, &error, &where, context.get()));
    if (!code) {
        throw ConfigException(fmt::format("Invalid regex: {} near index {}\n{}\n{}^", message_of(error), where, pattern,
                                          std::string(where, ' ')));
    }
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE);  // without it matching is slower, not different
    return code;
}

}

struct Regex::Compiled {
    std::string pattern;
    Code anywhere;
    Code whole;
    MatchContext context;
    bool looks_at_letters = false;  ///< it depends on kinds of characters

    /// The groups' places, or none.
    MatchData match(const Code& code, std::string_view text, std::size_t from) const {
        MatchData data(pcre2_match_data_create_from_pattern(code.get(), nullptr));
        // The compiled code of PCRE2 10.42 finds no character beyond ASCII for \D, \S, \W, \H and \V where texts may be
        // no UTF-8.
        const auto beyond_ascii = [](unsigned char c) { return c >= 0x80; };
        const std::uint32_t options = looks_at_letters && std::ranges::any_of(text, beyond_ascii) ? PCRE2_NO_JIT : 0;
        const int result = pcre2_match(code.get(), units(text), text.size(), from, options, data.get(), context.get());
        if (result > 0) return data;
        if (result == PCRE2_ERROR_NOMATCH) return nullptr;
        throw DataException(
            fmt::format("The regex {} cannot be applied to '{}': {}", pattern, text, message_of(result)));
    }
    static std::string_view group(const MatchData& data, std::string_view text, std::size_t n) {
        const auto* place = pcre2_get_ovector_pointer(data.get());
        if (place[2 * n] == PCRE2_UNSET) return {};
        return text.substr(place[2 * n], place[2 * n + 1] - place[2 * n]);
    }
    void append_replacement(std::string& out, const MatchData& data, std::string_view text,
                            std::string_view replacement) const;
    std::size_t group_number(std::string_view name) const;
    std::string replace(std::string_view text, std::string_view replacement, bool all) const;
};

std::size_t Regex::Compiled::group_number(std::string_view name) const {
    if (!name.empty() && name[0] >= '0' && name[0] <= '9')
        throw std::invalid_argument(fmt::format("capturing group name {{{}}} starts with digit character", name));
    const auto number = pcre2_substring_number_from_name(anywhere.get(), units(std::string(name)));
    if (number <= 0) throw std::invalid_argument(fmt::format("No group with name {{{}}}", name));
    return static_cast<std::size_t>(number);
}

namespace {

/// Where the letters and digits of ASCII that start at `from` end.
std::size_t end_of_name(std::string_view text, std::size_t from) noexcept {
    const auto is_part = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    while (from < text.size() && is_part(text[from])) ++from;
    return from;
}

}

void Regex::Compiled::append_replacement(std::string& out, const MatchData& data, std::string_view text,
                                         std::string_view replacement) const {
    const std::size_t groups = pcre2_get_ovector_count(data.get());
    for (std::size_t i = 0; i < replacement.size(); ++i) {
        if (replacement[i] == '\\') {
            if (++i == replacement.size()) throw std::invalid_argument("character to be escaped is missing");
            out += replacement[i];
        } else if (replacement[i] != '$') {
            out += replacement[i];
        } else if (replacement.substr(i + 1).starts_with('{')) {
            const auto end = end_of_name(replacement, i + 2);
            const auto name = replacement.substr(i + 2, end - i - 2);
            if (name.empty()) throw std::invalid_argument("named capturing group has 0 length name");
            if (!replacement.substr(end).starts_with('}')) {
                throw std::invalid_argument("named capturing group is missing trailing '}'");
            }
            out += group(data, text, group_number(name));
            i = end;
        } else {
            const auto digit = [&](std::size_t at) {
                return at < replacement.size() && replacement[at] >= '0' && replacement[at] <= '9';
            };
            if (!digit(i + 1)) {
                const bool last = i + 1 == replacement.size();
                throw std::invalid_argument(last ? "Illegal group reference: group index is missing"
                                                 : "Illegal group reference");
            }
            auto number = static_cast<std::size_t>(replacement[++i] - '0');
            if (number >= groups) throw std::out_of_range(fmt::format("No group {}", number));
            // Further digits belong to the number as long as there is such a group.
            while (digit(i + 1)) {
                const auto longer = number * 10 + static_cast<std::size_t>(replacement[i + 1] - '0');
                if (longer >= groups) break;
                number = longer;
                ++i;
            }
            out += group(data, text, number);
        }
    }
}

std::string Regex::Compiled::replace(std::string_view text, std::string_view replacement, bool all) const {
    std::string out;
    std::size_t copied = 0;
    for (std::size_t from = 0; from <= text.size();) {
        const auto found = match(anywhere, text, from);
        if (!found) break;
        const auto* place = pcre2_get_ovector_pointer(found.get());
        out += text.substr(copied, place[0] - copied);
        append_replacement(out, found, text, replacement);
        copied = place[1];
        if (!all) break;
        from = place[1];
        if (place[0] == place[1]) {
            // An empty match: go on behind the next character, not in the middle of one.
            do ++from;
            while (from < text.size() && (static_cast<unsigned char>(text[from]) & 0xC0) == 0x80);
        }
    }
    if (copied < text.size()) out += text.substr(copied);
    return out;
}

namespace {

/// Whether a translated pattern has \d, \W and their kin, or a POSIX class; also where they are quoted.
bool has_kinds_of_characters(std::string_view pattern) noexcept {
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern[i] == '[' && pattern[i + 1] == ':') return true;
        if (pattern[i] != '\\') continue;
        if (std::string_view("bBdDhHNpPRsSvVwWX").find(pattern[++i]) != std::string_view::npos) return true;
    }
    return false;
}

}

Regex::Regex(std::string_view pattern, RegexOptions options) : compiled_(std::make_unique<Compiled>()) {
    const std::uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | (options.case_insensitive ? PCRE2_CASELESS : 0u);
    compiled_->pattern = pattern;
    const auto translated = to_pcre(pattern);
    compiled_->looks_at_letters = has_kinds_of_characters(translated);
    compiled_->anywhere = compile(translated, flags);
    compiled_->whole = compile(translated, flags | PCRE2_ANCHORED | PCRE2_ENDANCHORED);
    compiled_->context.reset(pcre2_match_context_create(nullptr));
    pcre2_set_match_limit(compiled_->context.get(), match_limit);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

const std::string& Regex::pattern() const noexcept { return compiled_->pattern; }
bool Regex::matches(std::string_view text) const { return compiled_->match(compiled_->whole, text, 0) != nullptr; }
bool Regex::found_in(std::string_view text) const { return compiled_->match(compiled_->anywhere, text, 0) != nullptr; }

std::optional<std::vector<std::string>> Regex::groups_of(std::string_view text) const {
    const auto found = compiled_->match(compiled_->whole, text, 0);
    if (!found) return std::nullopt;
    std::vector<std::string> groups;
    const std::size_t count = pcre2_get_ovector_count(found.get());
    for (std::size_t n = 0; n < count; ++n) groups.emplace_back(Compiled::group(found, text, n));
    return groups;
}

std::string Regex::replace_first(std::string_view text, std::string_view replacement) const {
    return compiled_->replace(text, replacement, false);
}
std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
    return compiled_->replace(text, replacement, true);
}

namespace {

/// What PCRE2 says, and Java of the same place.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> java_words{
    {{"range out of order in character class", "Illegal character range"},
     {"numbers out of order in {} quantifier", "Illegal repetition range"},
     {"unrecognized character after (? or (?-", "Unknown inline modifier"}}};

/// The place that a message of ours names.
std::size_t index_in(std::string_view message) noexcept {
    constexpr std::string_view before = " near index ";
    std::size_t index = 0;
    const auto at = message.find(before);
    if (at == std::string_view::npos) return index;
    std::from_chars(message.data() + at + before.size(), message.data() + message.size(), index);
    return index;
}

std::string dangling(std::string_view pattern, std::size_t index) {
    return fmt::format("Dangling meta character '{}'", pattern.substr(std::min(index, pattern.size()), 1));
}

void replace_once(std::string& text, std::string_view what, std::string_view by) {
    if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), by);
}

}

std::string regex_complaint(std::string_view pattern) {
    const auto at = [&](std::string_view what, std::size_t index) {
        return fmt::format("Invalid regex: {} near index {}\n{}\n{}^", what, index, pattern, std::string(index, ' '));
    };
    try {
        const Regex compiled(pattern);
        return {};
    } catch (const ConfigException& e) {
        const std::string_view why = e.what();
        const auto says = [&](std::string_view phrase) { return why.find(phrase) != std::string_view::npos; };
        if (says("missing closing parenthesis")) {
            return fmt::format("Invalid regex: Unclosed group near index {}\n{}", pattern.size(), pattern);
        }
        if (says("missing terminating ]")) return at("Unclosed character class", pattern.size() - 1);
        auto text = std::string(why);
        for (const auto& [theirs, javas] : java_words) replace_once(text, theirs, javas);
        replace_once(text, "quantifier does not follow a repeatable item", dangling(pattern, index_in(why)));
        return text;
    }
}

}
