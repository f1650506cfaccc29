#include "connectors/postgres/source/chunk_window.hpp"

#include <fmt/format.h>

namespace millrace::postgres {

void ChunkWindow::fill(Rows chunk, const TableModel& chunk_model, std::vector<std::string> key_columns) {
    table = chunk_model.name();
    model = &chunk_model;
    key = std::move(key_columns);
    source = std::move(chunk);
    rows.clear();
    std::vector<Column> columns;
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (auto text = key_text(chunk_model, row(i, columns))) rows.emplace(std::move(*text), i);
    }
}

void ChunkWindow::forget(const TableModel& relation, Tuple row) {
    if (const auto text = key_text(relation, row)) rows.erase(*text);
}

Tuple ChunkWindow::row(std::size_t index, std::vector<Column>& columns) const {
    columns.clear();
    for (std::size_t i = 0; i < source.columns(); ++i) {
        const auto text = source.get(index, i);
        columns.push_back(text ? Column{.kind = Column::Kind::Text, .text = *text}
                               : Column{.kind = Column::Kind::Null});
    }
    return columns;
}

/// None if the tuple lacks a part of the key.
std::optional<std::string> ChunkWindow::key_text(const TableModel& of, Tuple row) const {
    std::string text;
    for (const auto& name : key) {
        const auto column_at = of.index_of(name);
        if (!column_at || *column_at >= row.size() || row[*column_at].kind == Column::Kind::UnchangedToast) return {};
        const auto& column = row[*column_at];
        // With its length in front, so that no two keys have one text.
        text += column.kind == Column::Kind::Null ? "-;" : fmt::format("{}:{};", column.text.size(), column.text);
    }
    return text;
}

}
