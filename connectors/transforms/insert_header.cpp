#include "connectors/transforms/insert_header.hpp"

#include "connectors/converters/text_parser.hpp"
#include "connectors/transforms/struct_builder.hpp"

namespace millrace::transforms {

namespace {
constexpr ConfigKey keys[] = {
    {.name = "header",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::High,
     .doc = "The name of the header.",
     .null_complaint = "entry must be non null"},
    {.name = "value.literal",
     .type = ConfigType::String,
     .default_value = required,
     .importance = Importance::High,
     .doc = "The literal value that is to be set as the header value on all records.",
     .null_complaint = "entry must be non null"},
};
}

std::span<const ConfigKey> InsertHeader::config_keys() const noexcept { return keys; }

void InsertHeader::configure(const Settings& settings) {
    const auto config = ConfigDef(keys).parse(settings);
    name_ = config.get_string("header");
    value_ = converters::parse_text(arena_.copy(config.get_string("value.literal")), arena_);
}

bool InsertHeader::apply(ConnectRecord& record, Arena&) {
    if (!last_made_ || last_seen_ != record.headers) {
        auto headers = copy_headers(record.headers);
        headers->push_back({.key = name_, .schema = value_.schema, .value = value_.value});
        last_seen_ = record.headers;
        last_made_ = std::move(headers);
    }
    record.headers = last_made_;
    return true;
}

}
