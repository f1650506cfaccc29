#include "connectors/postgres/source/connect.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {

std::unique_ptr<Connection> connect(const ConnectionSettings& settings, std::string_view application_name,
                                    ConnectionMode mode, const Wakeup& stop) {
    try {
        return std::make_unique<Connection>(settings, application_name, mode, &stop);
    } catch (const DatabaseError& e) {
        const std::string_view text = e.what();
        if (mode != ConnectionMode::Replication || text.find("replication role") == std::string_view::npos) throw;
        const auto& keywords = settings.keywords;
        const auto found = std::ranges::find(keywords, "user", [](const auto& k) { return std::string_view(k.first); });
        throw ConnectException(
            fmt::format("{}. Run ALTER ROLE {} REPLICATION (on a managed service grant it the replication role, such "
                        "as rds_replication), or connect as a role that has it",
                        text, found == keywords.end() ? "<user>" : found->second));
    }
}

}
