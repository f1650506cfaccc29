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

/// Nothing can be made in the folder while it lives, not even by root.
class Closed {
public:
    explicit Closed(const std::filesystem::path& folder) : folder_(folder) {
        std::filesystem::permissions(folder, std::filesystem::perms(0555));
        REQUIRE(::seteuid(::getuid() == 0 ? nobody : ::getuid()) == 0);
    }
    ~Closed() {
        CHECK(::seteuid(::getuid()) == 0);
        std::filesystem::permissions(folder_, std::filesystem::perms(0755));
    }
    Closed(const Closed&) = delete;
    Closed& operator=(const Closed&) = delete;

private:
    static constexpr uid_t nobody = 65534;
    std::filesystem::path folder_;
};

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
    CHECK_THROWS_WITH(store(offsets, "c", R"({"file":"a"})", R"({"position":1})"),
                      Catch::Contains("cannot be written: No such file or directory"));
}

TEST_CASE("a new offsets file may be read by whom the old one could be", "[standalone]") {
    const Folder folder;
    write_file(folder.file(), "");
    std::filesystem::permissions(folder.file(), std::filesystem::perms(0600));
    FileOffsetStore offsets(folder.file(), {});
    store(offsets, "c", R"({"file":"a"})", R"({"position":1})");
    CHECK(std::filesystem::status(folder.file()).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("an offsets file in a folder where nothing can be made is written in place", "[standalone]") {
    const Folder folder;
    FileOffsetStore before(folder.file(), {});
    store(before, "gone", R"({"file":"a"})", R"({"position":1000000})");
    std::filesystem::permissions(folder.file(), std::filesystem::perms(0666));
    {
        const Closed closed(folder.path);
        FileOffsetStore offsets(folder.file(), {});
        store(offsets, "gone", R"({"file":"a"})", std::nullopt);
        store(offsets, "c", R"({"file":"a"})", R"({"position":1})");
        CHECK_THROWS_WITH(store(*std::make_unique<FileOffsetStore>((folder.path / "other").string(), Logger()), "c",
                                R"({"file":"a"})", R"({"position":1})"),
                          Catch::Contains("cannot be written: Permission denied"));
    }
    FileOffsetStore offsets(folder.file(), {});
    CHECK(stored(offsets, "c", R"({"file":"a"})") == R"({"position":1})");
    CHECK(offsets.list("gone").empty());
}
