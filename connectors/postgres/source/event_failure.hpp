/// How an event that fails the task is told of: the causes that Debezium puts between the task's end and the reason.
///
/// Both are called while the reason is being handled, which becomes the innermost cause.
#pragma once
#include "connectors/postgres/source/offsets.hpp"

namespace millrace::postgres {

/// Of a row of the stream, or of an incremental snapshot, with the offset that its record would have had.
[[noreturn]] void throw_event_failure(const OffsetState& offset);
/// Of a row of a snapshot, whose tables Debezium reads on threads of their own.
[[noreturn]] void throw_snapshot_failure(const OffsetState& offset);

}
