#include "connectors/postgres/client/sqlstate.hpp"

#include <array>

namespace millrace::postgres {
namespace {

struct Row {
    std::string_view prefix;  ///< a class (2 characters) or a whole code (5)
    Reaction reaction;
};

// Whole codes before their classes: the first match decides. What is not here is the server's own trouble, and passes.
constexpr std::array table = {
    Row{"08P01", Reaction::Permanent},  // protocol violation: one side does not understand the other
    Row{"0A", Reaction::Permanent},     // feature not supported
    Row{"22", Reaction::Permanent},     // data exception
    Row{"23", Reaction::Permanent},     // integrity constraint
    Row{"26", Reaction::Permanent},     // invalid statement name
    Row{"28", Reaction::Permanent},     // authorization
    Row{"3D", Reaction::Permanent},     // no such database
    Row{"3F", Reaction::Permanent},     // no such schema
    Row{"42", Reaction::Permanent},     // syntax error or access rule
    Row{"44", Reaction::Permanent},     // with check option
    Row{"53400", Reaction::Permanent},  // configuration limit exceeded: all slots or senders are taken
    Row{"54", Reaction::Permanent},     // program limit
    Row{"55000", Reaction::Permanent},  // not in prerequisite state: wal_level, invalidated slot
    Row{"58P01", Reaction::Permanent},  // undefined file: removed WAL, missing library
    Row{"F0", Reaction::Permanent},     // configuration file
};

}

Reaction reaction_to(std::string_view sqlstate) noexcept {
    if (sqlstate.empty()) return Reaction::Retry;
    for (const auto& row : table) {
        if (sqlstate.starts_with(row.prefix)) return row.reaction;
    }
    return Reaction::Retry;
}

}
