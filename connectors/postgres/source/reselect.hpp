/// ReselectColumnsPostProcessor: what an event lacks, because it is an unchanged TOAST value or null, is read from the
/// table as it is now.
///
/// Input   the row of an insert or update, and the columns of the table's primary key.
/// Output  the row with the values that were read; as it was if the row is gone, or if the statement fails and the
/// settings
///         do not say that the task is to fail (ConnectException).
/// State   none; one SELECT on the catalog's connection for each row that lacks something.
/// Facts   Debezium's documentation, "Reselect columns".
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/source/config.hpp"
#include "connectors/postgres/source/table_model.hpp"

#include <functional>

namespace millrace::postgres {

class Reselection {
public:
    /// `until_shown` comes back when the tables show the transaction that the rows are of.
    Reselection(const std::vector<ReselectConfig>& processors, Connection& catalog, std::function<void()> until_shown,
                const Logger& logger)
        : processors_(processors), catalog_(catalog), until_shown_(std::move(until_shown)), logger_(logger) {}

    bool none() const noexcept { return processors_.empty(); }
    /// The result and its texts lie in the arena.
    Tuple complete(const TableModel& table, const std::vector<std::string>& primary_key, Tuple row, Tuple old_row,
                   Arena& arena) const;

private:
    void reselect(const ReselectConfig& config, const TableModel& table, const std::vector<std::string>& key,
                  std::span<Column> row, Tuple old_row, Arena& arena) const;

    const std::vector<ReselectConfig>& processors_;
    Connection& catalog_;
    std::function<void()> until_shown_;
    const Logger& logger_;
};

/// Those of post.processors. Throws ConfigException for a class other than Debezium's ReselectColumnsPostProcessor.
std::vector<ReselectConfig> reselect_configs(const Settings& settings);
/// What is wrong with post.processors, or "".
std::string post_processor_problem(const Settings& settings);

}
