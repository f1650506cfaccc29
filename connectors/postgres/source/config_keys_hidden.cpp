// Settings that Debezium reads without listing them. The texts are those that Debezium shows.
#include "connectors/postgres/source/config_key_rows.hpp"

namespace millrace::postgres {
namespace {

constexpr HiddenKeyRow hidden_table[] = {
    {"read.only", ConfigType::Boolean, "false", Importance::Low,
     "Incremental snapshots without writing to the database (PostgreSQL 13 and later)."},
    {"offset.mismatch.strategy", ConfigType::String, "no_validation", Importance::Low,
     "What to do when the slot and the stored offset differ: no_validation, trust_offset (the slot is advanced to the "
     "offset), trust_slot (the slot may be ahead) or trust_greater_lsn (both)."},
    {"internal.slot.seek.to.known.offset.on.start", ConfigType::Boolean, "false", Importance::Low,
     "Old spelling of offset.mismatch.strategy=trust_offset."},
    {"internal.create.slot.command.timeout", ConfigType::Long, "90", Importance::Low,
     "Seconds that creating the slot or the publication may take."},
    {"topic.delimiter", ConfigType::String, ".", Importance::Low, "Stands between the parts of a topic name."},
    {"topic.cache.size", ConfigType::Int, "10000", Importance::Low, "Accepted; topic names are kept for every table."},
    {"topic.heartbeat.prefix", ConfigType::String, "__debezium-heartbeat", Importance::Low,
     "The heartbeat topic is this, a dot and topic.prefix."},
    {"topic.heartbeat.name", ConfigType::String, no_default, Importance::Low, "The whole name of the heartbeat topic."},
    {"topic.transaction", ConfigType::String, "transaction", Importance::Low,
     "The transaction topic is topic.prefix, a dot and this."},
    {"topic.regex", ConfigType::String, no_default, Importance::Low,
     "Of the regex naming strategies: what of a topic name is replaced."},
    {"topic.replacement", ConfigType::String, no_default, Importance::Low,
     "Of the regex naming strategies: what it is replaced by."},
    {"topic.key.enforce.uniqueness", ConfigType::Boolean, "true", Importance::Low,
     "Of the regex naming strategies: keys of merged tables say which table they are of."},
    {"topic.key.field.name", ConfigType::String, "__dbz__physicalTableIdentifier", Importance::Low,
     "Of the regex naming strategies: the field that says so."},
    {"topic.key.field.regex", ConfigType::String, no_default, Importance::Low,
     "Of the regex naming strategies: what of the physical topic name the field takes."},
    {"topic.key.field.replacement", ConfigType::String, no_default, Importance::Low,
     "Of the regex naming strategies: what it is replaced by."},
    {"money.fraction.digits", ConfigType::Short, "2", Importance::Low,
     "Digits after the decimal point of money values."},
    {"slot.advance.interval.ms", ConfigType::Int, "10000", Importance::Low,
     "Millrace's own: after so many milliseconds without records the offset moves on alone, so that other tables' WAL "
     "is "
     "not kept."},
    {"snapshot.resume.interval.bytes", ConfigType::Long, "33554432", Importance::Low,
     "Millrace's own: a table larger than this is read in pieces of about this size, so that an interrupted snapshot "
     "goes on behind the last one. 0: only whole tables count."},
    {"millrace.reproduce.debezium.defects", ConfigType::Boolean, "true", Importance::Low,
     "Millrace's own: false gives the right values where Debezium loses or shifts them: name in streaming; dates at "
     "infinity, before Christ and in October 1582 in snapshots; times in arrays; inner arrays, arrays of enums with a "
     "null, of shapes and of numerics with NaN; negative scales; 24:00 with isostring and structured; base64 "
     "placeholders. Schemas of arrays and of negative scales change with it."},
    {"millrace.retained.wal.check.interval.ms", ConfigType::Long, "10000", Importance::Low,
     "Millrace's own: how often to look how much WAL the server keeps for the slot, in milliseconds."},
    {"millrace.retained.wal.warn.bytes", ConfigType::Long, "10737418240", Importance::Low,
     "Millrace's own: a warning in the log when the server keeps more WAL than this for the slot, and each time that "
     "it "
     "has doubled since, in bytes; 0: none."},
    {"millrace.streamed.transactions.folder", ConfigType::String, "/var/tmp", Importance::Low,
     "Millrace's own: where transactions are kept that the server streams before they commit, which it does when "
     "slot.stream.params has streaming=on or parallel; in files without a name, which end with the task."},
    {"millrace.streamed.transactions.max.bytes", ConfigType::Long, "68719476736", Importance::Low,
     "Millrace's own: the task fails when those transactions together would take more than this, in bytes."},
    {"poll.dispatch.interval.ms", ConfigType::Long, "0", Importance::Low,
     "Accepted; batches are handed over as soon as there is something."},
    {"queue.provider.type", ConfigType::String, "memory", Importance::Low, "Only memory is known."},
    {"internal.custom.retriable.exception", ConfigType::String, no_default, Importance::Low,
     "Regular expression on messages of failures that are worth a retry."},
    {"signal.kafka.topic", ConfigType::String, no_default, Importance::Low, "Topic of the kafka signal channel."},
    {"signal.kafka.bootstrap.servers", ConfigType::String, no_default, Importance::Low,
     "Brokers of the kafka signal channel."},
    {"signal.kafka.poll.timeout.ms", ConfigType::Int, "0", Importance::Low,
     "Without effect: signals are fetched while the stream goes on."},
    {"signal.kafka.groupId", ConfigType::String, "kafka-signal", Importance::Low,
     "Consumer group of the kafka signal channel."},
    {"signal.file", ConfigType::String, "file-signals.txt", Importance::Low, "File of the file signal channel."},
};

}

std::span<const HiddenKeyRow> hidden_rows() noexcept { return hidden_table; }

}
