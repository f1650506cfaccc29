#include "connectors/support/java_regex.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/support/lookbehind.hpp"
#include "connectors/support/unicode_blocks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace millrace {

namespace {

struct Named {
    std::string_view java;
    std::string_view pcre;
};
/// Members of a class: they stand between brackets.
constexpr std::array<Named, 27> properties{{{"Lower", "[:lower:]"},       {"Upper", "[:upper:]"},
                                            {"ASCII", "[:ascii:]"},       {"Alpha", "[:alpha:]"},
                                            {"Digit", "[:digit:]"},       {"Alnum", "[:alnum:]"},
                                            {"Punct", "[:punct:]"},       {"Graph", "[:graph:]"},
                                            {"Print", "[:print:]"},       {"Blank", "[:blank:]"},
                                            {"Cntrl", "[:cntrl:]"},       {"XDigit", "[:xdigit:]"},
                                            {"Space", "[:space:]"},       {"javaLowerCase", "\\p{Ll}"},
                                            {"javaUpperCase", "\\p{Lu}"}, {"javaAlphabetic", "\\p{L}"},
                                            {"javaLetter", "\\p{L}"},     {"javaDigit", "\\p{Nd}"},
                                            {"javaWhitespace", "\\s"},    {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
                                            {"IsAlphabetic", "\\p{L}"},   {"IsLetter", "\\p{L}"},
                                            {"IsDigit", "\\p{Nd}"},       {"IsLowercase", "\\p{Ll}"},
                                            {"IsUppercase", "\\p{Lu}"},   {"IsPunctuation", "\\p{P}"},
                                            {"IsWhite_Space", "\\s"}}};

constexpr int most_nested_classes = 100;
constexpr int most_nested_lookbehinds = 10;
constexpr std::uint32_t last_character = 0x10FFFF;

bool is_hex(std::string_view text) noexcept {
    return std::ranges::all_of(text, [](unsigned char c) { return std::isxdigit(c) != 0; });
}

class Translator {
public:
    explicit Translator(std::string_view pattern) : pattern_(pattern) {}

    std::string translated() {
        const auto out = part(false);
        return unicode_ ? "(*UCP)" + out : out;
    }

private:
    /// `in_brackets`: up to the bracket that was open before it.
    std::string part(bool in_brackets) {
        std::string out;
        int open = 0;
        while (at_ < pattern_.size()) {
            if (in_brackets && open == 0 && pattern_[at_] == ')') break;
            if (starts_with("\\Q")) {
                out += quoted();
            } else if (is_assertion()) {
                out += assertion();
            } else if (pattern_[at_] == '\\') {
                out += escape(false);
            } else if (pattern_[at_] == '[') {
                out += klass(1);
            } else if (starts_with("(?<=") || starts_with("(?<!")) {
                out += lookbehind();
            } else if (starts_with("(?")) {
                const auto begun = group();
                if (!begun.ends_with(')')) ++open;
                out += begun;
            } else if (pattern_[at_] == '{') {
                require_repetition();
                out += pattern_[at_++];
            } else {
                if (pattern_[at_] == '(') ++groups_;
                if (pattern_[at_] == '(') ++open;
                if (pattern_[at_] == ')') --open;
                out += pattern_[at_++];
            }
        }
        return out;
    }

    std::string lookbehind() {
        constexpr std::size_t sign = 4;
        if (++lookbehinds_ > most_nested_lookbehinds) refuse("Too many lookbehinds within lookbehinds", at_);
        auto out = std::string(pattern_.substr(at_, sign));
        at_ += sign;
        out += fixed_alternatives(part(true));
        --lookbehinds_;
        if (at_ == pattern_.size()) return out;
        ++at_;
        return out + ')';
    }

    bool starts_with(std::string_view text) const noexcept { return pattern_.substr(at_).starts_with(text); }

    std::string_view quoted() {
        const auto end = pattern_.find("\\E", at_);
        const auto from = at_;
        at_ = end == std::string_view::npos ? pattern_.size() : end + 2;
        return pattern_.substr(from, at_ - from);
    }

    bool is_assertion() const noexcept {
        if (pattern_[at_] != '\\') return pattern_[at_] == '^' || pattern_[at_] == '$';
        return at_ + 1 < pattern_.size() &&
               std::string_view("bBAzZG").find(pattern_[at_ + 1]) != std::string_view::npos;
    }
    /// PCRE2 repeats groups, but no places.
    std::string assertion() {
        const std::size_t size = pattern_[at_] == '\\' ? 2 : 1;
        const auto text = pattern_.substr(at_, size);
        at_ += size;
        const bool repeated =
            at_ < pattern_.size() && std::string_view("*+?{").find(pattern_[at_]) != std::string_view::npos;
        return repeated ? fmt::format("(?:{})", text) : std::string(text);
    }

    /// `within`: between brackets.
    std::string escape(bool within) {
        const auto next = at_ + 1 < pattern_.size() ? pattern_[at_ + 1] : '\0';
        if (next == 'u' && at_ + 6 <= pattern_.size() && is_hex(pattern_.substr(at_ + 2, 4))) {
            auto text = fmt::format("\\x{{{}}}", pattern_.substr(at_ + 2, 4));
            at_ += 6;
            return text;
        }
        if (next == '0') {
            auto end = at_ + 2;
            while (end < pattern_.size() && end < at_ + 5 && pattern_[end] >= '0' && pattern_[end] <= '7') ++end;
            auto text = fmt::format("\\o{{{}}}", pattern_.substr(at_ + 2, end - at_ - 2));
            at_ = end;
            return text;
        }
        if (!within && next >= '1' && next <= '9') return back_reference();
        const auto end = pattern_.find('}', at_);
        if ((next == 'p' || next == 'P') && starts_with(next == 'p' ? "\\p{" : "\\P{") &&
            end != std::string_view::npos) {
            const auto name = pattern_.substr(at_ + 3, end - at_ - 3);
            at_ = end + 1;
            return property(name, next == 'P', within);
        }
        const auto size = std::min<std::size_t>(2, pattern_.size() - at_);
        std::string text(pattern_.substr(at_, size));
        at_ += size;
        // Their braces are no repetition.
        if ((next == 'x' || next == 'N' || next == 'k' || next == 'g') && starts_with("{")) {
            const auto close = std::min(pattern_.find('}', at_), pattern_.size() - 1);
            text += pattern_.substr(at_, close + 1 - at_);
            at_ = close + 1;
        }
        return text;
    }

    /// Further digits belong to the number as long as so many groups have begun.
    std::string back_reference() {
        auto number = pattern_[at_ + 1] - '0';
        for (at_ += 2; at_ < pattern_.size() && pattern_[at_] >= '0' && pattern_[at_] <= '9'; ++at_) {
            const auto longer = number * 10 + (pattern_[at_] - '0');
            if (longer > groups_) break;
            number = longer;
        }
        return fmt::format("\\g{{{}}}", number);
    }

    static std::optional<UnicodeBlock> block_of(std::string_view name) {
        for (const std::string_view prefix : {"In", "block=", "blk="}) {
            if (name.starts_with(prefix)) return unicode_block(name.substr(prefix.size()));
        }
        return std::nullopt;
    }

    static std::string property(std::string_view name, bool negated, bool within) {
        for (const std::string_view prefix : {"script=", "sc=", "general_category=", "gc="}) {
            if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
        }
        if (const auto block = block_of(name)) {
            const auto members = fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", block->first, block->last);
            if (!negated) return within ? members : fmt::format("[{}]", members);
            if (!within) return fmt::format("[^{}]", members);
            const auto before = block->first == 0 ? "" : fmt::format("\\x{{0}}-\\x{{{:x}}}", block->first - 1);
            const auto behind = fmt::format("\\x{{{:x}}}-\\x{{{:x}}}", block->last + 1, last_character);
            return before + (block->last == last_character ? "" : behind);
        }
        const auto* known = std::ranges::find(properties, name, &Named::java);
        if (known == properties.end()) {
            if (name.starts_with("Is")) name.remove_prefix(2);
            return fmt::format("\\{}{{{}}}", negated ? 'P' : 'p', name);
        }
        if (!within) return fmt::format("[{}{}]", negated ? "^" : "", known->pcre);
        if (!negated) return std::string(known->pcre);
        if (known->pcre.starts_with("[:")) return fmt::format("[:^{}", known->pcre.substr(2));
        return known->pcre == "\\s" ? "\\S" : fmt::format("\\P{}", known->pcre.substr(2));
    }

    /// A class that has others in it becomes alternatives, and looks ahead for what is to be cut off.
    std::string klass(int level) {
        if (level > most_nested_classes) refuse("Too many classes within classes", at_);
        ++at_;
        const bool negated = starts_with("^");
        if (negated) ++at_;
        std::vector<std::string> operands;
        std::string members;
        std::vector<std::string> nested;
        const auto finish = [&] {
            if (!members.empty()) nested.insert(nested.begin(), fmt::format("[{}]", members));
            operands.push_back(nested.size() == 1 ? nested[0] : fmt::format("(?:{})", fmt::join(nested, "|")));
            nested.clear();
            members.clear();
        };
        bool first = true;
        for (; at_ < pattern_.size() && (first || pattern_[at_] != ']'); first = false) {
            if (starts_with("\\Q")) {
                members += quoted();
            } else if (pattern_[at_] == '\\') {
                members += escape(true);
            } else if (pattern_[at_] == '[') {
                nested.push_back(klass(level + 1));
            } else if (starts_with("&&")) {
                at_ += 2;
                finish();
            } else {
                if (std::string_view(":.=").find(pattern_[at_]) != std::string_view::npos) members += '\\';
                members += pattern_[at_++];
            }
        }
        const bool closed = at_ < pattern_.size();
        if (closed) ++at_;
        if (operands.empty() && nested.empty()) {
            return fmt::format("[{}{}{}", negated ? "^" : "", members, closed ? "]" : "");
        }
        finish();
        std::string made;
        for (std::size_t i = 1; i < operands.size(); ++i) made += fmt::format("(?={})", operands[i]);
        made += operands[0];
        return negated ? fmt::format("(?:(?!{})(?s:.))", made) : fmt::format("(?:{})", made);
    }

    /// Flags that PCRE2 does not have, or has for something else.
    std::string group() {
        if (starts_with("(?P")) refuse("Unknown inline modifier", at_ + 2);
        auto end = at_ + 2;
        while (end < pattern_.size() &&
               (std::isalpha(static_cast<unsigned char>(pattern_[end])) != 0 || pattern_[end] == '-')) {
            ++end;
        }
        if (end == pattern_.size() || (pattern_[end] != ')' && pattern_[end] != ':')) {
            if (starts_with("(?<") && !starts_with("(?<=") && !starts_with("(?<!")) ++groups_;
            at_ += 2;
            return "(?";
        }
        std::string flags;
        for (const char flag : pattern_.substr(at_ + 2, end - at_ - 2)) {
            if (flag == 'U') unicode_ = true;
            if (flag != 'U' && flag != 'u' && flag != 'd') flags += flag;
        }
        const bool whole = pattern_[end] == ')';
        at_ = end + 1;
        if (whole && flags.empty()) return "(?:)";  // so that what follows repeats nothing
        return fmt::format("(?{}{}", flags, whole ? ')' : ':');
    }

    void require_repetition() const {
        const auto end = std::min(pattern_.find('}', at_), pattern_.size());
        const auto inside = pattern_.substr(at_ + 1, end - std::min(end, at_ + 1));
        const auto comma = std::min(inside.find(','), inside.size());
        const auto digits = [](std::string_view text) {
            return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
        };
        const bool good = end < pattern_.size() && comma > 0 && digits(inside.substr(0, comma)) &&
                          digits(inside.substr(std::min(comma + 1, inside.size())));
        if (!good) refuse("Illegal repetition", at_ + 1);
    }

    [[noreturn]] void refuse(std::string_view why, std::size_t index) const {
        throw ConfigException(
            fmt::format("Invalid regex: {} near index {}\n{}\n{}^", why, index, pattern_, std::string(index, ' ')));
    }

    std::string_view pattern_;
    std::size_t at_ = 0;
    int groups_ = 0;  ///< that have begun
    int lookbehinds_ = 0;
    bool unicode_ = false;
};

}

std::string to_pcre(std::string_view pattern) { return Translator(pattern).translated(); }

}
