#include "connectors/avro/encode_plan.hpp"
#include "connectors/converters/json_schema.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::avro {

std::string EncodePlan::explain(const Value& value, const std::string& path) const {
    const auto place = path.empty() ? std::string() : fmt::format(" (field {})", path);
    if (value.is_null()) return null_ ? "" : "Found null value for non-optional schema" + place;
    if (value.kind() != kind_)
        return fmt::format("Invalid type for {}: {}{}", converters::to_string(kind_),
                           converters::to_string(value.kind()), place);
    if (code_ == Code::Enum) {
        const bool known = std::ranges::find(symbols_, value.as_text()) != symbols_.end();
        return known ? "" : fmt::format("'{}' is no symbol of the enum{}", value.as_text(), place);
    }
    const auto size = value.kind() == Value::Kind::Bytes ? value.as_text().size() : 0;
    if (code_ == Code::FixedDecimal && size > static_cast<std::size_t>(size_))
        return fmt::format("Unscaled value byte array length {} is greater than fixed size {}{}", size, size_, place);
    if (code_ == Code::Fixed && size != static_cast<std::size_t>(size_))
        return fmt::format("{} bytes are not the {} of the fixed{}", size, size_, place);
    return explain_parts(value, path);
}

std::string EncodePlan::explain_parts(const Value& value, const std::string& path) const {
    const auto within = [&path](std::string_view name) {
        return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    };
    std::string found;
    if (code_ == Code::Record || code_ == Code::Union) {
        const auto values = value.as_values();
        const auto expected = code_ == Code::Record ? static_cast<std::size_t>(size_) : parts_.size();
        if (values.size() != expected) return fmt::format("Mismatching struct schema (field {})", path);
        for (std::size_t i = 0; i < parts_.size() && found.empty(); ++i) {
            const auto& part = parts_[i];
            if (part.from < 0) continue;
            const auto& of_part = values[code_ == Code::Record ? static_cast<std::size_t>(part.from) : i];
            if (code_ == Code::Record || !of_part.is_null()) found = part.plan.explain(of_part, within(part.name));
        }
        if (found.empty() && code_ == Code::Union && !null_)
            found = fmt::format("No branch of the union has a value (field {})", path);
    } else if (code_ == Code::Array) {
        for (const auto& element : value.as_values()) {
            if (found.empty()) found = parts_[0].plan.explain(element, within("element"));
        }
    } else if (code_ == Code::Map || code_ == Code::Entries) {
        for (const auto& [key, of_key] : value.as_entries()) {
            if (found.empty()) found = parts_[0].plan.explain(key, within("key"));
            if (found.empty()) found = parts_[1].plan.explain(of_key, within("value"));
        }
    }
    return found;
}

}
