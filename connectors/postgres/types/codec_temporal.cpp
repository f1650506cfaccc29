// Dates, times, timestamps and intervals in every time.precision.mode: which codec a type has.
#include "connectors/postgres/types/codec_temporal.hpp"

#include "connectors/postgres/types/oids.hpp"
#include "connectors/postgres/types/source_type.hpp"

namespace millrace::postgres {

namespace {

Value interval_micros_of(const Codec&, std::string_view text, Arena&) {
    return Value::int64(interval_micros(parse_interval(text)));
}
Value interval_text_of(const Codec&, std::string_view text, Arena& arena) {
    return Value::string(format_interval(parse_interval(text), arena));
}
Value interval_struct_of(const Codec& codec, std::string_view text, Arena& arena) {
    const auto i = parse_interval(text);
    return make_struct(arena, Value::int32(i.years), Value::int32(i.months), Value::int32(i.days),
                       Value::int32(i.hours), Value::int32(i.minutes), Value::int64(i.seconds),
                       Value::int32(i.micros * 1000), Value::int32(codec.scale));
}

TypedCodec interval_codec(const TypeOptions& options) {
    constexpr auto zero = "00:00:00";
    if (options.time_precision == TimePrecision::Structured)
        return structured({interval_struct_of}, "StructuredDuration",
                          {{"years", Type::Int32},
                           {"months", Type::Int32},
                           {"days", Type::Int32},
                           {"hours", Type::Int32},
                           {"minutes", Type::Int32},
                           {"seconds", Type::Int64},
                           {"nanos", Type::Int32},
                           {"precision", Type::Int32}},
                          zero);
    return options.intervals == IntervalHandling::String
               ? named({interval_text_of}, Type::String, debezium_time, "Interval", zero)
               : named({interval_micros_of}, Type::Int64, debezium_time, "MicroDuration", zero);
}

TypedCodec codec_of(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    const auto precision = time_precision(type.typmod);
    switch (type.type->oid) {
    case oid::date:
        return date_codec(options.time_precision);
    case oid::time:
        return time_codec(precision, options.time_precision);
    case oid::timetz:
        return timetz_codec(options.time_precision);
    case oid::timestamp:
        return timestamp_codec(precision, options.time_precision);
    case oid::timestamptz:
        return timestamptz_codec(options.time_precision);
    case oid::interval:
        return interval_codec(options);
    default:
        return {};
    }
}

}

TypedCodec named(Conversion conversion, Type type, std::string_view package, std::string_view name, std::string zero) {
    auto codec = std::make_unique<Codec>();
    codec->convert = conversion.exact;
    codec->convert_element = conversion.java;
    codec->zero_text = std::move(zero);
    return {.codec = std::move(codec),
            .schema = {.type = type, .name = fmt::format("{}{}", package, name), .version = 1}};
}

TypedCodec structured(Conversion conversion, std::string_view name, std::initializer_list<FieldType> fields,
                      std::string zero) {
    auto made = named(conversion, Type::Struct, debezium_time, name, std::move(zero));
    for (const auto& f : fields) made.schema.fields.push_back({f.name, plain_schema(f.type, true)});
    return made;
}

TypedCodec make_temporal_codec(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    constexpr std::int32_t interval_precision_bits = 0xffff;
    auto made = codec_of(type, options);
    if (!made.codec) return made;
    if (!options.reproduce_defects) made.codec->convert_element = made.codec->convert_snapshot = nullptr;
    made.codec->reproduce_defects = options.reproduce_defects;
    made.codec->scale = time_precision(type.typmod);
    if (type.type->oid == oid::interval && type.typmod != -1) made.codec->scale = type.typmod & interval_precision_bits;
    return made;
}

}
