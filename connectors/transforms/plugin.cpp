#include "connectors/transforms/plugin.hpp"

#include "connectors/transforms/cast.hpp"
#include "connectors/transforms/drop_headers.hpp"
#include "connectors/transforms/extract_field.hpp"
#include "connectors/transforms/filter.hpp"
#include "connectors/transforms/flatten.hpp"
#include "connectors/transforms/header_from.hpp"
#include "connectors/transforms/hoist_field.hpp"
#include "connectors/transforms/insert_field.hpp"
#include "connectors/transforms/insert_header.hpp"
#include "connectors/transforms/mask_field.hpp"
#include "connectors/transforms/predicates.hpp"
#include "connectors/transforms/regex_router.hpp"
#include "connectors/transforms/replace_field.hpp"
#include "connectors/transforms/set_schema_metadata.hpp"
#include "connectors/transforms/timestamp_converter.hpp"
#include "connectors/transforms/timestamp_router.hpp"
#include "connectors/transforms/value_to_key.hpp"

namespace millrace::transforms {

namespace {

/// Of the Kafka release whose transformations these are.
constexpr std::string_view version = "4.3.1";
constexpr auto transformation = PluginType::Transformation;

template <class T, Side side>
std::unique_ptr<Plugin> create_sided() {
    return std::make_unique<T>(side);
}

constexpr PluginDescriptor plugins[] = {
    {transformation, "org.apache.kafka.connect.transforms.Cast$Key", version, create_sided<Cast, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.Cast$Value", version, create_sided<Cast, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.DropHeaders", version, create_plugin<DropHeaders>},
    {transformation, "org.apache.kafka.connect.transforms.ExtractField$Key", version,
     create_sided<ExtractField, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.ExtractField$Value", version,
     create_sided<ExtractField, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.Filter", version, create_plugin<Filter>},
    {transformation, "org.apache.kafka.connect.transforms.Flatten$Key", version, create_sided<Flatten, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.Flatten$Value", version, create_sided<Flatten, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.HeaderFrom$Key", version,
     create_sided<HeaderFrom, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.HeaderFrom$Value", version,
     create_sided<HeaderFrom, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.HoistField$Key", version,
     create_sided<HoistField, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.HoistField$Value", version,
     create_sided<HoistField, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.InsertField$Key", version,
     create_sided<InsertField, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.InsertField$Value", version,
     create_sided<InsertField, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.InsertHeader", version, create_plugin<InsertHeader>},
    {transformation, "org.apache.kafka.connect.transforms.MaskField$Key", version, create_sided<MaskField, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.MaskField$Value", version,
     create_sided<MaskField, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.RegexRouter", version, create_plugin<RegexRouter>},
    {transformation, "org.apache.kafka.connect.transforms.ReplaceField$Key", version,
     create_sided<ReplaceField, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.ReplaceField$Value", version,
     create_sided<ReplaceField, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.SetSchemaMetadata$Key", version,
     create_sided<SetSchemaMetadata, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.SetSchemaMetadata$Value", version,
     create_sided<SetSchemaMetadata, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.TimestampConverter$Key", version,
     create_sided<TimestampConverter, Side::Key>},
    {transformation, "org.apache.kafka.connect.transforms.TimestampConverter$Value", version,
     create_sided<TimestampConverter, Side::Value>},
    {transformation, "org.apache.kafka.connect.transforms.TimestampRouter", version, create_plugin<TimestampRouter>},
    {transformation, "org.apache.kafka.connect.transforms.ValueToKey", version, create_plugin<ValueToKey>},
    {PluginType::Predicate, "org.apache.kafka.connect.transforms.predicates.HasHeaderKey", version,
     create_plugin<HasHeaderKey>},
    {PluginType::Predicate, "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone", version,
     create_plugin<RecordIsTombstone>},
    {PluginType::Predicate, "org.apache.kafka.connect.transforms.predicates.TopicNameMatches", version,
     create_plugin<TopicNameMatches>},
};
constexpr PluginManifest the_manifest{plugin_abi, "transforms", plugins};

}

const PluginManifest& manifest() { return the_manifest; }

}
