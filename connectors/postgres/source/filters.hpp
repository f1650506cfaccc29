/// Which schemas, tables and columns are captured.
///
/// Patterns are Java regular expressions, without regard to case, that must match the whole name: a schema,
/// schema.table or schema.table.column. Lists are split at commas; "\," is a comma in a pattern.
#pragma once
#include "connectors/support/regex.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::postgres {

struct TableId {
    std::string schema;
    std::string table;
    std::string text() const { return schema + "." + table; }
    auto operator<=>(const TableId&) const = default;
};

/// The parts of a list of patterns. Blanks around a part do not count.
std::vector<std::string> split_patterns(std::string_view list);

class RegexList {
public:
    RegexList() = default;
    /// Throws ConfigException naming the pattern that does not compile.
    explicit RegexList(std::string_view list);
    explicit RegexList(const std::vector<std::string>& patterns);

    bool empty() const noexcept { return patterns_.empty(); }
    bool matches(std::string_view name) const;

private:
    std::vector<Regex> patterns_;
};

/// Include and exclude list of one kind; at most one of them is set.
struct NameFilter {
    RegexList include = {};
    RegexList exclude = {};
    bool accepts(std::string_view name) const {
        return (include.empty() || include.matches(name)) && !exclude.matches(name);
    }
};

struct TableFilters {
    NameFilter schemas = {};
    NameFilter tables = {};
    NameFilter columns = {};
    bool ignore_builtin = true;
    std::string signal_table = {};  ///< captured whatever the lists say

    bool captures(const TableId& table) const;
    bool captures_column(const TableId& table, std::string_view column) const;
};

}
