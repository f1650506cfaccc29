#include "connectors/transforms/debezium/timezone_converter.hpp"

#include "connectors/support/regex.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/debezium/offset_time.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace millrace::transforms {

namespace {

constexpr ConfigKey keys[] = {
    {.name = "converted.timezone",
     .type = ConfigType::String,
     .importance = Importance::High,
     .doc =
         "A string that represents the timezone to which the time-based fields should be converted.The format can be "
         "geographic (e.g. America/Los_Angeles), or it can be a UTC offset in the format of +/-hh:mm, (e.g. +08:00).",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Converted Timezone"},
    {.name = "include.list",
     .type = ConfigType::List,
     .importance = Importance::High,
     .doc = "A comma-separated list of rules that specify what events should be evaluated for timezone conversion, "
            "using one of the following formats: `source:<tablename>`:: Matches only Debezium change events with a "
            "source information block with the specified table name. All time-based fields will be converted. "
            "`source:<tablename>:<fieldname>`:: Matches only Debezium change events with a source information with the "
            "specified table name. Only the specified field name will be converted. `topic:<topicname>`:: Matches the "
            "specified topic name, converting all time-based fields. `topic:<topicname>:<fieldname>`:: Matches the "
            "specified topic name, converting only the specified field name. `<matchname>:<fieldname>`:: Uses a "
            "heuristic matching algorithm to matches the source information block table name if the source information "
            "block exists, otherwise matches against the topic name. The conversion is applied only to to the "
            "specified field name. ",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Include List"},
    {.name = "exclude.list",
     .type = ConfigType::List,
     .importance = Importance::High,
     .doc = "A comma-separated list of rules that specify what events should be excluded from timezone conversion, "
            "using one of the following formats: `source:<tablename>`:: Matches only Debezium change events with a "
            "source information block with the specified table name. All time-based fields will be excluded. "
            "`source:<tablename>:<fieldnames>`:: Matches only Debezium change events with a source information with "
            "the specified table name. Only the specified field name will be excluded. `topic:<topicname>`:: Matches "
            "the specified topic name, excluding all time-based fields. `topic:<topicname>:<fieldnames>`:: Matches the "
            "specified topic name, excluding only the specified field name. `<matchname>:<fieldnames>`:: Uses a "
            "heuristic matching algorithm to matches the source information block table name if the source information "
            "block exists, otherwise matches against the topic name. The conversion is applied only to to the "
            "specified field name. ",
     .order_in_group = 1,
     .width = Width::Medium,
     .display_name = "Exclude List"},
};

constexpr std::string_view unsupported[] = {
    "io.debezium.time.Date", "io.debezium.time.MicroTime",         "io.debezium.time.NanoTime",
    "io.debezium.time.Time", "org.apache.kafka.connect.data.Date", "org.apache.kafka.connect.data.Time"};

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) noexcept {
    return value / by - (value % by < 0 ? 1 : 0);
}

void check_rules(const std::vector<std::string>& rules, std::string_view what) {
    static const Regex form(R"(\[(source|topic|[".\w\s_]+):([".\w\s_]+(?::[".\w\s_]+)?(?:,|\]$))+)");
    if (form.matches(fmt::format("[{}]", fmt::join(rules, ", ")))) return;
    throw ConfigException(
        fmt::format("Invalid {} list format. Please specify a list of rules in the format of "
                    "\"source:<tablename>:<fieldnames>\", \"topic:<topicname>:<fieldnames>\", "
                    "\"<matchname>:<fieldnames>\"",
                    what));
}

}

std::span<const ConfigKey> TimezoneConverter::config_keys() const noexcept { return keys; }

void TimezoneConverter::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    const auto zone = required_value(config, "converted.timezone");
    const auto included = config.get_list("include.list");
    const auto excluded = config.get_list("exclude.list");
    if (!included.empty()) check_rules(included, "include");
    if (included.empty() && !excluded.empty()) check_rules(excluded, "exclude");
    zone_ = Zone(zone);
    if (!included.empty() && !excluded.empty()) {
        throw ConfigException("Both include and exclude lists are specified. Please specify only one.");
    }
    exclude_ = !excluded.empty();
    has_rules_ = exclude_ || !included.empty();
    read_rules(exclude_ ? excluded : included);
}

/// "source:table[:field]", "topic:name[:field]" or "name[:field]"; what a rule without a prefix is about, the rule with
/// one before it says.
void TimezoneConverter::read_rules(const std::vector<std::string>& rules) {
    auto* names = &any_;
    for (const auto& rule : rules) {
        auto parts = java_split(rule, ':');
        if (parts.size() > 1 && equal_ignoring_case(parts[0], "source")) names = &tables_;
        if (parts.size() > 1 && equal_ignoring_case(parts[0], "topic")) names = &topics_;
        if (parts.size() > 1 && (equal_ignoring_case(parts[0], "source") || equal_ignoring_case(parts[0], "topic"))) {
            parts.erase(parts.begin());
        }
        auto& fields = (*names)[std::string(parts[0])];
        if (parts.size() > 1) fields.emplace(parts[1]);
    }
}

std::optional<TimezoneConverter::Choice> TimezoneConverter::choose(const std::optional<std::string>& table,
                                                                   const std::string& topic) const {
    if (!has_rules_) return Choice{.all = true};
    const std::set<std::string>* fields = nullptr;
    const auto look = [&](const Names& names, const std::optional<std::string>& name) {
        if (fields || !name) return;
        const auto found = names.find(*name);
        if (found != names.end()) fields = &found->second;
    };
    look(topics_, topic);
    look(tables_, table);
    look(any_, topic);
    look(any_, table);
    if (!fields) return exclude_ ? std::optional(Choice{.all = true}) : std::nullopt;
    if (exclude_ && fields->empty()) return std::nullopt;
    return Choice{.all = fields->empty(), .include = !exclude_, .fields = *fields};
}

TimezoneConverter::Columns TimezoneConverter::columns_of(const Schema& row, bool is_source, const Choice& choice,
                                                         std::string_view prefix) const {
    static const std::map<std::string, Form, std::less<>> forms{
        {"io.debezium.time.ZonedTimestamp", Form::ZonedTimestamp},
        {"io.debezium.time.ZonedTime", Form::ZonedTime},
        {"io.debezium.time.Timestamp", Form::Milliseconds},
        {"io.debezium.time.MicroTimestamp", Form::Microseconds},
        {"io.debezium.time.NanoTimestamp", Form::Nanoseconds},
        {"org.apache.kafka.connect.data.Timestamp", Form::Milliseconds}};
    static const std::map<std::string, Form, std::less<>> source_forms{
        {"ts_ms", Form::SourceMilliseconds}, {"ts_us", Form::SourceMicroseconds}, {"ts_ns", Form::SourceNanoseconds}};
    Columns columns;
    for (std::size_t i = 0; i < row.fields().size(); ++i) {
        const auto& field = row.fields()[i];
        const bool named = choice.fields.contains(fmt::format("{}.{}", prefix, field.name)) ||
                           (!is_source && choice.fields.contains(field.name));
        if (!choice.all && named != choice.include) continue;
        const auto& name = field.schema->name();
        const auto form = forms.find(name);
        const auto source_form = source_forms.find(field.name);
        if (form != forms.end()) {
            columns.emplace_back(i, form->second);
        } else if (is_source && name.empty() && source_form != source_forms.end()) {
            columns.emplace_back(i, source_form->second);
        } else if (std::ranges::find(unsupported, name) != std::end(unsupported)) {
            logger_.warn("Skipping conversion for unsupported logical type: {} for field: {}", name, field.name);
        }
    }
    return columns;
}

TimezoneConverter::Plan TimezoneConverter::make_plan(const Schema& event, const std::optional<Choice>& choice) const {
    Plan plan;
    if (!choice) return plan;
    const bool names_source =
        std::ranges::any_of(choice->fields, [](const auto& f) { return f.starts_with("source."); });
    for (const std::string_view name : {"before", "after", "source"}) {
        const auto place = event.index_of(name);
        const bool is_source = name == "source";
        if (!place || (is_source && !names_source)) continue;
        const auto& row = event.fields()[*place].schema;
        if (row->type() != Type::Struct) continue;
        auto columns = columns_of(*row, is_source, *choice, name);
        if (!columns.empty()) plan.structs.emplace_back(*place, std::move(columns));
    }
    return plan;
}

Value TimezoneConverter::convert_text(std::string_view text, bool with_date, Arena& arena) const {
    const auto time = OffsetTime::parse(text);
    if (!time || time->has_date != with_date) {
        throw DataException(fmt::format("Text '{}' could not be parsed as a time with an offset", text));
    }
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    std::string out;
    time->at_offset(with_date ? zone_.offset_at_local(time->local_seconds) : zone_.offset_at(now.count())).append(out);
    return Value::string(arena.copy(out));
}

Value TimezoneConverter::convert(const Value& value, Form form, Arena& arena) const {
    const auto local = [&](std::int64_t per_second) {
        const auto offset = zone_.offset_at_local(floor_divide(value.as_integer(), per_second));
        return Value::int64(value.as_integer() - offset * per_second);
    };
    const auto shifted = [&](std::int64_t per_second) {
        const auto offset = zone_.offset_at(floor_divide(value.as_integer(), per_second));
        return Value::int64(value.as_integer() + offset * per_second);
    };
    switch (form) {
    case Form::ZonedTimestamp:
        return convert_text(value.as_text(), true, arena);
    case Form::ZonedTime:
        return convert_text(value.as_text(), false, arena);
    case Form::Milliseconds:
        return local(1000);
    case Form::Microseconds:
        return local(1'000'000);
    case Form::Nanoseconds:
        return local(1'000'000'000);
    case Form::SourceMilliseconds:
        return shifted(1000);
    case Form::SourceMicroseconds:
        return shifted(1'000'000);
    case Form::SourceNanoseconds:
        return shifted(1'000'000'000);
    }
    return value;
}

SchemaCache<TimezoneConverter::Plan>& TimezoneConverter::plans_of(std::string_view topic, std::string_view table) {
    if (!last_ || last_->first.first != topic || last_->first.second != table) {
        last_ = &*plans_.try_emplace(TopicAndTable(topic, table)).first;
    }
    return last_->second;
}

bool TimezoneConverter::apply(ConnectRecord& record, Arena& arena) {
    if (record.value.is_null() || !is_envelope(record.value_schema)) return true;
    const auto event = require_struct(record.value_schema, record.value, "time zone conversion");
    const auto& schema = *record.value_schema;
    std::optional<std::string_view> table;
    if (const auto source = schema.index_of("source"); source && !event[*source].is_null()) {
        const auto place = schema.fields()[*source].schema->index_of("table");
        const auto name = place ? event[*source].as_values()[*place] : Value();
        if (name.kind() == Value::Kind::String) table = name.as_text();
    }
    const auto& plan = plans_of(record.topic, table.value_or("")).get(record.value_schema, [&](const SchemaPtr& made) {
        return make_plan(*made,
                         choose(table ? std::optional<std::string>(*table) : std::nullopt, std::string(record.topic)));
    });
    if (plan.structs.empty()) return true;
    auto* values = arena.make_array<Value>(event.size());
    std::ranges::copy(event, values);
    for (const auto& [place, columns] : plan.structs) {
        if (values[place].is_null()) continue;
        const auto row = values[place].as_values();
        const auto& row_schema = *schema.fields()[place].schema;
        auto* converted = arena.make_array<Value>(row.size());
        std::ranges::copy(row, converted);
        for (const auto& [at, form] : columns) {
            const auto& old = field_value(row_schema.fields()[at], row[at], true);
            if (!old.is_null()) converted[at] = convert(old, form, arena);
        }
        values[place] = Value::structure({converted, row.size()});
    }
    record.value = Value::structure({values, event.size()});
    return true;
}

}
