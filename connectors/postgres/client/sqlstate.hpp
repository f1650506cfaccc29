/// What PostgreSQL's error codes ask for: try again, or tell the user. Decided in one table.
/// Facts: PostgreSQL 15 manual, appendix A "PostgreSQL Error Codes".
#pragma once
#include "connectors/api/errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::postgres {

enum class Reaction : std::uint8_t { Permanent, Retry };

/// `sqlstate` has five characters; empty means that the connection broke before the server could say anything.
Reaction reaction_to(std::string_view sqlstate) noexcept;

/// A statement or connection failed. The message is the server's, never with a password in it.
struct DatabaseError : ConnectException {
    DatabaseError(const std::string& message, std::string_view state)
        : ConnectException(message), sqlstate(state), reaction(reaction_to(state)) {}
    DatabaseError(const std::string& message, std::string_view state, Reaction r)
        : ConnectException(message), sqlstate(state), reaction(r) {}
    /// The statement is at fault; else the connection is gone.
    bool of_statement() const noexcept { return !sqlstate.empty() && reaction != Reaction::Retry; }
    std::string sqlstate;
    Reaction reaction;
};

namespace sqlstate {
inline constexpr std::string_view duplicate_object = "42710";
inline constexpr std::string_view insufficient_privilege = "42501";
inline constexpr std::string_view lock_not_available = "55P03";
inline constexpr std::string_view object_in_use = "55006";
inline constexpr std::string_view query_canceled = "57014";
inline constexpr std::string_view read_only_sql_transaction = "25006";
inline constexpr std::string_view undefined_object = "42704";
inline constexpr std::string_view undefined_table = "42P01";
inline constexpr std::string_view undefined_column = "42703";
inline constexpr std::string_view undefined_file = "58P01";
inline constexpr std::string_view configuration_limit_exceeded = "53400";
inline constexpr std::string_view object_not_in_prerequisite_state = "55000";
}

}
