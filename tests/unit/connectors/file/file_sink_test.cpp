#include "connectors/file/file_sink.hpp"

#include "tests/pch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace millrace::file {

namespace {

class Context final : public ConnectorContext, public SinkTaskContext {
public:
    const Logger& logger() const noexcept override { return logger_; }
    void request_task_reconfiguration() override {}
    void raise_error(std::string message) override { throw std::runtime_error(message); }
    std::string_view connector_name() const noexcept override { return "lines"; }
    int task_id() const noexcept override { return 0; }
    std::vector<TopicPartition> assignment() const override { return {}; }
    void rewind(const TopicOffsets&) override {}
    void set_timeout(std::chrono::milliseconds) override {}
    void pause(std::span<const TopicPartition>) override {}
    void resume(std::span<const TopicPartition>) override {}
    void request_commit() override {}
    ErrantRecordReporter* errant_record_reporter() noexcept override { return nullptr; }

private:
    Logger logger_;
};

/// A file of this test's own, deleted at the end.
struct File {
    std::string path = (std::filesystem::temp_directory_path() / fmt::format("millrace_sink_{}", ::getpid())).string();
    File() { std::filesystem::remove(path); }
    ~File() { std::filesystem::remove(path); }
    std::string text() const {
        std::ostringstream all;
        all << std::ifstream(path, std::ios::binary).rdbuf();
        return all.str();
    }
};

SinkRecord record(const Value& value, SchemaPtr schema = nullptr) {
    SinkRecord made;
    made.value = value;
    made.value_schema = std::move(schema);
    return made;
}

}

TEST_CASE("values become lines, as Java prints them", "[file]") {
    const File file;
    Context context;
    const auto point = make_schema(
        {.type = Type::Struct,
         .fields = {{"a", make_schema({.type = Type::Int32})}, {"b", make_schema({.type = Type::String})}}});
    const Value fields[] = {Value::int32(1), Value::string("x")};
    const MapEntry entries[] = {{Value::string("k"), Value::float64(1)}};
    const std::vector<SinkRecord> records{record(Value::string("text, raw\t\"")), record(Value()),
                                          record(Value::int64(-7)), record(Value::structure(fields), point),
                                          record(Value::map(entries))};
    FileStreamSinkTask task;
    task.start({{"file", file.path}}, context);
    task.put(records);
    CHECK(file.text() == "text, raw\t\"\nnull\n-7\nStruct{a=1,b=x}\n{k=1.0}\n");
}

TEST_CASE("a file that is there is appended to", "[file]") {
    const File file;
    Context context;
    const std::vector<SinkRecord> records{record(Value::string("line"))};
    for (int run = 0; run < 2; ++run) {
        FileStreamSinkTask task;
        task.start({{"file", file.path}}, context);
        task.put(records);
        task.put({});
        task.stop();
    }
    CHECK(file.text() == "line\nline\n");
}

TEST_CASE("a file that cannot be made is named", "[file]") {
    Context context;
    FileStreamSinkTask task;
    CHECK_THROWS_WITH(task.start({{"file", "/nowhere/at/all"}}, context),
                      Catch::StartsWith("Couldn't find or create file '/nowhere/at/all' for FileStreamSinkTask"));
}

TEST_CASE("every task of the sink has the connector's settings", "[file]") {
    FileStreamSinkConnector connector;
    Context context;
    const Settings given{{"file", "/f"}, {"topics", "t"}};
    connector.start(given, context);
    CHECK(connector.task_configs(3) == std::vector<Settings>{given, given, given});
    CHECK(connector.task_class() == "org.apache.kafka.connect.file.FileStreamSinkTask");
    CHECK(connector.alter_offsets(given, {}));
}

}
