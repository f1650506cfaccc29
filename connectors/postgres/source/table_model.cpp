#include "connectors/postgres/source/table_model.hpp"

#include "connectors/postgres/source/envelope.hpp"
#include "connectors/postgres/types/source_type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::postgres {
namespace {

std::string upper(std::string text) {
    for (auto& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    return text;
}

ColumnMapping mapping_for(const SourceConfig& config, const TableId& id, const RowColumn& column,
                          const TypeRegistry& types) {
    if (config.column_rules.empty()) return {};
    const auto by_name = fmt::format("{}.{}", id.text(), column.name);
    const auto* type = types.find(column.catalog_type != 0 ? column.catalog_type : column.type);
    const auto by_type =
        fmt::format("{}.{}", id.text(), type ? source_type_name(*type, column.default_expression) : "");
    for (const auto& rule : config.column_rules) {
        if (rule.columns.matches(rule.by_type ? by_type : by_name)) return rule.mapping;
    }
    return {};
}

void refuse_case_duplicates(const TableId& id, const std::vector<RowColumn>& columns) {
    std::vector<std::pair<std::string, const std::string*>> names;
    for (const auto& column : columns) names.emplace_back(upper(column.name), &column.name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names, {}, [](const auto& n) { return n.first; });
    if (twice == names.end()) return;
    throw ConnectException(fmt::format(
        "Table '{}' has columns that differ only by case. Column name: '{}'. Debezium does not support case-sensitive "
        "duplicate column names as this causes data corruption. Please rename one of the duplicate columns before "
        "running Debezium.",
        id.text(), *twice->second));
}

/// field.name.adjustment.mode can make one name of two.
std::vector<Field> with_own_names(const TableId& id, std::vector<Field> fields) {
    std::vector<std::string_view> names;
    for (const auto& field : fields) names.emplace_back(field.name);
    std::ranges::sort(names);
    const auto twice = std::ranges::adjacent_find(names);
    if (twice == names.end()) return fields;
    throw SchemaBuilderException(fmt::format(
        "Cannot create field because of field name duplication {}: two columns of table '{}' get this name. "
        "Rename one of them, leave one out with column.exclude.list, or set field.name.adjustment.mode=none",
        *twice, id.text()));
}

/// Of a value that did not come because it has not changed: the old row's, if that has it. An old row of key columns
/// alone has nulls in the others.
const Column& known_value(const Column& unchanged, Tuple old_row, std::size_t index) noexcept {
    if (old_row.empty() || old_row[index].kind != Column::Kind::Text) return unchanged;
    return old_row[index];
}

/// As an envelope refuses a row: a value that could not be converted, where there must be one and is no default.
void refuse_missing(const Field& field) {
    const auto& schema = *field.schema;
    if (!schema.optional() && schema.default_value().is_null()) refuse_null(field.name, schema.type());
}

}

std::vector<std::string> key_columns(const SourceConfig& config, const TableId& id,
                                     const std::vector<std::string>& columns,
                                     const std::vector<std::string>& catalog_key) {
    const auto table = id.text();
    std::vector<std::string> key;
    for (const auto& pattern : config.key_columns) {
        for (const auto& column : columns) {
            const bool taken = std::ranges::find(key, column) != key.end();
            if (!taken && pattern.matches(fmt::format("{}.{}", table, column))) key.push_back(column);
        }
    }
    return key.empty() ? catalog_key : key;
}

TableModel::TableModel(const TableId& id, const std::vector<RowColumn>& columns, const std::vector<std::string>& key,
                       const Setup& setup)
    : id_(id), name_(id.text()), topic_(setup.naming.data_topic(id)), columns_(columns.size()) {
    refuse_case_duplicates(id, columns);
    carries_signals_ = name_ == setup.config.signals.table;
    for (const auto& column : columns) names_.push_back(column.name);
    const auto& filters = setup.config.filters;
    std::vector<Field> row_fields;
    std::vector<std::shared_ptr<const ColumnConverter>> converters(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto& column = columns[i];
        const bool in_key = std::ranges::find(key, column.name) != key.end();
        const bool in_row = filters.captures_column(id, column.name);
        if (!in_key && !in_row) continue;
        const ColumnInfo info{.name = column.name,
                              .type = column.type,
                              .catalog_type = column.catalog_type,
                              .typmod = column.typmod,
                              .nullable = column.nullable,
                              .default_expression = column.default_expression,
                              .mapping = mapping_for(setup.config, id, column, setup.types),
                              .table = name_,
                              .from_relation = column.from_relation};
        auto converter = std::make_shared<const ColumnConverter>(info, setup.types, setup.config.types, setup.logger);
        if (!converter->captured()) continue;
        converters[i] = converter;
        if (!in_row) continue;
        row_fields.push_back({setup.naming.field_name(column.name), converter->schema()});
        row_plan_.push_back({i, column.nullable, std::move(converter)});
    }
    std::vector<Field> key_fields;
    bool has_key = false;  // be it of columns whose types are not captured alone
    for (const auto& name : key) {
        const auto at = std::ranges::find(columns, name, &RowColumn::name);
        if (at == columns.end()) continue;
        has_key = true;
        const auto i = static_cast<std::size_t>(at - columns.begin());
        if (!converters[i]) continue;
        key_fields.push_back({setup.naming.field_name(name), converters[i]->key_schema()});
        key_plan_.push_back({i, at->nullable, converters[i]});
    }
    row_schema_ = make_schema({.type = Type::Struct,
                               .optional = true,
                               .name = setup.naming.schema_name(topic_, "Value"),
                               .fields = with_own_names(id, std::move(row_fields))});
    if (auto extra = setup.naming.key_field(id)) {
        has_key = true;
        key_fields.push_back({extra->name, make_schema({.type = Type::String})});
        key_field_ = std::move(extra->value);
    }
    if (has_key) {
        key_schema_ = make_schema({.type = Type::Struct,
                                   .name = setup.naming.schema_name(topic_, "Key"),
                                   .fields = with_own_names(id, std::move(key_fields))});
    }
    envelope_schema_ = postgres::envelope_schema(setup.naming.schema_name(topic_, "Envelope"), row_schema_);
}

std::optional<std::size_t> TableModel::index_of(std::string_view column) const noexcept {
    const auto at = std::ranges::find(names_, column);
    if (at == names_.end()) return {};
    return static_cast<std::size_t>(at - names_.begin());
}

std::vector<std::string> TableModel::key_columns() const {
    std::vector<std::string> names;
    for (const auto& plan : key_plan_) names.push_back(names_[plan.index]);
    return names;
}

std::vector<TableModel::Lacking> TableModel::lacking(Tuple row, Tuple old_row) const {
    std::vector<Lacking> columns;
    for (const auto& plan : row_plan_) {
        const auto& known = known_value(row[plan.index], old_row, plan.index);
        const bool sent = row[plan.index].kind != Column::Kind::UnchangedToast;
        if ((sent ? row[plan.index] : known).kind == Column::Kind::Text) continue;
        const bool unavailable = !sent && !plan.converter->unavailable().is_null();
        if (!unavailable && !plan.converter->schema()->default_value().is_null()) continue;
        columns.push_back({plan.index, names_[plan.index], unavailable});
    }
    return columns;
}

Value TableModel::row(Tuple row, Tuple old_row, Arena& arena, Origin origin) const {
    auto* values = arena.make_array<Value>(row_plan_.size());
    std::size_t at = 0;
    for (const auto& plan : row_plan_) {
        const Column* column = &row[plan.index];
        if (column->kind == Column::Kind::UnchangedToast) column = &known_value(*column, old_row, plan.index);
        switch (column->kind) {
        case Column::Kind::Text:
            values[at] = plan.converter->convert(column->text, arena, origin);
            break;
        case Column::Kind::UnchangedToast:
            values[at] = plan.converter->unavailable();
            break;
        case Column::Kind::Null:
            values[at] = plan.nullable ? plan.converter->null_value() : plan.converter->fallback();
            break;
        }
        if (values[at].is_null()) refuse_missing(row_schema_->fields()[at]);
        ++at;
    }
    return Value::structure({values, row_plan_.size()});
}

Value TableModel::key(Tuple row, Tuple old_row, Arena& arena, Origin origin) const {
    if (!key_schema_) return {};
    auto* values = arena.make_array<Value>(key_plan_.size() + 1);
    std::size_t at = 0;
    for (const auto& plan : key_plan_) {
        const Column* column = &row[plan.index];
        if (column->kind == Column::Kind::UnchangedToast) column = &known_value(*column, old_row, plan.index);
        switch (column->kind) {
        case Column::Kind::Text:
            values[at] = plan.converter->convert_key(column->text, arena, origin);
            break;
        case Column::Kind::UnchangedToast:
            values[at] = plan.converter->key_unavailable();
            break;
        case Column::Kind::Null:
            values[at] = plan.nullable ? Value() : plan.converter->key_fallback();
            break;
        }
        ++at;
    }
    if (key_field_) values[at++] = Value::string(*key_field_);
    return Value::structure({values, at});
}

}
