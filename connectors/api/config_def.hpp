/// Settings: a plugin's table of them is the only source for parsing, for validation over REST and for the reference
/// pages. Messages are those of Kafka's ConfigDef, because users and tools read them.
#pragma once
#include "connectors/api/errors.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace millrace {

/// Raw settings as users write them.
using Settings = std::map<std::string, std::string, std::less<>>;

enum class ConfigType : std::uint8_t { Boolean, String, Int, Short, Long, Double, List, Class, Password };
enum class Importance : std::uint8_t { High, Medium, Low };
enum class Width : std::uint8_t { None, Short, Medium, Long };

/// Why the value will not do ("Value must be at least 1"), or "": a complaint, which complaint_message() completes.
using Validator = std::string (*)(std::string_view value);
/// Starts a complaint that is the whole message already.
inline constexpr char whole_message = '=';

struct DefaultValue {
    enum class Kind : std::uint8_t { Required, Null, Text } kind = Kind::Null;
    std::string_view text = {};
    constexpr DefaultValue() = default;
    constexpr DefaultValue(const char* value)
        : kind(Kind::Text), text(value) {}  // NOLINT: reads as a literal in tables
    constexpr explicit DefaultValue(Kind k) : kind(k) {}
};
inline constexpr DefaultValue required{DefaultValue::Kind::Required};  ///< the setting must be given

/// One setting.
struct ConfigKey {
    std::string_view name;
    ConfigType type = ConfigType::String;
    DefaultValue default_value = {};  ///< absent: null
    Validator valid = nullptr;
    Importance importance = Importance::Medium;
    std::string_view doc = {};  ///< one sentence: meaning, unit, range
    std::string_view group = {};
    int order_in_group = -1;
    Width width = Width::None;
    std::string_view display_name = {};    ///< empty: the name
    bool internal = false;                 ///< accepted, not listed
    std::string_view dependents = {};      ///< keys that a form shows anew when this one changes, parted by commas
    std::string_view null_complaint = {};  ///< of a required value that is missing, besides that it is missing
};

/// One setting after validation. `value` is the parsed value as text with the default applied; none when it is null or
/// could not be parsed.
struct ConfigValue {
    std::string name;
    std::optional<std::string> value;
    std::vector<std::string> recommended_values = {};
    std::vector<std::string> errors = {};
    bool visible = true;
};

/// Parsed settings. Getters throw ConfigException naming key and value.
class Config {
public:
    Config(std::span<const ConfigKey> keys, Settings settings) : keys_(keys), settings_(std::move(settings)) {}

    bool has(std::string_view name) const { return settings_.find(name) != settings_.end(); }  ///< given by the user
    std::optional<std::string> find(std::string_view name) const;  ///< trimmed text or default; none when null
    std::string get_string(std::string_view name) const;           ///< null reads as ""
    bool get_boolean(std::string_view name) const;
    std::int32_t get_int(std::string_view name) const;
    std::int64_t get_long(std::string_view name) const;
    double get_double(std::string_view name) const;
    std::vector<std::string> get_list(std::string_view name) const;
    const Settings& settings() const noexcept { return settings_; }

private:
    std::span<const ConfigKey> keys_;
    Settings settings_;
};

class ConfigDef {
public:
    explicit constexpr ConfigDef(std::span<const ConfigKey> keys) : keys_(keys) {}
    std::span<const ConfigKey> keys() const noexcept { return keys_; }
    const ConfigKey* find(std::string_view name) const noexcept;
    /// Every key with its value and all its errors, in the order of the table; never throws.
    std::vector<ConfigValue> validate(const Settings& settings) const;
    /// Throws ConfigException with all errors, a line each.
    Config parse(Settings settings) const;

private:
    std::span<const ConfigKey> keys_;
};

/// The message for a complaint: "Configuration 'K' values must not be empty." for what starts with "values must" or
/// "must not", otherwise "Invalid value V for configuration K: " comes before it. Lists are shown as [a, b], secrets
/// not at all; no value is null.
std::string complaint_message(const ConfigKey& key, std::optional<std::string_view> value, std::string_view complaint);

/// Checks one value of one key: appends messages to `errors`; the canonical text, or none when null or unparsable.
std::optional<std::string> parse_value(const ConfigKey& key, std::optional<std::string_view> raw,
                                       std::vector<std::string>& errors);

/// Split at commas, blanks around the parts removed; "" gives an empty list.
std::vector<std::string> split_list(std::string_view text);
std::string_view trim(std::string_view text) noexcept;
std::string_view to_string(ConfigType type) noexcept;  ///< "BOOLEAN"
std::string_view to_string(Importance v) noexcept;     ///< "HIGH"
std::string_view to_string(Width v) noexcept;          ///< "SHORT"

}
