#include "connectors/postgres/types/default_expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace millrace::postgres {

namespace {

struct ZeroOf {
    std::string_view type;
    std::string_view zero;  ///< for a function call
    bool trim;
};

constexpr std::array zeros{ZeroOf{"bit", "00", true},
                           ZeroOf{"varbit", "0", true},
                           ZeroOf{"bool", "false", true},
                           ZeroOf{"bpchar", "", false},
                           ZeroOf{"varchar", "", false},
                           ZeroOf{"text", "", false},
                           ZeroOf{"numeric", "0.0", true},
                           ZeroOf{"float4", "0.0", true},
                           ZeroOf{"float8", "0.0", true},
                           ZeroOf{"int2", "0", true},
                           ZeroOf{"int4", "0", true},
                           ZeroOf{"int8", "0", true},
                           ZeroOf{"json", "{}", false},
                           ZeroOf{"jsonb", "{}", false},
                           ZeroOf{"xml", "", false},
                           ZeroOf{"uuid", "00000000-0000-0000-0000-000000000000", true},
                           ZeroOf{"date", "1970-01-01", true},
                           ZeroOf{"time", "00:00:00", true},
                           ZeroOf{"timestamp", "1970-01-01 00:00:00", true},
                           ZeroOf{"timestamptz", "1970-01-01 00:00:00+00", true},
                           ZeroOf{"interval", "00:00:00", true}};

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

/// A name, perhaps after one parenthesis, and an argument list on the same line.
bool begins_with_call(std::string_view text) {
    const auto call_at = [](std::string_view at) {
        const auto name_end = std::ranges::find_if_not(at, is_name_character) - at.begin();
        const auto rest = at.substr(static_cast<std::size_t>(name_end));
        return name_end > 0 && rest.starts_with('(') &&
               rest.substr(0, rest.find('\n')).find(')') != std::string_view::npos;
    };
    return call_at(text) || (text.starts_with('(') && call_at(text.substr(1)));
}

bool is_current_time(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    constexpr std::array<std::string_view, 5> names{"current_timestamp", "current_time", "current_date", "localtime",
                                                    "localtimestamp"};
    return std::ranges::find(names, lower) != names.end();
}

std::optional<std::string> first_literal(std::string_view text) {
    const auto open = text.find('\'');
    std::string content;
    for (auto i = open + 1; i < text.size(); ++i) {
        if (text[i] != '\'') {
            content += text[i];
        } else if (i + 1 < text.size() && text[i + 1] == '\'') {
            content += text[++i];
        } else {
            return content;
        }
    }
    return std::nullopt;
}

/// 'label'::type, 'label'::schema.type; the label as it is written.
std::optional<std::string> enum_label(std::string_view expression, const TypeRow& type) {
    const auto cast = expression.rfind("::");
    if (cast == std::string_view::npos) return std::nullopt;
    const auto literal = expression.substr(0, cast);
    if (literal.size() < 2 || !literal.starts_with('\'') || !literal.ends_with('\'')) return std::nullopt;
    auto name = expression.substr(cast + 2);
    if (name.size() >= 2 && name.ends_with('"')) {
        name.remove_suffix(1);
        name.remove_prefix(std::min(name.rfind('"') + 1, name.size()));
    } else {
        name.remove_prefix(std::min(name.rfind('.') + 1, name.size()));
    }
    if (name != type.name) return std::nullopt;
    return std::string(literal.substr(1, literal.size() - 2));
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\n");
    return first == std::string_view::npos ? std::string_view()
                                           : text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

}

std::optional<std::string> constant_of_default(std::string_view expression, const TypeRow& type) {
    if (type.kind == 'e') return enum_label(expression, type);
    const auto known = std::ranges::find(zeros, type.name, &ZeroOf::type);
    if (known == zeros.end() || type.kind != 'b') return std::nullopt;
    const auto text = known->trim ? trimmed(expression) : expression;
    if (text.starts_with("NULL::")) return std::nullopt;
    std::optional<std::string> constant;
    if (begins_with_call(text) || is_current_time(text))
        constant = std::string(known->zero);
    else if (text.find('\'') == std::string_view::npos)
        constant = std::string(text);
    else
        constant = first_literal(text);
    // Everything that is not "true" is false, an expression too.
    if (constant && known->type == "bool") {
        std::ranges::transform(*constant, constant->begin(),
                               [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
        return constant == "true" ? "t" : "f";
    }
    return constant;
}

}
