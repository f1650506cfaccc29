/// A converter with a registry of its own, and what it writes as hexadecimal digits.
#pragma once
#include "connectors/support/text.hpp"
#include "tests/unit/connectors/registry/fake_registry.hpp"

namespace millrace::registry {

template <class Converter>
struct MadeConverter {
    FakeRegistry registry;
    Converter converter;
    Arena arena;

    explicit MadeConverter(Settings settings = {}, bool is_key = false) { configure(std::move(settings), is_key); }
    void configure(Settings settings, bool is_key = false) {
        settings.emplace("schema.registry.url", registry.url());
        settings.emplace("max.retries", "0");
        converter.configure(settings, is_key);
    }
    std::string write(const SchemaPtr& schema, const Value& value, const std::string& topic = "t") {
        std::string out;
        converter.from_connect_data(topic, schema, value, out);
        return to_hex(out);
    }
    SchemaAndValue read(const std::string& hex, const std::string& topic = "t") {
        return converter.to_connect_data(topic, arena.copy(*from_hex(hex)), arena);
    }
};

}
