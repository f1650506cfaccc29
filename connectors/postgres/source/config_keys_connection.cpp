// How the database is reached, TLS included. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr KeyRow connection_table[] = {
    {"database.hostname", "Hostname", ConfigType::String, no_default, Importance::High, Width::Medium,
     "Resolvable hostname or IP address of the database server."},
    {"database.port", "Port", ConfigType::Int, "5432", Importance::High, Width::Short, "Port of the database server."},
    {"database.user", "User", ConfigType::String, no_default, Importance::High, Width::Short,
     "Name of the database user to be used when connecting to the database."},
    {"database.password", "Password", ConfigType::Password, no_default, Importance::High, Width::Short,
     "Password of the database user to be used when connecting to the database."},
    {"database.dbname", "Database", ConfigType::String, no_default, Importance::High, Width::Medium,
     "The name of the database from which the connector should capture changes"},
    {"database.query.timeout.ms", "Query timeout", ConfigType::Int, "600000", Importance::Low, Width::None,
     "Time to wait for a query to execute, given in milliseconds. Defaults to 600 seconds (600,000 ms); zero means "
     "there is no limit."},
};

constexpr KeyRow connection_advanced_table[] = {
    {"skip.messages.without.change", "Enable skipping messages without change", ConfigType::Boolean, "false",
     Importance::Medium, Width::Short,
     "Enable to skip publishing messages when there is no change in included columns.This would essentially filter "
     "messages to be sent when there is no change in columns included as per "
     "column.include.list/column.exclude.list.For Postgres - this would require REPLICA IDENTITY of table to be FULL."},
    {"database.initial.statements", "Initial statements", ConfigType::String, no_default, Importance::Low, Width::Long,
     "A semicolon separated list of SQL statements to be executed when a JDBC connection to the database is "
     "established. Note that the connector may establish JDBC connections at its own discretion, so this should "
     "typically be used for configuration of session parameters only, but not for executing DML statements. Use "
     "doubled semicolon (';;') to use a semicolon as a character and not as a delimiter."},
    {"database.tcpKeepAlive", "TCP keep-alive probe", ConfigType::Boolean, "true", Importance::Medium, Width::Short,
     "Enable or disable TCP keep-alive probe to avoid dropping TCP connection"},
};

constexpr KeyRow connection_advanced_ssl_table[] = {
    {"database.sslmode", "SSL mode", ConfigType::String, "prefer", Importance::Medium, Width::Medium,
     "Whether to use an encrypted connection to Postgres. Options include: 'disable' (the default) to use an "
     "unencrypted connection; 'allow' to try and use an unencrypted connection first and, failing that, a secure "
     "(encrypted) connection; 'prefer' (the default) to try and use a secure (encrypted) connection first and, failing "
     "that, an unencrypted connection; 'require' to use a secure (encrypted) connection, and fail if one cannot be "
     "established; 'verify-ca' like 'required' but additionally verify the server TLS certificate against the "
     "configured Certificate Authority (CA) certificates, or fail if no valid matching CA certificates are found; or "
     "'verify-full' like 'verify-ca' but additionally verify that the server certificate matches the host to which the "
     "connection is attempted."},
    {"database.sslcert", "SSL Client Certificate", ConfigType::String, no_default, Importance::Medium, Width::Long,
     "File containing the SSL Certificate for the client. See the Postgres SSL docs for further information"},
    {"database.sslkey", "SSL Client Key", ConfigType::String, no_default, Importance::Medium, Width::Long,
     "File containing the SSL private key for the client. See the Postgres SSL docs for further information"},
    {"database.sslpassword", "SSL Client Key Password", ConfigType::Password, no_default, Importance::Medium,
     Width::Medium,
     "Password to access the client private key from the file specified by 'database.sslkey'. See the Postgres SSL "
     "docs for further information"},
    {"database.sslrootcert", "SSL Root Certificate", ConfigType::String, no_default, Importance::Medium, Width::Long,
     "File containing the root certificate(s) against which the server is validated. See the Postgres JDBC SSL docs "
     "for further information"},
    {"database.sslfactory", "SSL Root Certificate", ConfigType::String, no_default, Importance::Medium, Width::Long,
     "A name of class to that creates SSL Sockets. Use org.postgresql.ssl.NonValidatingFactory to disable SSL "
     "validation in development environments"},
};

}

std::span<const KeyRow> connection_rows() noexcept { return connection_table; }
std::span<const KeyRow> connection_advanced_rows() noexcept { return connection_advanced_table; }
std::span<const KeyRow> connection_advanced_ssl_rows() noexcept { return connection_advanced_ssl_table; }

}
