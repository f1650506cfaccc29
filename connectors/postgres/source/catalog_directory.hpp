/// Tables by their names, for wire formats that do not describe them.
#pragma once
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/decoding/relation_book.hpp"

namespace millrace::postgres {

class CatalogDirectory : public TableDirectory {
public:
    explicit CatalogDirectory(Connection& connection) : connection_(connection) {}
    std::optional<DescribedTable> describe(const std::string& schema, const std::string& table) override;

private:
    Connection& connection_;
};

}
