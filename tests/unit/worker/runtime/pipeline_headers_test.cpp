#include "connectors/converters/simple_header_converter.hpp"
#include "tests/pch.hpp"
#include "worker/runtime/source_pipeline.hpp"

using namespace millrace;
using namespace millrace::worker;

namespace {

/// Writes its name into a header.
class CarryingConverter final : public Converter, public HeaderCarrier {
public:
    explicit CarryingConverter(std::string name) : name_(std::move(name)) {}
    void configure(const Settings&, bool) override {}
    void write_headers(std::vector<RecordHeader>& headers) override { written_ = &headers; }
    void read_headers(std::span<const RecordHeader>) override {}
    bool from_connect_data(std::string_view, const SchemaPtr&, const Value&, std::string& out) override {
        written_->push_back({.key = name_, .value = name_});
        out += name_;
        return true;
    }
    SchemaAndValue to_connect_data(std::string_view, std::optional<std::string_view>, Arena&) override { return {}; }

private:
    std::string name_;
    std::vector<RecordHeader>* written_ = nullptr;
};

Converters carrying() {
    return {.key = std::make_unique<CarryingConverter>("k"),
            .value = std::make_unique<CarryingConverter>("v"),
            .header = std::make_unique<converters::SimpleHeaderConverter>(),
            .key_class = "K",
            .value_class = "V",
            .header_class = "H"};
}

ProcessingContext context() {
    return {{},
            "c-0",
            Logger{},
            {.now = [] { return ProcessingContext::Clock::time_point{}; },
             .wait = [](std::chrono::milliseconds) { return true; },
             .random = [] { return 0.5; }}};
}

std::string keys_of(std::span<const RecordHeader> headers) {
    std::string keys;
    for (const auto& header : headers) keys += header.key;
    return keys;
}

}

TEST_CASE("headers of converters follow those of the record, once a record") {
    auto processing = context();
    SourcePipeline pipeline({.chain = {}, .converters = carrying()}, processing);
    Arena arena;
    SourceRecord record;
    record.topic = "t";
    CHECK(keys_of(pipeline.prepare(record, arena)->headers) == "kv");
    CHECK(keys_of(pipeline.prepare(record, arena)->headers) == "kv");
    record.headers =
        std::make_shared<std::vector<Header>>(std::vector<Header>{{.key = "h", .schema = {}, .value = {}}});
    for (int i = 0; i < 3; ++i) {
        auto same = record;
        CHECK(keys_of(pipeline.prepare(same, arena)->headers) == "hkv");
    }
    record.headers =
        std::make_shared<std::vector<Header>>(std::vector<Header>{{.key = "g", .schema = {}, .value = {}}});
    CHECK(keys_of(pipeline.prepare(record, arena)->headers) == "gkv");
}
