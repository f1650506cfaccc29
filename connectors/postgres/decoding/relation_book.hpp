/// Describes tables for wire formats that name them, and their columns, in every row instead.
#pragma once
#include "connectors/postgres/decoding/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::postgres {

/// A table as the database has it now.
struct DescribedTable {
    struct Column {
        std::string name;
        std::uint32_t type = 0;
        std::int32_t typmod = -1;
    };
    std::uint32_t id = 0;
    char replica_identity = 'd';
    std::vector<Column> columns = {};
};

class TableDirectory {
public:
    virtual ~TableDirectory() = default;
    /// None if there is no such table any more.
    virtual std::optional<DescribedTable> describe(const std::string& schema, const std::string& table) = 0;
};

class RelationBook {
public:
    explicit RelationBook(TableDirectory& directory) : directory_(directory) {}

    struct SeenColumn {
        std::string_view name;
        std::uint32_t type = 0;
        std::string_view modifier = {};     ///< such as numeric(8,2); empty: the row does not say
        std::optional<bool> nullable = {};  ///< rows that say it have all of the table's columns
    };
    struct Table {
        DescribedTable described = {};
        std::vector<std::optional<std::size_t>> sources = {};  ///< where each column stands in the row that was seen

        OldRow old_row() const noexcept { return described.replica_identity == 'f' ? OldRow::Full : OldRow::Key; }
        /// The row in the order of the table's columns; what it lacks is of the kind `absent`.
        Tuple arrange(Tuple row, Column::Kind absent, std::vector<Column>& arranged) const;
    };
    /// Puts a Relation before a row that cannot be of the table as it was described last. The result lives until the
    /// next call.
    const Table& see(std::string_view schema, std::string_view table, const std::vector<SeenColumn>& columns,
                     std::vector<Message>& messages);
    /// The table's next row has a Relation put before it.
    void forget(std::string_view schema, std::string_view table);

private:
    struct KnownColumn {
        std::string name;
        std::uint32_t type = 0;
        std::string modifier;
        std::optional<bool> nullable;
    };
    struct Known : Table {
        std::string schema;
        std::string name;
        std::vector<KnownColumn> seen;                            ///< in the last row
        std::vector<std::pair<std::string, bool>> nullabilities;  ///< in the last row that had all columns
    };

    const std::string& key_of(std::string_view schema, std::string_view table);
    static bool same(const Known& known, const std::vector<SeenColumn>& columns);
    /// False if the row has all columns, and they are not those of the last one that had.
    static bool complete_as_before(Known& known, const std::vector<SeenColumn>& columns);
    static bool fits(const Known& known, const std::vector<SeenColumn>& columns);
    void describe(Known& known, const std::vector<SeenColumn>& columns, std::vector<Message>& messages);

    TableDirectory& directory_;
    std::map<std::string, Known, std::less<>> tables_;
    std::uint32_t unknown_tables_ = 0;
    std::string name_;
};

/// s.t, "S"."t": the parts without their quotes. Throws DataException if the text is no name of two parts.
struct QualifiedName {
    std::string schema;
    std::string table;
};
QualifiedName parse_qualified_name(std::string_view text);
/// name, "na""me": without its quotes.
std::string unquoted(std::string_view name);

}
