#include "connectors/postgres/source/filters.hpp"

#include "connectors/api/config_def.hpp"

#include <algorithm>

namespace millrace::postgres {

std::vector<std::string> split_patterns(std::string_view list) {
    std::vector<std::string> parts;
    std::string part;
    const auto finish = [&] {
        if (const auto text = trim(part); !text.empty()) parts.emplace_back(text);
        part.clear();
    };
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i] == '\\' && i + 1 < list.size() && list[i + 1] == ',') {
            part += ',';
            ++i;
        } else if (list[i] == ',') {
            finish();
        } else {
            part += list[i];
        }
    }
    finish();
    return parts;
}

RegexList::RegexList(std::string_view list) : RegexList(split_patterns(list)) {}

RegexList::RegexList(const std::vector<std::string>& patterns) {
    for (const auto& pattern : patterns) patterns_.emplace_back(pattern, RegexOptions{.case_insensitive = true});
}

bool RegexList::matches(std::string_view name) const {
    return std::ranges::any_of(patterns_, [&](const Regex& pattern) { return pattern.matches(name); });
}

bool TableFilters::captures(const TableId& table) const {
    const auto name = table.text();
    if (!signal_table.empty() && name == signal_table) return true;
    if (ignore_builtin &&
        (table.schema == "pg_catalog" || table.schema == "information_schema" || table.schema.starts_with("pg_temp") ||
         table.schema.starts_with("pg_toast") || table.table == "spatial_ref_sys")) {
        return false;
    }
    return schemas.accepts(table.schema) && tables.accepts(name);
}

bool TableFilters::captures_column(const TableId& table, std::string_view column) const {
    if (columns.include.empty() && columns.exclude.empty()) return true;
    return columns.accepts(table.text() + "." + std::string(column));
}

}
