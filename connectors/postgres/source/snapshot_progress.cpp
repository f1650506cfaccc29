#include "connectors/postgres/source/snapshot_progress.hpp"

#include "connectors/support/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace millrace::postgres {
namespace {

// Ages of transactions are 32-bit numbers: far from their end it is not worth telling them apart.
constexpr std::int64_t oldest_transaction = 1'000'000'000;

std::int64_t number_of(const json::Node& object, std::string_view name) {
    const auto* member = object.find(name);
    const auto value = member == nullptr ? std::nullopt : member->as_integer();
    if (!value) throw DataException(fmt::format("'{}' is no whole number", name));
    return *value;
}

SnapshotProgress::Table table_of(const std::optional<std::int64_t>& value) {
    if (!value || *value < 0 || *value > std::numeric_limits<SnapshotProgress::Table>::max()) {
        throw DataException("no OID");
    }
    return static_cast<SnapshotProgress::Table>(*value);
}

std::string pages_from(std::int64_t page) { return fmt::format("ctid >= '({},0)'::tid", page); }
std::string pages_before(std::int64_t page) { return fmt::format("ctid < '({},0)'::tid", page); }

bool still_holds(const SnapshotProgress::Part& part, const TableFile& file, std::int64_t next_transaction) {
    return part.file == file.file && part.pages > 0 && next_transaction - part.since < oldest_transaction;
}

}

SnapshotProgressPtr to_offset(const SnapshotProgress& progress) {
    std::string text;
    json::Writer writer(text);
    writer.begin_object().key("settings").string(progress.settings).key("done").begin_array();
    for (const auto table : progress.done) writer.integer(table);
    writer.end_array().key("parts").begin_array();
    for (const auto& [table, part] : progress.parts) {
        writer.begin_object().key("table").integer(table).key("file").integer(part.file);
        writer.key("since").integer(part.since).key("pages").integer(part.pages).end_object();
    }
    writer.end_array().end_object();
    return std::make_shared<const std::string>(std::move(text));
}

std::optional<SnapshotProgress> parse_snapshot_progress(std::string_view text) {
    try {
        const json::Document document(text);
        const auto& root = document.root();
        const auto* settings = root.find("settings");
        const auto* done = root.find("done");
        const auto* parts = root.find("parts");
        if (settings == nullptr || !settings->is_string() || done == nullptr || !done->is_array() || parts == nullptr ||
            !parts->is_array()) {
            return {};
        }
        SnapshotProgress progress{.settings = std::string(settings->text())};
        for (const auto& table : done->elements()) progress.done.insert(table_of(table.as_integer()));
        for (const auto& part : parts->elements()) {
            progress.parts[table_of(number_of(part, "table"))] = {
                .file = number_of(part, "file"), .since = number_of(part, "since"), .pages = number_of(part, "pages")};
        }
        return progress;
    } catch (const DataException&) {
        return {};
    }
}

TablePlan plan_pieces(const TableFile& file, std::int64_t at_once, const std::optional<SnapshotProgress::Part>& part,
                      std::int64_t next_transaction) {
    if (!file.has_pages || at_once <= 0) return {};
    const bool resumes = part && still_holds(*part, file, next_transaction);
    if (!resumes && file.pages <= at_once) return {};
    const auto first = resumes ? part->pages : 0;
    std::vector<Piece> pieces;
    auto from = first;
    for (; file.pages - from > at_once; from += at_once) {
        const auto end = from + at_once;
        pieces.push_back({.condition = fmt::format("{} AND {}", pages_from(from), pages_before(end)), .pages = end});
    }
    pieces.push_back({.condition = pages_from(from)});
    if (resumes) {
        pieces.back().pages = std::max(file.pages, first);
        // A number that is not a transaction's is older than all: everything is read then.
        pieces.push_back({.condition = fmt::format("{} AND age(xmin) <= age('{}'::xid)", pages_before(first),
                                                   part->since & std::numeric_limits<std::uint32_t>::max())});
    }
    return {.pieces = std::move(pieces), .goes_on = resumes};
}

}
