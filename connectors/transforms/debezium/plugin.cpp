#include "connectors/transforms/debezium/plugin.hpp"

#include "connectors/transforms/debezium/by_logical_table_router.hpp"
#include "connectors/transforms/debezium/decode_logical_decoding_message_content.hpp"
#include "connectors/transforms/debezium/enforce_record_size.hpp"
#include "connectors/transforms/debezium/event_router.hpp"
#include "connectors/transforms/debezium/extract_changed_record_state.hpp"
#include "connectors/transforms/debezium/extract_new_record_state.hpp"
#include "connectors/transforms/debezium/extract_schema_to_new_record.hpp"
#include "connectors/transforms/debezium/geometry_transformations.hpp"
#include "connectors/transforms/debezium/header_to_value.hpp"
#include "connectors/transforms/debezium/partition_routing.hpp"
#include "connectors/transforms/debezium/schema_change_event_filter.hpp"
#include "connectors/transforms/debezium/scripting_transformation.hpp"
#include "connectors/transforms/debezium/timezone_converter.hpp"
#include "connectors/transforms/debezium/vector_to_json_converter.hpp"

namespace millrace::transforms {

namespace {

/// Of the Debezium release whose transformations these are.
constexpr std::string_view version = "3.7.0.Final";
constexpr auto transformation = PluginType::Transformation;

std::unique_ptr<Plugin> create_to_logical_topic_router() {
    return std::make_unique<ByLogicalTableRouter>("__dbz__sourceIdentifier");
}

constexpr PluginDescriptor plugins[] = {
    {transformation, "io.debezium.connector.postgresql.transforms.DecodeLogicalDecodingMessageContent", version,
     create_plugin<DecodeLogicalDecodingMessageContent>},
    {transformation, "io.debezium.transforms.ByLogicalTableRouter", version, create_plugin<ByLogicalTableRouter>},
    {transformation, "io.debezium.transforms.ContentBasedRouter", version, create_plugin<ContentBasedRouter>},
    {transformation, "io.debezium.transforms.EnforceRecordSize", version, create_plugin<EnforceRecordSize>},
    {transformation, "io.debezium.transforms.ExtractChangedRecordState", version,
     create_plugin<ExtractChangedRecordState>},
    {transformation, "io.debezium.transforms.ExtractNewRecordState", version, create_plugin<ExtractNewRecordState>},
    {transformation, "io.debezium.transforms.ExtractSchemaToNewRecord", version,
     create_plugin<ExtractSchemaToNewRecord>},
    {transformation, "io.debezium.transforms.Filter", version, create_plugin<ConditionFilter>},
    {transformation, "io.debezium.transforms.GeometryFormatTransformer", version,
     create_plugin<GeometryFormatTransformer>},
    {transformation, "io.debezium.transforms.HeaderToValue", version, create_plugin<HeaderToValue>},
    {transformation, "io.debezium.transforms.SchemaChangeEventFilter", version, create_plugin<SchemaChangeEventFilter>},
    {transformation, "io.debezium.transforms.SwapGeometryCoordinates", version, create_plugin<SwapGeometryCoordinates>},
    {transformation, "io.debezium.transforms.TimezoneConverter", version, create_plugin<TimezoneConverter>},
    {transformation, "io.debezium.transforms.ToLogicalTopicRouter", version, create_to_logical_topic_router},
    {transformation, "io.debezium.transforms.VectorToJsonConverter", version, create_plugin<VectorToJsonConverter>},
    {transformation, "io.debezium.transforms.outbox.EventRouter", version, create_plugin<EventRouter>},
    {transformation, "io.debezium.transforms.partitions.PartitionRouting", version, create_plugin<PartitionRouting>},
};
constexpr PluginManifest the_manifest{plugin_abi, "debezium-transforms", plugins};

}

const PluginManifest& debezium_manifest() { return the_manifest; }

}
