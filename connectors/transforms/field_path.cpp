#include "connectors/transforms/field_path.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

namespace millrace::transforms {

namespace {

constexpr std::string_view purpose = "nested field access";

/// The step in backticks that starts at `at`, which moves behind the dot after it.
std::string quoted_step(std::string_view path, std::size_t& at) {
    const auto opening = at++;
    std::string step;
    auto start = at;
    for (;;) {
        at = path.find('`', at);
        const bool escaped = at != std::string_view::npos && path[at - 1] == '\\';
        const bool last = at != std::string_view::npos && at + 1 == path.size();
        if (at == std::string_view::npos || (last && escaped)) {
            throw ConfigException(
                fmt::format("Incomplete backtick pair in path: [{}], consider adding a backslash before backtick at "
                            "position {} to escape it",
                            path, opening));
        }
        if (!last && path[at + 1] != '.') {  // part of the name
            ++at;
            continue;
        }
        if (escaped) {
            step += path.substr(start, at - 1 - start);
            step += '`';
            start = ++at;
            continue;
        }
        step += path.substr(start, at - start);
        at += last ? 1 : 2;
        return step;
    }
}

}

FieldPath FieldPath::top_level(std::string_view name) {
    FieldPath path;
    path.steps_.emplace_back(name);
    return path;
}

FieldPath FieldPath::nested(std::string_view text) {
    FieldPath path;
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '`') {
            path.steps_.push_back(quoted_step(text, at));
            continue;
        }
        const auto dot = std::min(text.find('.', at), text.size());
        path.steps_.emplace_back(text.substr(at, dot - at));
        at = dot + 1;
    }
    if (text.empty() || text.ends_with('.')) path.steps_.emplace_back();
    return path;
}

const Field* FieldPath::find(const Schema& schema) const {
    const Schema* at = &schema;
    const Field* field = nullptr;
    for (const auto& step : steps_) {
        if (at->type() != Type::Struct) throw DataException("Cannot look up fields on non-struct type");
        const auto index = at->index_of(step);
        if (!index) return nullptr;
        field = &at->fields()[*index];
        at = field->schema.get();
    }
    return field;
}

Value FieldPath::find(const Schema& schema, const Value& value, bool with_default) const {
    const Schema* at = &schema;
    Value found = value;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const auto index = at->index_of(steps_[i]);
        if (!index) return {};
        const auto& field = at->fields()[*index];
        const bool last = i + 1 == steps_.size();
        found = field_value(field, found.as_values()[*index], !last || with_default);
        if (last || found.is_null()) return found;
        require_struct(field.schema, found, purpose);
        at = field.schema.get();
    }
    return found;
}

Value FieldPath::find(std::span<const MapEntry> entries) const {
    for (std::size_t i = 0;; ++i) {
        const auto* value = find_entry(entries, steps_[i]);
        if (!value || value->is_null()) return {};
        if (i + 1 == steps_.size()) return *value;
        entries = require_map(*value, purpose);
    }
}

}
