#include "connectors/postgres/source/enum_labels.hpp"

#include "connectors/postgres/types/array_text.hpp"

namespace millrace::postgres {

EnumLabels::EnumLabels(const std::vector<RowColumn>& columns, const TypeRegistry& types) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto* type = types.resolve(columns[i].type, columns[i].typmod).type;
        if (type == nullptr) continue;
        const auto* element = types.element(*type);
        const auto& scalar = element != nullptr ? *element : *type;
        if (scalar.kind != 'e') continue;
        columns_.push_back({.index = i,
                            .array = element != nullptr,
                            .delimiter = scalar.delimiter,
                            .labels = Labels(scalar.labels.begin(), scalar.labels.end())});
    }
}

std::optional<std::string> EnumLabels::unknown(Tuple row) const {
    for (const auto& column : columns_) {
        if (column.index >= row.size() || row[column.index].kind != Column::Kind::Text) continue;
        const auto text = row[column.index].text;
        if (column.array) {
            if (auto found = unknown_element(column, text)) return found;
        } else if (!knows(column, text)) {
            return std::string(text);
        }
    }
    return {};
}

std::optional<std::string> EnumLabels::unknown_element(const EnumColumn& column, std::string_view text) const {
    Arena arena(256);
    ArrayReader reader(text, column.delimiter);
    while (const auto element = reader.next(arena)) {
        if (element->null) continue;
        if (element->array) {
            if (auto found = unknown_element(column, element->text)) return found;
        } else if (!knows(column, element->text)) {
            return std::string(element->text);
        }
    }
    return {};
}

}
