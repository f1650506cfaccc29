/// What Debezium does with the bytes of geometries: GeometryFormatTransformer changes WKB and EWKB into each other,
/// SwapGeometryCoordinates turns (longitude, latitude) into (latitude, longitude) and back.
///
/// Facts   Debezium: io.debezium.transforms.GeometryFormatTransformer, SwapGeometryCoordinates.
#pragma once
#include "connectors/api/plugin.hpp"
#include "connectors/transforms/debezium/geometry_fields.hpp"

namespace millrace::transforms {

/// EWKB becomes WKB. WKB with an SRID beside it becomes EWKB where `format` is wkb; where it is ewkb it stays.
class GeometryFormatTransformer final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    GeometryFields geometries_;
};

class SwapGeometryCoordinates final : public Transformation {
public:
    void configure(const Settings& settings) override;
    bool apply(ConnectRecord& record, Arena& arena) override;
    std::span<const ConfigKey> config_keys() const noexcept override;

private:
    GeometryFields geometries_;
};

}
