#include "connectors/postgres/check/source_check.hpp"
#include "connectors/support/properties.hpp"

#include <fmt/format.h>

#include <iostream>
#include <iterator>

namespace {

using namespace millrace;
using namespace millrace::postgres;

int check(const Settings& given) {
    const auto settings = translate_old_names(given, [](const std::string&) {});
    int wrong = 0;
    for (const auto& value : validate_config(settings)) {
        for (const auto& error : value.errors) {
            fmt::print("- {}\n", error);
            ++wrong;
        }
    }
    if (wrong > 0) return 1;
    const auto config = parse_config(settings, [](const std::string&) {});
    auto connection_settings = config.connection;
    connection_settings.initial_statements.clear();
    Connection connection(connection_settings, "Debezium Validate Connection");
    const auto found = findings(read_server(connection, config), config);
    for (const auto& finding : found) {
        fmt::print("- {}{}\n  {}\n", finding.fatal ? "" : "Mind: ", finding.what, finding.remedy);
        wrong += finding.fatal ? 1 : 0;
    }
    if (wrong == 0) fmt::print("The server has what the connector needs.\n");
    return wrong == 0 ? 0 : 1;
}

}

/// The settings of a connector, as properties, on standard input. 0 if it would run, 1 if not, 2 if that cannot be
/// told.
int main() {
    try {
        return check(parse_properties(std::string{std::istreambuf_iterator<char>(std::cin), {}}));
    } catch (const std::exception& e) {
        fmt::print("- {}\n", e.what());
        return 2;
    }
}
