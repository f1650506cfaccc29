#include "cluster/storage/file_offset_store.hpp"

#include "cluster/storage/offset_records.hpp"
#include "tests/pch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace millrace;
using namespace millrace::cluster;

namespace {

struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("millrace-offsets-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path);
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string file() const { return (path / "offsets").string(); }
    std::filesystem::path path;
};

OffsetMap map_of(std::string_view json) { return *parse_offset_value(json); }

void store(FileOffsetStore& offsets, const std::string& connector, std::string_view partition,
           std::optional<std::string_view> offset) {
    FileOffsetStore::Entries entries;
    entries.emplace_back(map_of(partition), offset ? std::optional(map_of(*offset)) : std::nullopt);
    std::exception_ptr failure;
    offsets.write(connector, std::move(entries), [&](std::exception_ptr error) { failure = std::move(error); });
    if (failure) std::rethrow_exception(failure);
}

std::string stored(FileOffsetStore& offsets, const std::string& connector, std::string_view partition) {
    const auto found = offsets.read(connector, map_of(partition).entries());
    return found ? offset_value(found->entries()) : "";
}

void write_file(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

}

TEST_CASE("offsets outlive the worker", "[standalone]") {
    const Folder folder;
    {
        FileOffsetStore offsets(folder.file(), {});
        CHECK(stored(offsets, "c", R"({"file":"a"})").empty());
        store(offsets, "c", R"({"file":"a"})", R"({"position":1})");
        store(offsets, "c", R"({"file":"a"})", R"({"position":2})");
        store(offsets, "d", R"({"file":"a"})", R"({"position":3})");
        store(offsets, "d", R"({"file":"b"})", R"({"position":4})");
        store(offsets, "d", R"({"file":"b"})", std::nullopt);
    }
    FileOffsetStore offsets(folder.file(), {});
    CHECK(stored(offsets, "c", R"({"file":"a"})") == R"({"position":2})");
    CHECK(offsets.list("d").size() == 1);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("a link to the offsets file stays one", "[standalone]") {
    const Folder folder;
    const auto link = (folder.path / "link").string();
    write_file(folder.file(), "");
    std::filesystem::create_symlink(folder.file(), link);
    FileOffsetStore offsets(link, {});
    store(offsets, "c", R"({"file":"a"})", R"({"position":1})");
    CHECK(std::filesystem::is_symlink(link));
    FileOffsetStore again(folder.file(), {});
    CHECK(stored(again, "c", R"({"file":"a"})") == R"({"position":1})");
}

TEST_CASE("what is no offset stays in the file", "[standalone]") {
    const Folder folder;
    write_file(folder.file(),
               write_java_hash_map({{"not JSON", "neither"}, {R"(["c",{"file":"a"}])", R"({"position":7})"}}));
    {
        FileOffsetStore offsets(folder.file(), {});
        CHECK(stored(offsets, "c", R"({"file":"a"})") == R"({"position":7})");
        store(offsets, "c", R"({"file":"a"})", R"({"position":8})");
    }
    std::ifstream in(folder.file(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    CHECK(parse_java_hash_map(bytes) ==
          JavaEntries{{"not JSON", "neither"}, {R"(["c",{"file":"a"}])", R"({"position":8})"}});
}

TEST_CASE("files that hold no offsets are refused, with the way out", "[standalone]") {
    const Folder folder;
    write_file(folder.file(), "hello");
    CHECK_THROWS_WITH(FileOffsetStore(folder.file(), {}), Catch::Contains("holds no offsets of a standalone worker"));
    CHECK_THROWS_AS(FileOffsetStore(folder.path.string(), {}), ConfigException);
}

TEST_CASE("a file that cannot be written tells who wanted to store", "[standalone]") {
    FileOffsetStore offsets("/nonexistent/folder/offsets", {});
    CHECK_THROWS_WITH(store(offsets, "c", R"({"file":"a"})", R"({"position":1})"), Catch::Contains("cannot be made"));
}
