#include "connectors/postgres/source/signal_channels.hpp"

#include "connectors/postgres/source/notifications.hpp"

#include <filesystem>
#include <fstream>

namespace millrace::postgres {

std::vector<Signal> SignalChannels::poll() {
    std::vector<Signal> signals;
    if (config_.file) read_file(signals);
    if (config_.kafka) read_topic(signals);
    return signals;
}

void SignalChannels::taken_over() noexcept {
    try {
        if (topic_) topic_->commit();
    } catch (const std::exception& e) {
        logger_.warn("Signals of the topic {} may come again after a restart: {}", config_.topic, e.what());
    }
}

void SignalChannels::add(std::string_view json, std::vector<Signal>& signals) const {
    if (trim(json).empty()) return;
    try {
        signals.push_back(parse_signal(json, random_uuid));
    } catch (const DataException& e) {
        logger_.warn("Skipped signal due to an error '{}': {}", json, e.what());
    }
}

/// Lines are taken out of the file, so that each is carried out once.
void SignalChannels::read_file(std::vector<Signal>& signals) {
    std::error_code error;
    if (std::filesystem::file_size(config_.file_name, error) == 0 || error) return;
    std::ifstream in(config_.file_name);
    for (std::string line; std::getline(in, line);) add(line, signals);
    std::filesystem::resize_file(config_.file_name, 0, error);
    if (error) logger_.warn("The signals in {} cannot be taken out of it: {}", config_.file_name, error.message());
}

void SignalChannels::read_topic(std::vector<Signal>& signals) {
    try {
        if (!topic_) topic_ = open_topic_(config_.topic, config_.consumer);
        for (const auto& message : topic_->poll(config_.kafka_poll_timeout)) {
            if (message.value && message.key == prefix_) add(*message.value, signals);
        }
    } catch (const ConnectException& e) {
        logger_.warn("Signals of the topic {} cannot be read: {}", config_.topic, e.what());
    }
}

}
