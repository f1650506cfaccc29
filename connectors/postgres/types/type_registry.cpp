#include "connectors/postgres/types/type_registry.hpp"

#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/array_text.hpp"

#include <fmt/core.h>

#include <charconv>

namespace millrace::postgres {

namespace {

constexpr int max_domain_depth = 64;

template <class T>
T number(std::string_view text, const char* column) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size())
        throw DataException(fmt::format("pg_type.{} is not a number: '{}'", column, text));
    return value;
}

/// How well a schema serves as the home of a type that is looked up by name alone.
int rank(const TypeRow& row) { return row.schema == "pg_catalog" ? 0 : row.schema == "public" ? 1 : 2; }

}

TypeRow parse_type_row(std::span<const std::optional<std::string_view>> columns) {
    if (columns.size() != load_types_columns)
        throw DataException(fmt::format("a row of pg_type has {} columns, not {}", columns.size(), load_types_columns));
    const auto text = [&](std::size_t i) { return columns[i].value_or(""); };
    const auto letter = [&](std::size_t i) { return text(i).empty() ? ' ' : text(i).front(); };
    TypeRow row{.oid = number<Oid>(text(0), "oid"),
                .name = std::string(text(1)),
                .schema = std::string(text(2)),
                .base_type = number<Oid>(text(3), "typbasetype"),
                .element_type = number<Oid>(text(4), "typelem"),
                .kind = letter(5),
                .category = letter(6),
                .base_typmod = number<std::int32_t>(text(7), "typtypmod"),
                .delimiter = letter(8),
                .not_null = letter(10) == 't'};
    if (columns[9]) {
        ArrayReader labels(*columns[9], ',');
        Arena arena(256);
        while (const auto label = labels.next(arena)) row.labels.emplace_back(label->text);
    }
    return row;
}

void TypeRegistry::add(std::vector<TypeRow> rows) {
    for (auto& row : rows) {
        if (const auto old = rows_.find(row.oid); old != rows_.end()) {
            auto [first, last] = by_name_.equal_range(old->second.name);
            for (; first != last; ++first)
                if (first->second == row.oid) {
                    by_name_.erase(first);
                    break;
                }
        }
        by_name_.emplace(row.name, row.oid);
        const auto oid = row.oid;
        rows_.insert_or_assign(oid, std::move(row));
    }
}

const TypeRow* TypeRegistry::find(Oid oid) const noexcept {
    const auto found = rows_.find(oid);
    return found == rows_.end() ? nullptr : &found->second;
}

const TypeRow* TypeRegistry::find(std::string_view name) const noexcept {
    const TypeRow* best = nullptr;
    const auto [first, last] = by_name_.equal_range(name);
    for (auto it = first; it != last; ++it) {
        const auto* row = find(it->second);
        if (!best || rank(*row) < rank(*best) || (rank(*row) == rank(*best) && row->oid < best->oid)) best = row;
    }
    return best;
}

TypeRegistry::Resolved TypeRegistry::resolve(Oid oid, std::int32_t typmod) const noexcept {
    const auto* row = find(oid);
    for (int depth = 0; row && row->kind == 'd'; ++depth) {
        if (depth == max_domain_depth) return {nullptr, typmod};
        if (row->base_typmod != -1) typmod = row->base_typmod;
        row = find(row->base_type);
    }
    return {row, typmod};
}

const TypeRow* TypeRegistry::element(const TypeRow& array) const noexcept {
    return array.category == 'A' && array.element_type != 0 ? find(array.element_type) : nullptr;
}

}
