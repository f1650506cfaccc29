// Which tables and columns are captured. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow filters_table[] = {
    {"table.include.list", "Include Tables", ConfigType::List, no_default, Importance::High, Width::Long,
     "The tables for which changes are to be captured"},
    {"table.exclude.list", "Exclude Tables", ConfigType::List, no_default, Importance::Medium, Width::Long,
     "A comma-separated list of regular expressions that match the fully-qualified names of tables to be excluded from "
     "monitoring"},
    {"table.ignore.builtin", "Ignore system databases", ConfigType::Boolean, "true", Importance::Low, Width::Short,
     "Flag specifying whether built-in tables should be ignored."},
    {"column.exclude.list", "Exclude Columns", ConfigType::List, no_default, Importance::Medium, Width::Long,
     "Regular expressions matching columns to exclude from change events"},
    {"column.include.list", "Include Columns", ConfigType::List, no_default, Importance::Medium, Width::Long,
     "Regular expressions matching columns to include in change events"},
    {"schema.include.list", "Include Schemas", ConfigType::List, no_default, Importance::High, Width::Long,
     "The schemas for which events should be captured", false, "table.include.list"},
    {"schema.exclude.list", "Exclude Schemas", ConfigType::List, no_default, Importance::Medium, Width::Long,
     "The schemas for which events must not be captured"},
    {"database.include.list", "Include Databases", ConfigType::List, no_default, Importance::High, Width::Long,
     "The databases for which changes are to be captured", false, "table.include.list"},
    {"database.exclude.list", "Exclude Databases", ConfigType::List, no_default, Importance::Medium, Width::Long,
     "A comma-separated list of regular expressions that match database names to be excluded from monitoring"},
};

}

std::span<const KeyRow> filters_rows() noexcept { return filters_table; }

}
