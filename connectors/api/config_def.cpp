#include "connectors/api/config_def.hpp"

#include "connectors/api/java_integer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace millrace {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

template <class Whole>
std::optional<std::int64_t> whole_number(std::string_view text) {
    return parse_java_integer(text, std::numeric_limits<Whole>::min(), std::numeric_limits<Whole>::max());
}

std::optional<std::int64_t> whole_number(ConfigType type, std::string_view text) {
    switch (type) {
    case ConfigType::Short:
        return whole_number<std::int16_t>(text);
    case ConfigType::Int:
        return whole_number<std::int32_t>(text);
    default:
        return whole_number<std::int64_t>(text);
    }
}

std::optional<double> real_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::string> canonical(const ConfigKey& key, std::string_view text, std::string& why) {
    switch (key.type) {
    case ConfigType::Boolean: {
        auto value = lowered(text);
        if (value == "true" || value == "false") return value;
        why = "Expected value to be either true or false";
        return std::nullopt;
    }
    case ConfigType::Int:
    case ConfigType::Short:
    case ConfigType::Long:
        if (const auto value = whole_number(key.type, text)) return std::to_string(*value);
        why = fmt::format("Not a number of type {}", to_string(key.type));
        return std::nullopt;
    case ConfigType::Double:
        if (real_number(text)) return std::string(text);
        why = "Not a number of type DOUBLE";
        return std::nullopt;
    case ConfigType::List:
        return fmt::format("{}", fmt::join(split_list(text), ","));
    default:
        return std::string(text);
    }
}

}

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return text;
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> parts;
    if (trim(text).empty()) return parts;
    for (std::size_t from = 0; from <= text.size();) {
        const auto comma = std::min(text.find(',', from), text.size());
        parts.emplace_back(trim(text.substr(from, comma - from)));
        from = comma + 1;
    }
    return parts;
}

std::string complaint_message(const ConfigKey& key, std::optional<std::string_view> value, std::string_view complaint) {
    if (complaint.starts_with(whole_message)) return std::string(complaint.substr(1));
    if (complaint.starts_with("values must") || complaint.starts_with("must not")) {
        return fmt::format("Configuration '{}' {}", key.name, complaint);
    }
    std::string shown(value.value_or("null"));
    if (value && key.type == ConfigType::Password) shown = "[hidden]";
    if (value && key.type == ConfigType::List) shown = fmt::format("[{}]", fmt::join(split_list(*value), ", "));
    return fmt::format("Invalid value {} for configuration {}: {}", shown, key.name, complaint);
}

std::optional<std::string> parse_value(const ConfigKey& key, std::optional<std::string_view> raw,
                                       std::vector<std::string>& errors) {
    std::optional<std::string_view> text;
    if (raw) {
        text = key.type == ConfigType::Password ? *raw : trim(*raw);
    } else if (key.default_value.kind == DefaultValue::Kind::Required) {
        errors.push_back(fmt::format("Missing required configuration \"{}\" which has no default value.", key.name));
        return std::nullopt;
    } else if (key.default_value.kind == DefaultValue::Kind::Text) {
        text = key.default_value.text;
    }
    if (!text) return std::nullopt;
    std::string why;
    const auto shown = key.type == ConfigType::Password ? std::string_view{"[hidden]"} : raw.value_or(*text);
    const auto value = canonical(key, *text, why);
    if (!value) {
        errors.push_back(fmt::format("Invalid value {} for configuration {}: {}", shown, key.name, why));
        return std::nullopt;
    }
    if (key.valid) {
        if (auto complaint = key.valid(*value); !complaint.empty()) {
            errors.push_back(complaint_message(key, *value, complaint));
        }
    }
    return value;
}

const ConfigKey* ConfigDef::find(std::string_view name) const noexcept {
    const auto found = std::ranges::find(keys_, name, &ConfigKey::name);
    return found == keys_.end() ? nullptr : &*found;
}

std::vector<ConfigValue> ConfigDef::validate(const Settings& settings) const {
    std::vector<ConfigValue> values;
    values.reserve(keys_.size());
    for (const auto& key : keys_) {
        ConfigValue& value = values.emplace_back(ConfigValue{.name = std::string(key.name), .value = {}});
        const auto given = settings.find(key.name);
        value.value = parse_value(
            key, given == settings.end() ? std::nullopt : std::optional<std::string_view>(given->second), value.errors);
    }
    return values;
}

Config ConfigDef::parse(Settings settings) const {
    std::string problems;
    for (const auto& value : validate(settings)) {
        for (const auto& error : value.errors) problems += (problems.empty() ? "" : "\n") + error;
    }
    if (!problems.empty()) throw ConfigException(problems);
    return {keys_, std::move(settings)};
}

std::optional<std::string> Config::find(std::string_view name) const {
    const auto key = std::ranges::find(keys_, name, &ConfigKey::name);
    MILLRACE_ASSERT(key != keys_.end());
    const auto given = settings_.find(name);
    std::vector<std::string> errors;
    auto value = parse_value(
        *key, given == settings_.end() ? std::nullopt : std::optional<std::string_view>(given->second), errors);
    if (!errors.empty()) throw ConfigException(errors.front());
    return value;
}

std::string Config::get_string(std::string_view name) const { return find(name).value_or(""); }
bool Config::get_boolean(std::string_view name) const { return find(name).value_or("false") == "true"; }
std::int64_t Config::get_long(std::string_view name) const {
    return whole_number(ConfigType::Long, find(name).value_or("0")).value_or(0);
}
std::int32_t Config::get_int(std::string_view name) const { return static_cast<std::int32_t>(get_long(name)); }
double Config::get_double(std::string_view name) const { return real_number(find(name).value_or("0")).value_or(0); }
std::vector<std::string> Config::get_list(std::string_view name) const { return split_list(get_string(name)); }

std::string_view to_string(ConfigType type) noexcept {
    switch (type) {
    case ConfigType::Boolean:
        return "BOOLEAN";
    case ConfigType::String:
        return "STRING";
    case ConfigType::Int:
        return "INT";
    case ConfigType::Short:
        return "SHORT";
    case ConfigType::Long:
        return "LONG";
    case ConfigType::Double:
        return "DOUBLE";
    case ConfigType::List:
        return "LIST";
    case ConfigType::Class:
        return "CLASS";
    case ConfigType::Password:
        return "PASSWORD";
    }
    return "";
}
std::string_view to_string(Importance v) noexcept {
    return v == Importance::High ? "HIGH" : v == Importance::Medium ? "MEDIUM" : "LOW";
}
std::string_view to_string(Width v) noexcept {
    switch (v) {
    case Width::None:
        return "NONE";
    case Width::Short:
        return "SHORT";
    case Width::Medium:
        return "MEDIUM";
    case Width::Long:
        return "LONG";
    }
    return "";
}

}
