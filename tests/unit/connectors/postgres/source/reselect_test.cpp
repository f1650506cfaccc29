#include "connectors/postgres/source/reselect.hpp"

#include "tests/unit/connectors/postgres/source/task_fixture.hpp"
#include "tests/unit/log_lines.hpp"

using namespace millrace;
using namespace millrace::postgres;
using namespace millrace::postgres::test;

namespace {

constexpr Column unavailable{.kind = Column::Kind::UnchangedToast};
constexpr Column null{.kind = Column::Kind::Null};
constexpr Column text(std::string_view value) { return {.kind = Column::Kind::Text, .text = value}; }

/// A table, its model, and what is read of it again.
class Reselected {
public:
    Reselected(Database& database, Settings options)
        : database_(database),
          connection_(connection_settings(database_.connector(), [](const std::string&) {}), "test") {
        options["post.processors"] = "r";
        options["r.type"] = "io.debezium.processors.reselect.ReselectColumnsPostProcessor";
        processors_ = reselect_configs(options);
        load_types(connection_, types_);
        run("DROP TABLE IF EXISTS t");
        run("CREATE TABLE t(a int, b text, big text, note text, c int, PRIMARY KEY (a, b))");
        run(R"(INSERT INTO t VALUES (1, 'x''y', 'BIG\', 'N', 5), (2, 'x', NULL, 'two', 5))");
    }

    void run(const std::string& sql) { database_.run(sql); }
    Connection& connection() { return connection_; }
    std::string log() const { return log_->all(); }
    const std::vector<std::string> primary_key = {"a", "b"};
    std::vector<std::string> record_key = {"a", "b"};

    /// The row with what was read: "1|x'y|BIG|-|5", "-" for null, "?" for what is still unavailable.
    std::string complete(const std::vector<Column>& row, const std::vector<Column>& old_row = {}) {
        return complete_by(primary_key, row, old_row);
    }
    std::string complete_by(const std::vector<std::string>& key, const std::vector<Column>& row,
                            const std::vector<Column>& old_row = {}) {
        const TableModel table({.schema = "public", .table = "t"}, columns, record_key,
                               {.config = config_, .naming = naming_, .types = types_, .logger = logger_});
        Arena arena(256);
        std::string shown;
        for (const auto& column :
             Reselection(processors_, connection_, [] {}, logger_).complete(table, key, row, old_row, arena)) {
            if (!shown.empty()) shown += "|";
            shown += column.kind == Column::Kind::Null             ? "-"
                     : column.kind == Column::Kind::UnchangedToast ? "?"
                                                                   : std::string(column.text);
        }
        return shown;
    }

private:
    static constexpr Oid int4 = 23;
    static constexpr Oid text_type = 25;
    const std::vector<RowColumn> columns = {{.name = "a", .type = int4, .nullable = false},
                                            {.name = "b", .type = text_type, .nullable = false},
                                            {.name = "big", .type = text_type},
                                            {.name = "note", .type = text_type},
                                            {.name = "c", .type = int4}};
    Database& database_;
    Connection connection_;
    std::vector<ReselectConfig> processors_;
    const SourceConfig config_{.topics = {.prefix = "p"}};
    const TopicNaming naming_{config_.topics};
    TypeRegistry types_;
    const std::shared_ptr<LogLines> log_ = std::make_shared<LogLines>();
    const Logger logger_{log_, "test"};
};

const std::vector<Column> lacking_three = {text("1"), text("x'y"), unavailable, null, null};

}

TEST_CASE("all columns that lack a value are read again, by a key of several columns", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    Reselected row(database, {});
    CHECK(row.complete(lacking_three) == R"(1|x'y|BIG\|N|5)");
    CHECK(row.complete({text("2"), text("x"), unavailable, text("kept"), null}) == "2|x|-|kept|5");
    CHECK(row.log().empty());
}

TEST_CASE("a value that the old row has is not read again", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    Reselected row(database, {{"r.reselect.null.values", "false"}});
    row.run("UPDATE t SET big = 'changed since'");
    CHECK(row.complete(lacking_three, {text("1"), text("x'y"), text("old"), null, null}) == "1|x'y|?|-|-");
    CHECK(row.complete(lacking_three) == "1|x'y|changed since|-|-");
}

TEST_CASE("the settings say which columns are read again", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    struct Case {
        Settings options;
        const char* expected;
    };
    const std::vector<Case> cases = {{{{"r.reselect.columns.include.list", "public.t:(note|c)"}}, "1|x'y|?|N|5"},
                                     {{{"r.reselect.columns.exclude.list", "public.t:note"}}, R"(1|x'y|BIG\|-|5)"},
                                     {{{"r.reselect.columns.include.list", "public.other:.*"}}, "1|x'y|?|-|-"},
                                     {{{"r.reselect.unavailable.values", "false"}}, "1|x'y|?|N|5"},
                                     {{{"r.reselect.null.values", "false"}}, R"(1|x'y|BIG\|-|-)"}};
    for (const auto& [options, expected] : cases) {
        CAPTURE(options.begin()->first);
        Reselected row(database, options);
        CHECK(row.complete(lacking_three) == expected);
    }
}

TEST_CASE("the key of the record finds the row where the settings say so", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    for (const bool by_record_key : {true, false}) {
        CAPTURE(by_record_key);
        Reselected row(database, {{"r.reselect.use.event.key", by_record_key ? "true" : "false"}});
        row.record_key = {"note"};
        CHECK(row.complete({text("1"), text("x'y"), unavailable, text("two"), text("5")}) ==
              (by_record_key ? "1|x'y|-|two|5" : R"(1|x'y|BIG\|two|5)"));
    }
}

TEST_CASE("a row that is gone meanwhile stays as it came, and the log says so", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    for (const auto* mode : {"warn", "fail"}) {
        CAPTURE(mode);
        Reselected row(database, {{"r.reselect.error.handling.mode", mode}});
        row.run("DELETE FROM t WHERE a = 1");
        CHECK(row.complete(lacking_three) == "1|x'y|?|-|-");
        CHECK(row.log() == "Failed to find row in table public.t with key 1, x'y.\n");
    }
}

TEST_CASE("a row without a key stays as it came, and the log says so", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    const std::vector<std::vector<std::string>> keys = {{}, {"a", "note"}, {"a", "unknown"}};
    for (const auto& key : keys) {
        CAPTURE(key);
        Reselected row(database, {});
        CHECK(row.complete_by(key, lacking_three) == "1|x'y|?|-|-");
        CHECK_THAT(row.log(), Catch::Contains("cannot be read again: the row has no key"));
    }
}

TEST_CASE("a statement that fails is told, or fails the task, as the settings say", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    constexpr const char* text_of_failure = R"(Failed to re-select columns "big", "note", "c" of table public.t: )";
    for (const bool fails : {true, false}) {
        CAPTURE(fails);
        Reselected row(database, {{"r.reselect.error.handling.mode", fails ? "fail" : "warn"}});
        row.run("ALTER TABLE t DROP COLUMN big");
        if (fails) {
            CHECK_THROWS_WITH(row.complete(lacking_three), Catch::StartsWith(text_of_failure));
            CHECK_THROWS_AS(row.complete(lacking_three), ConnectException);
        } else {
            CHECK(row.complete(lacking_three) == "1|x'y|?|-|-");
            CHECK_THAT(row.log(), Catch::StartsWith(text_of_failure));
        }
        row.run("ALTER TABLE t ADD COLUMN big text DEFAULT 'again'");
        CHECK(row.complete(lacking_three) == "1|x'y|again|N|5");
    }
}

TEST_CASE("a lost connection is no failed statement: the row comes again with the next one", "[postgres]") {
    const auto server = test_server();
    if (!server) return;
    Database database(*server, "millrace_reselect");
    for (const auto* mode : {"warn", "fail"}) {
        CAPTURE(mode);
        Reselected row(database, {{"r.reselect.error.handling.mode", mode}});
        const auto process = row.connection().query("SELECT pg_backend_pid()").text(0, 0);
        row.run("SELECT pg_terminate_backend(" + std::string(process) + ")");
        CHECK_THROWS_AS(row.complete(lacking_three), DatabaseError);
        CHECK(row.log().empty());
    }
}
