#include "worker/runtime/topic_reader.hpp"

#include "worker/kafka/consumer.hpp"

#include <array>

namespace millrace::worker {
namespace {

class Reader final : public TopicReader {
public:
    Reader(const std::string& topic, const ClientConfig& config, const Logger& logger) : consumer_(config, logger) {
        const std::array first = {Consumer::Assignment{.partition = {topic, 0}, .offset = offset_committed}};
        consumer_.assign(first);
    }
    std::vector<TopicMessage> poll(std::chrono::milliseconds wait) override {
        std::vector<TopicMessage> messages;
        consumer_.poll(wait, [&](const ConsumerRecord& record) {
            const auto owned = [](std::optional<std::string_view> text) {
                return text ? std::optional<std::string>(*text) : std::nullopt;
            };
            messages.push_back({owned(record.key), owned(record.value)});
        });
        return messages;
    }
    void commit() override { consumer_.commit(); }

private:
    Consumer consumer_;
};

}

std::unique_ptr<TopicReader> make_topic_reader(const std::string& topic, const Settings& client, const Logger& logger) {
    const auto config = translate(ClientKind::Consumer, client);
    for (const auto& warning : config.warnings) logger.warn("{}", warning);
    return std::make_unique<Reader>(topic, config, logger);
}

}
