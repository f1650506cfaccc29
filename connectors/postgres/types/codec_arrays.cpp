// Arrays of everything, and the choice among the families of types.
#include "connectors/api/errors.hpp"
#include "connectors/postgres/types/array_text.hpp"
#include "connectors/postgres/types/codec.hpp"
#include "connectors/postgres/types/oids.hpp"

#include <algorithm>
#include <array>

namespace millrace::postgres {

namespace {

constexpr int max_dimensions = 6;  // PostgreSQL's own limit

class ArrayBuilder {
public:
    ArrayBuilder(const Codec& codec, std::string_view text, Arena& arena)
        : codec_(codec), arena_(arena), most_(count_elements_at_most(text, codec.delimiter)) {
        values_ = arena.make_array<Value>(most_);
        append(text, 1);
    }
    Value value() const { return Value::array({values_, size_}); }

private:
    void append(std::string_view text, int dimension) {
        if (dimension > max_dimensions) throw DataException("an array has too many dimensions");
        ArrayReader reader(text, codec_.delimiter);
        while (const auto element = reader.next(arena_)) {
            if (element->array && !codec_.reproduce_defects)
                append(element->text, dimension + 1);  // row by row: the schema has one dimension
            else
                values_[size_++] = convert(*element);
        }
    }
    Value convert(const ArrayReader::Element& element) const {
        const auto& of_element = *codec_.element;
        // Where Debezium puts the name of a Java object, the text of the inner array says more.
        if (element.array && of_element.is_plain_text) return Value::string(element.text);
        if (element.null || element.array) {
            if (codec_.refuses_nulls) throw DataException("an array that may hold no null holds one");
            return {};
        }
        const auto convert_text = of_element.convert_element ? of_element.convert_element : of_element.convert;
        return convert_text(of_element, element.text, arena_);
    }

    const Codec& codec_;
    Arena& arena_;
    std::size_t most_;
    Value* values_;
    std::size_t size_ = 0;
};

Value array_of(const Codec& codec, std::string_view text, Arena& arena) {
    return ArrayBuilder(codec, text, arena).value();
}

/// Arrays of these have no mapping at all.
bool never_in_arrays(Oid element) {
    constexpr std::array absent{oid::money, oid::name,  oid::interval, oid::varbit,
                                oid::xml,   oid::point, oid::refcursor};
    return std::ranges::find(absent, element) != absent.end();
}

bool is_shape(Oid element) {
    constexpr std::array shapes{oid::line, oid::lseg, oid::path, oid::box, oid::polygon, oid::circle};
    return std::ranges::find(shapes, element) != shapes.end();
}
/// Debezium describes arrays of these and cannot convert what is in them.
bool is_lost_in_arrays(const TypeRow& element) { return is_shape(element.oid) || element.name == "sparsevec"; }
Value unmappable(const Codec&, std::string_view, Arena&) {
    throw DataException("elements of this type have no Connect value");
}

/// int2vector and oidvector: 1 2 3. They are types of the catalog; Debezium reads them as empty.
Value number_list_of(const Codec& codec, std::string_view text, Arena& arena) {
    if (codec.reproduce_defects) return Value::array({});
    auto* const values = arena.make_array<Value>(count_elements_at_most(text, ' '));
    std::size_t size = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        values[size++] = codec.element->convert(*codec.element, text.substr(0, end), arena);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return Value::array({values, size});
}
bool is_number_list(Oid type) { return type == oid::int2vector || type == oid::oidvector; }

/// The schema of the elements of these is optional; all others have required elements.
bool optional_in_arrays(const TypeRow& element) {
    constexpr std::array optional{
        oid::int2,      oid::int4,        oid::int8,     oid::oid,       oid::character, oid::varchar, oid::text,
        oid::bpchar,    oid::inet,        oid::cidr,     oid::macaddr,   oid::macaddr8,  oid::tsrange, oid::tstzrange,
        oid::daterange, oid::int4range,   oid::numrange, oid::int8range, oid::numeric,   oid::float4,  oid::float8,
        oid::boolean,   oid::date,        oid::uuid,     oid::json,      oid::jsonb,     oid::time,    oid::timetz,
        oid::timestamp, oid::timestamptz, oid::bytea};
    constexpr std::array<std::string_view, 5> optional_extensions{"geometry", "geography", "hstore", "citext", "ltree"};
    return is_shape(element.oid) || std::ranges::find(optional, element.oid) != optional.end() ||
           std::ranges::find(optional_extensions, element.name) != optional_extensions.end();
}

Codec::Placeholder placeholder_of(Oid element, const SchemaParts& schema) {
    using enum Codec::Placeholder;
    switch (element) {
    case oid::text:
    case oid::varchar:
    case oid::bpchar:
    case oid::json:
    case oid::jsonb:
        return Texts;
    case oid::bytea:
        return schema.type == Type::Bytes ? ByteArrays : None;
    case oid::int4:
    case oid::date:
        // Connect's own dates are objects in Java, which are not made of bytes.
        return schema.type == Type::Int32 && schema.name != "org.apache.kafka.connect.data.Date" ? Ints : None;
    case oid::int8:
        return Longs;
    case oid::uuid:
        return Uuids;
    default:
        return None;
    }
}

TypedCodec scalar_codec(const TypeRegistry::Resolved& type, const TypeOptions& options) {
    auto made = make_number_codec(type, options);
    if (!made.codec) made = make_text_codec(type, options);
    if (!made.codec) made = make_temporal_codec(type, options);
    if (!made.codec) made = make_geometric_codec(type);
    return made;
}

}

TypedCodec make_array_codec(const TypeRegistry::Resolved& type, const TypeRegistry& types, const TypeOptions& options) {
    const auto* element = types.element(*type.type);
    if (!element) return {};
    if (never_in_arrays(element->oid)) return {.codec = nullptr, .schema = {}, .absent = true};
    // A domain as an element has no mapping of its own, though a column of it would have.
    TypedCodec of_element;
    if (element->kind != 'd') of_element = scalar_codec({element, type.typmod}, options);
    const bool known = of_element.codec != nullptr;
    if (!known && !options.include_unknown) return {};
    if (!known) of_element = make_unknown_codec(options);

    auto codec = std::make_unique<Codec>();
    codec->convert = array_of;
    codec->delimiter = element->delimiter;
    codec->reproduce_defects = options.reproduce_defects;
    const bool number_list = is_number_list(type.type->oid);
    if (number_list) codec->convert = number_list_of;
    const bool optional = known && !number_list && (optional_in_arrays(*element) || !options.reproduce_defects);
    codec->refuses_nulls = !optional || (options.reproduce_defects && element->name == "ltree");
    codec->zero = Codec::Zero::EmptyArray;
    codec->placeholder = placeholder_of(element->oid, of_element.schema);
    if (known && options.reproduce_defects && is_lost_in_arrays(*element)) of_element.codec->convert = unmappable;
    codec->element = std::move(of_element.codec);
    of_element.schema.optional = optional;
    return {.codec = std::move(codec),
            .schema = {.type = Type::Array, .value = make_schema(std::move(of_element.schema))}};
}

TypedCodec make_codec(const TypeRegistry::Resolved& type, const TypeRegistry& types, const TypeOptions& options) {
    auto made = scalar_codec(type, options);
    if (!made.codec) made = make_array_codec(type, types, options);
    if (!made.codec && !made.absent && options.include_unknown) made = make_unknown_codec(options);
    return made;
}

}
