#include "connectors/transforms/debezium/partition_routing.hpp"

#include "connectors/support/java_value_hash.hpp"
#include "connectors/support/text.hpp"
#include "connectors/transforms/debezium/checks.hpp"
#include "connectors/transforms/debezium/envelope.hpp"
#include "connectors/transforms/debezium/murmur3_hash.hpp"
#include "connectors/transforms/requirements.hpp"
#include "connectors/transforms/struct_builder.hpp"

#include <limits>

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "partition.payload.fields",
     .type = ConfigType::List,
     .importance = Importance::High,
     .doc = "Payload fields to use to calculate the partition. Supports Struct nesting using dot notation.To access "
            "fields related to data collections, you can use: after, before or change, where 'change' is a special "
            "field that will automatically choose, based on operation, the 'after' or 'before'. If a field not exist "
            "for the current record it will simply not usede.g. after.name,source.table,change.name",
     .group = "partitions",
     .order_in_group = 1,
     .display_name = "List of payload fields to use for compute partition."},
    {.name = "partition.topic.num",
     .type = ConfigType::Int,
     .importance = Importance::High,
     .doc = "Number of partition for the topic on which this SMT act. Use TopicNameMatches predicate to filter records "
            "by topic",
     .group = "partitions",
     .order_in_group = 2,
     .display_name = "Number of partition configured for topic"},
    {.name = "partition.hash.function",
     .type = ConfigType::String,
     .default_value = "java",
     .importance = Importance::Low,
     .doc = "Hash function to be used when computing hash of the fields which would determine number of the "
            "destination partition.",
     .group = "partitions",
     .order_in_group = 3,
     .display_name = "Hash function"},
};
}

std::span<const ConfigKey> PartitionRouting::config_keys() const noexcept { return keys; }

void PartitionRouting::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    const auto count = required_value(config, "partition.topic.num");
    partitions_ = config.get_int("partition.topic.num");
    if (partitions_ <= 0) {
        refuse_value("partition.topic.num", count, "A positive, non-zero integer value is expected");
    }
    for (const auto& text : required_list(config, "partition.payload.fields")) {
        auto& path = paths_.emplace_back();
        for (const auto part : java_split(text, '.')) path.emplace_back(trim(part));
    }
    murmur_ = equal_ignoring_case(trim(config.get_string("partition.hash.function")), "murmur");
}

std::optional<std::uint32_t> PartitionRouting::hash_of(const ConnectRecord& event) const {
    const auto op = event.value_schema->index_of("op");
    const bool is_delete = op && event.value.as_values()[*op] == Value::string("d");
    std::optional<std::uint32_t> sum;
    for (const auto& path : paths_) {
        SchemaPtr schema = event.value_schema;
        Value value = event.value;
        for (const auto& step : path) {
            std::string_view name = step;
            if (step == "change" && path.size() > 1) name = is_delete ? "before" : "after";
            const auto place =
                value.kind() == Value::Kind::Struct ? schema->index_of(name) : std::optional<std::size_t>();
            if (!place) {
                value = {};
                break;
            }
            const Field field = schema->fields()[*place];
            value = field_value(field, value.as_values()[*place], &step == &path.back());
            schema = field.schema;
        }
        if (value.is_null()) continue;
        const auto hash = murmur_ ? murmur3_hash(schema, value) : java_value_hash(schema, value);
        sum = sum.value_or(0) + static_cast<std::uint32_t>(hash);
    }
    return sum;
}

bool PartitionRouting::apply(ConnectRecord& record, Arena&) {
    if (record.value.is_null() || !is_envelope(record.value_schema)) return true;
    require_struct(record.value_schema, record.value, "partition routing");
    const auto op = record.value_schema->index_of("op");
    if (op) {
        const auto& operation = record.value.as_values()[*op];
        if (operation == Value::string("t") || operation == Value::string("m")) return true;
    }
    const auto hash = hash_of(record);
    if (!hash) return true;
    constexpr auto most = static_cast<std::uint32_t>(std::numeric_limits<std::int32_t>::max());
    auto positive = *hash & most;
    if (positive == most) positive = 0;
    record.partition = static_cast<std::int32_t>(positive) % partitions_;
    return true;
}

}
