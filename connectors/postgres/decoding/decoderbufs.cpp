#include "connectors/postgres/decoding/decoderbufs.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/temporal.hpp"

#include "decoderbufs.pb.h"
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace millrace::postgres {
namespace {

constexpr std::int64_t micros_of_second = 1'000'000;
constexpr std::int64_t micros_of_day = 86'400 * micros_of_second;
/// Every transaction that the server sends without its commit's position is one that was not complete.
constexpr Lsn position_unknown{UINT64_MAX};

std::string date_text(std::int64_t day) {
    const auto date = date_of_epoch_day(day);
    return fmt::format("{:04}-{:02}-{:02}{}", date.year > 0 ? date.year : 1 - date.year, date.month, date.day,
                       date.year > 0 ? "" : " BC");
}

std::string time_text(std::int64_t micros) {
    const auto seconds = micros / micros_of_second;
    auto text = fmt::format("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (const auto rest = micros % micros_of_second; rest != 0) text += fmt::format(".{:06}", rest);
    return text;
}

/// A time with zone may lie in the day before or after in UTC; 24:00 stays.
std::int64_t in_day(double micros) {
    constexpr auto day = static_cast<double>(micros_of_day);
    if (!(std::abs(micros) < 10 * day)) throw DataException("A time with zone of decoderbufs is none");
    const auto whole = static_cast<std::int64_t>(micros);
    if (whole >= 0 && whole <= micros_of_day) return whole;
    return (whole % micros_of_day + micros_of_day) % micros_of_day;
}

// What Debezium takes for infinite lies outside of these; the microseconds after the year 294246 have wrapped around.
constexpr std::int64_t first_timestamp = -211'813'488'000'000'000;
constexpr std::int64_t end_of_timestamps = 9'223'371'331'200'000'000;

struct Instant {
    std::int64_t day;     ///< since 1970
    std::int64_t of_day;  ///< microseconds
};

Instant instant_of(std::int64_t micros) {
    if (micros < first_timestamp) {
        constexpr std::uint64_t length = micros_of_day;
        const auto unwrapped = static_cast<std::uint64_t>(micros);
        return {static_cast<std::int64_t>(unwrapped / length), static_cast<std::int64_t>(unwrapped % length)};
    }
    const auto of_day = (micros % micros_of_day + micros_of_day) % micros_of_day;
    return {(micros - of_day) / micros_of_day, of_day};
}

std::string timestamp_text(std::int64_t micros, std::string_view zone, bool reproduce_defects) {
    if (micros == INT64_MAX || (reproduce_defects && micros >= end_of_timestamps)) return "infinity";
    if (micros == INT64_MIN || (reproduce_defects && micros < first_timestamp)) return "-infinity";
    const auto at = instant_of(micros);
    auto day = date_text(at.day);
    const bool before_christ = day.ends_with(" BC");
    if (before_christ) day.resize(day.size() - 3);
    return fmt::format("{} {}{}{}", day, time_text(at.of_day), zone, before_christ ? " BC" : "");
}

std::string money_text(std::int64_t hundredths) {
    const auto magnitude =
        hundredths < 0 ? 0 - static_cast<std::uint64_t>(hundredths) : static_cast<std::uint64_t>(hundredths);
    return fmt::format("{}${}.{:02}", hundredths < 0 ? "-" : "", magnitude / 100, magnitude % 100);
}

// What decoderbufs makes of the infinite dates.
constexpr std::int32_t positive_infinity_day = -2147472692;
constexpr std::int32_t negative_infinity_day = -2147472691;

std::string integer_text(Oid type, std::int64_t value, bool reproduce_defects) {
    switch (type) {
    case oid::date:
        if (value == positive_infinity_day && !reproduce_defects) return "infinity";
        return value == negative_infinity_day ? "-infinity" : date_text(value);
    case oid::time:
        return time_text(value);
    case oid::timestamp:
        return timestamp_text(value, "", reproduce_defects);
    case oid::timestamptz:
        return timestamp_text(value, "+00", reproduce_defects);
    case oid::money:
        return money_text(value);
    default:
        return std::to_string(value);
    }
}

std::string real_text(double value, std::string shortest) {
    if (value != value) return "NaN";
    if (value - value != 0) return value > 0 ? "Infinity" : "-Infinity";
    return shortest;
}

std::string hex_text(std::string_view bytes) {
    std::string text = "\\x";
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

std::string text_of(const wire::DatumMessage& datum, bool reproduce_defects) {
    const auto type = static_cast<Oid>(datum.column_type());
    switch (datum.datum_case()) {
    case wire::DatumMessage::kDatumInt32:
        return integer_text(type, datum.datum_int32(), reproduce_defects);
    case wire::DatumMessage::kDatumInt64:
        return integer_text(type, datum.datum_int64(), reproduce_defects);
    case wire::DatumMessage::kDatumFloat:
        return real_text(static_cast<double>(datum.datum_float()), fmt::format("{}", datum.datum_float()));
    case wire::DatumMessage::kDatumDouble:
        // A time with zone comes as its microseconds in UTC.
        if (type == oid::timetz) return time_text(in_day(datum.datum_double())) + "+00";
        return real_text(datum.datum_double(), fmt::format("{}", datum.datum_double()));
    case wire::DatumMessage::kDatumBool:
        return datum.datum_bool() ? "t" : "f";
    case wire::DatumMessage::kDatumString:
        return datum.datum_string();
    case wire::DatumMessage::kDatumBytes:
        return type == oid::bytea ? hex_text(datum.datum_bytes()) : datum.datum_bytes();
    case wire::DatumMessage::kDatumPoint:
        return fmt::format("({},{})", datum.datum_point().x(), datum.datum_point().y());
    default:
        return {};
    }
}

Column column_of(const wire::DatumMessage& datum, bool reproduce_defects, Arena& arena) {
    switch (datum.datum_case()) {
    case wire::DatumMessage::DATUM_NOT_SET:
        return {.kind = Column::Kind::Null};
    case wire::DatumMessage::kDatumMissing:
        return {.kind = Column::Kind::UnchangedToast};
    default:
        return {.kind = Column::Kind::Text, .text = arena.copy(text_of(datum, reproduce_defects))};
    }
}

template <class Datums>
Tuple tuple_of(const Datums& datums, bool reproduce_defects, std::vector<Column>& columns, Arena& arena) {
    columns.clear();
    for (const auto& datum : datums) columns.push_back(column_of(datum, reproduce_defects, arena));
    return columns;
}

}

bool DecoderbufsDecoder::DebeziumDirectory::note_new_row(const std::string& schema, const std::string& table) {
    auto& tables = with_new_rows_[schema];
    return !tables.contains(table) && tables.insert(table).second;
}

std::optional<DescribedTable> DecoderbufsDecoder::DebeziumDirectory::describe(const std::string& schema,
                                                                              const std::string& table) {
    constexpr std::array<Oid, 4> arrays_of_times{1115, 1183, 1185, 1270};  // of timestamp, time, timestamptz, timetz
    auto described = directory_.describe(schema, table);
    if (!described || !with_new_rows_[schema].contains(table)) return described;
    for (auto& column : described->columns) {
        if (std::ranges::find(arrays_of_times, column.type) != arrays_of_times.end()) column.typmod = -1;
    }
    return described;
}

struct DecoderbufsDecoder::Parsed {
    wire::RowMessage row;
    std::vector<RelationBook::SeenColumn> columns;
    std::vector<std::string> names;
};

DecoderbufsDecoder::DecoderbufsDecoder(TableDirectory& directory, bool reproduce_defects)
    : parsed_(std::make_unique<Parsed>()),
      as_debezium_(directory),
      book_(reproduce_defects ? as_debezium_ : directory),
      reproduce_defects_(reproduce_defects) {}
DecoderbufsDecoder::~DecoderbufsDecoder() = default;

std::span<const Message> DecoderbufsDecoder::decode(std::string_view payload, Arena& arena) {
    messages_.clear();
    auto& row = parsed_->row;
    if (payload.size() > INT32_MAX || !row.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) {
        throw DataException(fmt::format("A frame of {} bytes is no message of decoderbufs", payload.size()));
    }
    const PgMicros commit{static_cast<std::int64_t>(row.commit_time()) - micros_from_unix_to_2000};
    switch (row.has_op() ? row.op() : wire::UNKNOWN) {
    case wire::BEGIN:
        messages_.emplace_back(
            Begin{.final_lsn = position_unknown, .commit_time = commit, .xid = row.transaction_id()});
        break;
    case wire::COMMIT:
        messages_.emplace_back(Commit{.commit_time = commit});
        break;
    case wire::UNKNOWN:
        throw DataException("A message of decoderbufs has an unknown operation");
    default:
        add_row(arena);
    }
    return messages_;
}

void DecoderbufsDecoder::add_row(Arena& arena) {
    const auto& row = parsed_->row;
    const auto& described = row.op() == wire::DELETE ? row.old_tuple() : row.new_tuple();
    auto& names = parsed_->names;
    auto& columns = parsed_->columns;
    names.clear();
    columns.clear();
    for (const auto& datum : described) names.push_back(unquoted(datum.column_name()));
    for (int i = 0; i < described.size(); ++i) {
        RelationBook::SeenColumn column{.name = names[static_cast<std::size_t>(i)],
                                        .type = static_cast<std::uint32_t>(described[i].column_type())};
        if (i < row.new_typeinfo_size()) {
            column.modifier = row.new_typeinfo(i).modifier();
            column.nullable = row.new_typeinfo(i).value_optional();
        }
        columns.push_back(column);
    }
    const auto name = parse_qualified_name(row.table());
    if (reproduce_defects_ && row.op() != wire::DELETE && as_debezium_.note_new_row(name.schema, name.table)) {
        book_.forget(name.schema, name.table);
    }
    const auto& table = book_.see(name.schema, name.table, columns, messages_);
    const auto relation = table.described.id;
    const auto old_row =
        table.arrange(tuple_of(row.old_tuple(), reproduce_defects_, raw_row_, arena), Column::Kind::Null, old_row_);
    const bool has_old = row.old_tuple_size() > 0;
    // Without an old row there is nothing to tell which row was deleted.
    if (row.op() == wire::DELETE) {
        if (has_old) {
            messages_.emplace_back(Delete{.relation = relation, .old_kind = table.old_row(), .old_row = old_row});
        }
        return;
    }
    const auto new_row = table.arrange(tuple_of(row.new_tuple(), reproduce_defects_, raw_row_, arena),
                                       Column::Kind::UnchangedToast, new_row_);
    if (row.op() == wire::INSERT) {
        messages_.emplace_back(Insert{.relation = relation, .row = new_row});
    } else {
        messages_.emplace_back(Update{.relation = relation,
                                      .old_kind = has_old ? table.old_row() : OldRow::Absent,
                                      .old_row = has_old ? old_row : Tuple(),
                                      .new_row = new_row});
    }
}

}
