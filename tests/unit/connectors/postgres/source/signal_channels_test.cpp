#include "connectors/postgres/source/signal_channels.hpp"

#include "connectors/postgres/source/notifications.hpp"
#include "tests/pch.hpp"

#include <filesystem>
#include <fstream>

using namespace millrace;
using namespace millrace::postgres;

namespace {

/// A topic whose group's position survives its readers.
struct Topic {
    std::vector<TopicMessage> messages = {};
    std::size_t committed = 0;
};

class Reader : public TopicReader {
public:
    explicit Reader(Topic& topic) : topic_(topic), at_(topic.committed) {}
    std::vector<TopicMessage> poll(std::chrono::milliseconds) override {
        std::vector<TopicMessage> more(topic_.messages.begin() + static_cast<std::ptrdiff_t>(at_),
                                       topic_.messages.end());
        at_ = topic_.messages.size();
        return more;
    }
    void commit() override { topic_.committed = at_; }

private:
    Topic& topic_;
    std::size_t at_;
};

TopicMessage log_signal(const std::string& id, const std::string& key = "p") {
    return {.key = key, .value = R"({"id":")" + id + R"(","type":"log","data":{"message":"m"}})"};
}

std::vector<std::string> ids(const std::vector<Signal>& signals) {
    std::vector<std::string> all;
    for (const auto& signal : signals) all.push_back(signal.id);
    return all;
}

using Ids = std::vector<std::string>;

SignalChannels channels_of(const SourceConfig& config, Topic& topic) {
    return SignalChannels(
        config, [&topic](const std::string&, const Settings&) { return std::make_unique<Reader>(topic); }, Logger());
}

}

TEST_CASE("a signal of a topic comes again until an offset with its effect is stored", "[postgres]") {
    Topic topic;
    const SourceConfig config{.topics = {.prefix = "p"}, .signals = {.source = false, .kafka = true}};
    topic.messages = {log_signal("one"), log_signal("other", "somebody"), log_signal("two")};
    {
        auto channels = channels_of(config, topic);
        CHECK(ids(channels.poll()) == Ids{"one", "two"});
        CHECK(ids(channels.waiting()) == Ids{"one", "two"});
    }
    auto channels = channels_of(config, topic);
    CHECK(ids(channels.poll()) == Ids{"one", "two"});
    CHECK(channels.untold());
    const OffsetState first{.processed = Lsn{100}, .committed = Lsn{100}, .signals = channels.number()};
    channels.told(first);
    topic.messages.push_back(log_signal("three"));
    CHECK(ids(channels.poll()) == Ids{"three"});
    CHECK(channels.untold());
    channels.stored(first);  // the last one is not in that offset
    CHECK(topic.committed == 0);
    auto second = first;
    second.signals = channels.number();
    channels.told(second);
    channels.stored({.processed = Lsn{100}, .committed = Lsn{100}});  // before it, or after it: who knows
    CHECK(topic.committed == 0);
    const bool itself = GENERATE(true, false);
    channels.stored(itself ? second : OffsetState{.processed = Lsn{110}, .committed = Lsn{100}});
    CHECK(topic.committed == 4);
    CHECK_FALSE(channels.waits_for_offset());
    CHECK(channels_of(config, topic).poll().empty());
}

TEST_CASE("a signal of a file leaves it at once, and comes again until an offset with its effect is stored",
          "[postgres]") {
    const auto folder = std::filesystem::temp_directory_path() / ("millrace-signals-" + random_uuid());
    std::filesystem::create_directory(folder);
    const auto file = folder / "signals.txt";
    Topic topic;
    const SourceConfig config{.topics = {.prefix = "p"},
                              .signals = {.source = false, .file = true, .file_name = file.string()}};
    const auto write = [&](const std::string& id) {
        std::ofstream(file, std::ios::app) << *log_signal(id).value << '\n';
    };
    write("one");
    CHECK(ids(channels_of(config, topic).poll()) == Ids{"one"});
    CHECK(std::filesystem::file_size(file) == 0);
    write("two");
    auto channels = channels_of(config, topic);
    CHECK(ids(channels.poll()) == Ids{"one", "two"});
    CHECK(channels.poll().empty());
    const OffsetState offset{.signals = channels.number()};
    channels.told(offset);
    channels.stored(offset);
    CHECK(channels_of(config, topic).poll().empty());
    std::filesystem::remove_all(folder);
}
