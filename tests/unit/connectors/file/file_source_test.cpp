#include "connectors/file/file_source.hpp"

#include "tests/pch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace millrace::file {

using namespace std::chrono_literals;

namespace {

class Context final : public ConnectorContext, public SourceTaskContext {
public:
    std::optional<OffsetMap> stored;
    std::vector<std::string> asked;

    const Logger& logger() const noexcept override { return logger_; }
    void request_task_reconfiguration() override {}
    void raise_error(std::string message) override { throw std::runtime_error(message); }
    std::string_view connector_name() const noexcept override { return "lines"; }
    int task_id() const noexcept override { return 0; }
    std::optional<OffsetMap> offset(OffsetEntries partition) override {
        asked.emplace_back(partition[0].value.as_text());
        return stored;
    }

private:
    Logger logger_;
};

/// A file of this test's own, deleted at the end.
struct File {
    std::string path = (std::filesystem::temp_directory_path() / fmt::format("millrace_lines_{}", ::getpid())).string();
    File() { std::filesystem::remove(path); }
    ~File() { std::filesystem::remove(path); }
    void append(std::string_view text) const { std::ofstream(path, std::ios::app | std::ios::binary) << text; }
};

struct Line {
    std::string text;
    std::int64_t position;
    bool operator==(const Line&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Line& line) { return out << line.text << " up to " << line.position; }

std::vector<Line> poll(SourceTask& task, std::chrono::milliseconds wait = 0ms) {
    const auto batch = task.poll({}, wait);
    std::vector<Line> lines;
    for (const auto& record : batch.records) {
        lines.push_back({std::string(record.value.as_text()), record.source_offset[0].value.as_integer()});
    }
    return lines;
}

Settings settings(const File& file, std::string batch_size = "2000") {
    return {{"file", file.path}, {"topic", "lines"}, {"batch.size", std::move(batch_size)}};
}

}

TEST_CASE("lines end as Java ends them", "[file]") {
    const auto [chunks, expected, pending] = GENERATE(table<std::vector<std::string>, std::vector<Line>, std::size_t>({
        {{"a\nb\n"}, {{"a", 2}, {"b", 4}}, 0},
        {{"a\r\nb\r\n"}, {{"a", 3}, {"b", 6}}, 0},
        {{"a\rb\rc"}, {{"a", 2}, {"b", 4}}, 1},
        {{"a\r"}, {}, 2},
        {{"a\r", "\nb"}, {{"a", 3}}, 1},
        {{"a\r", "b\n"}, {{"a", 2}, {"b", 4}}, 0},
        {{"\n\n"}, {{"", 1}, {"", 2}}, 0},
        {{"ab", "c", "\n"}, {{"abc", 4}}, 0},
        {{"\u00e4\n"}, {{"\u00e4", 3}}, 0},
    }));
    LineSplitter splitter;
    std::vector<Line> lines;
    for (const auto& chunk : chunks) {
        splitter.append(chunk);
        while (const auto line = splitter.next()) lines.push_back({std::string(line->text), line->end_offset});
    }
    CHECK(lines == expected);
    CHECK(splitter.pending() == pending);
}

TEST_CASE("a file is read line by line and followed", "[file]") {
    const File file;
    Context context;
    FileStreamSourceTask task;
    task.start(settings(file), context);
    CHECK(context.asked == std::vector{file.path});
    CHECK(poll(task).empty());  // not there yet
    file.append("one\ntwo\nunfin");
    CHECK(poll(task) == std::vector<Line>{{"one", 4}, {"two", 8}});
    CHECK(poll(task).empty());
    file.append("ished\n");
    CHECK(poll(task) == std::vector<Line>{{"unfinished", 19}});
    task.stop();
}

TEST_CASE("a record has the topic, a string and where it stands", "[file]") {
    const File file;
    file.append("x\n\xff\n");
    Context context;
    FileStreamSourceTask task;
    task.start(settings(file), context);
    const auto batch = task.poll({}, 0ms);
    REQUIRE(batch.records.size() == 2);
    const auto& record = batch.records[0];
    CHECK(record.topic == "lines");
    CHECK(record.key_schema == nullptr);
    CHECK(record.value_schema->type() == Type::String);
    CHECK(record.timestamp.has_value());
    CHECK(record.source_offset[0].key == "position");
    REQUIRE(batch.partitions.size() == 1);
    CHECK(batch.partitions[record.source_partition][0].key == "filename");
    CHECK(batch.partitions[0][0].value == Value::string(file.path));
    CHECK(batch.records[1].value == Value::string("\uFFFD"));
}

TEST_CASE("a task goes on where it stopped, counted in bytes", "[file]") {
    const File file;
    file.append("\u00e4\u00e4\nnext\n");
    Context context;
    context.stored.emplace().set("position", Value::int64(5));
    FileStreamSourceTask task;
    task.start(settings(file), context);
    CHECK(poll(task) == std::vector<Line>{{"next", 10}});
}

TEST_CASE("a file that cannot be opened fails the task, one that is not there is waited for", "[file]") {
    const File file;
    file.append("line\n");
    Context context;
    auto wanted = settings(file);
    wanted["file"] += "/below";  // a file is no directory
    FileStreamSourceTask task;
    task.start(wanted, context);
    CHECK_THROWS_WITH(task.poll({}, 0ms), Catch::Contains("Cannot open") && Catch::Contains("Not a directory"));

    wanted["file"] = settings(file)["file"] + ".later";
    FileStreamSourceTask waiting;
    waiting.start(wanted, context);
    CHECK(waiting.poll({}, 0ms).records.empty());
}

TEST_CASE("a stored position that cannot be is refused", "[file]") {
    const File file;
    file.append("short\n");
    Context context;
    context.stored.emplace().set("position", Value::int64(100));
    FileStreamSourceTask task;
    task.start(settings(file), context);
    CHECK_THROWS_WITH(task.poll({}, 0ms), Catch::Contains("has fewer than the 100 bytes that were read of it before"));
    context.stored->set("position", Value::string("100"));
    FileStreamSourceTask other;
    CHECK_THROWS_WITH(other.start(settings(file), context), "Offset position is the incorrect type");
}

TEST_CASE("a batch has at most batch.size lines", "[file]") {
    const File file;
    file.append("1\n2\n3\n4\n5\n");
    Context context;
    FileStreamSourceTask task;
    task.start(settings(file, "2"), context);
    CHECK(poll(task).size() == 2);
    CHECK(poll(task) == std::vector<Line>{{"3", 6}, {"4", 8}});
    CHECK(poll(task) == std::vector<Line>{{"5", 10}});
    CHECK(poll(task).empty());
}

TEST_CASE("waiting ends with a line or with a request to stop", "[file]") {
    const File file;
    Context context;
    FileStreamSourceTask task;
    task.start(settings(file), context);
    {
        const std::jthread writer([&file] { file.append("late\n"); });
        CHECK(poll(task, 30s) == std::vector<Line>{{"late", 5}});
    }
    std::stop_source stop;
    stop.request_stop();
    const auto start = std::chrono::steady_clock::now();
    CHECK(task.poll(stop.get_token(), 30s).records.empty());
    CHECK(std::chrono::steady_clock::now() - start < 30s);
}

TEST_CASE("the connector gives its settings to one task", "[file]") {
    FileStreamSourceConnector connector;
    Context context;
    const Settings given{{"file", "/f"}, {"topic", "t"}, {"name", "lines"}};
    connector.start(given, context);
    CHECK(connector.task_configs(5) == std::vector<Settings>{given});
    CHECK(connector.task_class() == "org.apache.kafka.connect.file.FileStreamSourceTask");
    CHECK(connector.exactly_once_support(given) == ExactlyOnceSupport::Supported);
    CHECK(connector.exactly_once_support({{"topic", "t"}}) == ExactlyOnceSupport::Unsupported);
    CHECK_THROWS_WITH(connector.start({}, context),
                      "Missing required configuration \"topic\" which has no default value.");
    CHECK_THROWS_WITH(connector.start({{"topic", ""}}, context),
                      "Invalid value  for configuration topic: String must be non-empty");
}

TEST_CASE("offsets that a user sets are checked", "[file]") {
    const auto map = [](const char* key, const Value& value) {
        OffsetMap made;
        made.set(key, value);
        return made;
    };
    using Offsets = std::vector<std::pair<OffsetMap, std::optional<OffsetMap>>>;
    FileStreamSourceConnector connector;
    const Settings with_file{{"file", "/f"}, {"topic", "t"}};
    const auto partition = map("filename", Value::string("/f"));
    CHECK(connector.alter_offsets(with_file, Offsets{{partition, map("position", Value::int64(0))}}));
    CHECK(connector.alter_offsets(with_file, Offsets{{map("x", Value()), std::nullopt}}));
    const auto [offset, of, message] = GENERATE_REF(table<OffsetMap, OffsetMap, std::string>({
        {map("x", Value::int64(1)), partition, "Offset objects should either be null or contain the key 'position'"},
        {map("position", Value::string("1")), partition,
         "The value for the 'position' key in the offset is expected to be a Long value"},
        {map("position", Value()), partition,
         "The value for the 'position' key in the offset is expected to be a Long value"},
        {map("position", Value::int64(-1)), partition,
         "The value for the 'position' key in the offset should be a non-negative value"},
        {map("position", Value::int64(1)), map("x", Value()), "Partition objects should contain the key 'filename'"},
    }));
    CHECK_THROWS_WITH(connector.alter_offsets(with_file, Offsets{{of, offset}}), message);
    CHECK_THROWS_WITH(connector.alter_offsets({{"topic", "t"}}, Offsets{}),
                      Catch::StartsWith("Offsets cannot be modified if the 'file' configuration is unspecified."));
}

}
