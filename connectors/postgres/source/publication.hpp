/// The publication that pgoutput reads: created or checked as publication.autocreate.mode says.
///
/// Throws  ConnectException whose message says what is wrong and which SQL or setting mends it.
/// Facts   Debezium 3.7: statements and messages.
#pragma once
#include "connectors/api/log.hpp"
#include "connectors/postgres/client/connection.hpp"
#include "connectors/postgres/source/config.hpp"

namespace millrace::postgres {

void ensure_publication(Connection& connection, const SourceConfig& config, const Logger& logger);
/// replica.identity.autoset.values; what the role may not change is logged.
void apply_replica_identities(Connection& connection, const SourceConfig& config, const Logger& logger);

}
