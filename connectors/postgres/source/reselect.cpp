#include "connectors/postgres/source/reselect.hpp"

#include "connectors/postgres/source/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

constexpr std::string_view reselect_class = "io.debezium.processors.reselect.ReselectColumnsPostProcessor";

std::string setting(const Settings& settings, const std::string& name, std::string_view otherwise = {}) {
    const auto at = settings.find(name);
    return at == settings.end() ? std::string(otherwise) : std::string(trim(at->second));
}

/// The condition for the row, and its parameters. None if the row lacks a value of its key.
std::optional<std::string> condition_of(const TableModel& table, const std::vector<std::string>& key, Tuple row,
                                        std::vector<std::string>& parameters) {
    std::string condition;
    for (const auto& name : key) {
        const auto index = table.index_of(name);
        if (!index || row[*index].kind != Column::Kind::Text) return {};
        parameters.emplace_back(row[*index].text);
        condition +=
            fmt::format("{}{} = ${}", condition.empty() ? "" : " AND ", quote_identifier(name), parameters.size());
    }
    if (condition.empty()) return {};
    return condition;
}

}

Tuple Reselection::complete(const TableModel& table, const std::vector<std::string>& primary_key, Tuple row,
                            Tuple old_row, Arena& arena) const {
    auto* const columns = arena.make_array<Column>(row.size());
    std::ranges::copy(row, columns);
    const std::span<Column> completed(columns, row.size());
    for (const auto& config : processors_) {
        const auto key = config.by_event_key ? table.key_columns() : primary_key;
        reselect(config, table, key, completed, old_row, arena);
    }
    return completed;
}

void Reselection::reselect(const ReselectConfig& config, const TableModel& table, const std::vector<std::string>& key,
                           std::span<Column> row, Tuple old_row, Arena& arena) const {
    std::vector<std::size_t> wanted;
    std::string list;
    for (const auto& lacking : table.lacking(row, old_row)) {
        const auto name = fmt::format("{}:{}", table.name(), lacking.name);
        const bool selected = (config.include.empty() || config.include.matches(name)) && !config.exclude.matches(name);
        if (!selected || !(lacking.unavailable ? config.unavailable_values : config.null_values)) continue;
        wanted.push_back(lacking.index);
        list += (list.empty() ? "" : ", ") + quote_identifier(lacking.name);
    }
    if (wanted.empty()) return;
    std::vector<std::string> parameters;
    const auto condition = condition_of(table, key, row, parameters);
    if (!condition) {
        logger_.warn("Columns {} of table {} cannot be read again: the row has no key", list, table.name());
        return;
    }
    try {
        until_shown_();
        const auto found =
            catalog_.query(fmt::format("SELECT {} FROM {} WHERE {}", list, quoted(table.id()), *condition), parameters);
        if (found.empty()) {
            logger_.warn("Failed to find row in table {} with key {}.", table.name(), fmt::join(parameters, ", "));
            return;
        }
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto text = found.get(0, i);
            row[wanted[i]] = text ? Column{.kind = Column::Kind::Text, .text = arena.copy(*text)}
                                  : Column{.kind = Column::Kind::Null};
        }
    } catch (const DatabaseError& e) {
        if (!e.of_statement()) throw;  // the row comes again with the next connection
        const auto what = fmt::format("Failed to re-select columns {} of table {}: {}", list, table.name(), e.what());
        if (config.fails) throw ConnectException(what);
        logger_.warn("{}", what);
    }
}

std::string post_processor_problem(const Settings& settings) {
    for (const auto& name : split_list(setting(settings, "post.processors"))) {
        const auto type = setting(settings, name + ".type");
        if (type == reselect_class) continue;
        return fmt::format("{}.type={} is a Java class and cannot be loaded here; {} is there", name, type,
                           reselect_class);
    }
    return {};
}

std::vector<ReselectConfig> reselect_configs(const Settings& settings) {
    if (const auto problem = post_processor_problem(settings); !problem.empty()) throw ConfigException(problem);
    std::vector<ReselectConfig> processors;
    for (const auto& name : split_list(setting(settings, "post.processors"))) {
        const auto option = [&](std::string_view key, std::string_view otherwise) {
            return setting(settings, fmt::format("{}.reselect.{}", name, key), otherwise);
        };
        processors.push_back({.include = RegexList(std::string_view(option("columns.include.list", ""))),
                              .exclude = RegexList(std::string_view(option("columns.exclude.list", ""))),
                              .unavailable_values = option("unavailable.values", "true") == "true",
                              .null_values = option("null.values", "true") == "true",
                              .by_event_key = option("use.event.key", "false") == "true",
                              .fails = option("error.handling.mode", "warn") == "fail"});
    }
    return processors;
}

}
