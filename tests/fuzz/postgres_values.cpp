// Every text parser of connectors/postgres/types, through the converters of one column of each type in two sets of
// options. The first byte chooses the column, the rest is what the server would have sent.
#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/column_converter.hpp"
#include "connectors/postgres/types/default_expression.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

using namespace millrace;
using namespace millrace::postgres;

namespace {

constexpr std::array<Oid, 38> base_types{16,   17,   18,   19,   20,   21,   23,   25,   26,   114,  142,  600,  601,
                                         602,  603,  604,  628,  700,  701,  718,  790,  869,  1042, 1043, 1082, 1083,
                                         1114, 1184, 1186, 1266, 1560, 1562, 1700, 2950, 3614, 3802, 3904, 3910};
constexpr std::array<const char*, 8> extension_types{"hstore", "citext",  "ltree",     "geometry",
                                                     "vector", "halfvec", "sparsevec", "geography"};

struct Columns {
    TypeRegistry types;
    std::vector<ColumnConverter> converters;
};

void add_column(Columns& columns, Oid type, std::int32_t typmod) {
    const ColumnInfo info{.name = "c", .type = type, .typmod = typmod};
    for (const bool strict : {false, true}) {
        ColumnConverter converter(info, columns.types,
                                  {.time_precision = strict ? TimePrecision::Structured : TimePrecision::Adaptive,
                                   .decimals = strict ? DecimalHandling::String : DecimalHandling::Precise,
                                   .binary = strict ? BinaryHandling::Base64 : BinaryHandling::Bytes,
                                   .intervals = strict ? IntervalHandling::String : IntervalHandling::Numeric,
                                   .hstore = strict ? HstoreHandling::Map : HstoreHandling::Json,
                                   .on_failure = strict ? ConversionFailure::Fail : ConversionFailure::Warn,
                                   .include_unknown = true,
                                   .reproduce_defects = !strict});
        if (converter.captured()) columns.converters.push_back(std::move(converter));
    }
}

Columns make_columns() {
    constexpr Oid array_offset = 100'000;
    constexpr std::int32_t numeric_10_2 = (10 << 16 | 2) + 4;
    Columns columns;
    std::vector<TypeRow> rows;
    const auto add = [&](Oid oid, const std::string& name) {
        rows.push_back({.oid = oid, .name = name, .delimiter = oid == 603 ? ';' : ','});
        rows.push_back({.oid = oid + array_offset, .name = "_" + name, .element_type = oid, .category = 'A'});
    };
    for (const auto oid : base_types) add(oid, "base" + std::to_string(oid));
    Oid next = 20'000;
    for (const auto* name : extension_types) add(next++, name);
    std::vector<Oid> oids;
    oids.reserve(rows.size());
    for (const auto& row : rows) oids.push_back(row.oid);
    columns.types.add(std::move(rows));
    for (const auto oid : oids) add_column(columns, oid, -1);
    add_column(columns, 1700, numeric_10_2);
    add_column(columns, 1560, 1);
    add_column(columns, 1114, 3);
    return columns;
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Columns columns = make_columns();
    if (size < 1) return 0;
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    Arena arena;
    try {
        const auto& converter = columns.converters[data[0] % columns.converters.size()];
        const auto value = converter.convert(text, arena, Origin::Streaming);
        if (!(deep_copy(value, arena) == value)) __builtin_trap();
        converter.convert(text, arena, Origin::Snapshot);
        constant_of_default(text, {.name = "text"});
    } catch (const DataException&) {  // the one tolerated answer
    }
    return 0;
}
