#include "connectors/postgres/source/signal_channels.hpp"

#include "connectors/postgres/source/notifications.hpp"

#include <filesystem>
#include <fstream>
#include <utility>

namespace millrace::postgres {

std::vector<Signal> SignalChannels::poll() {
    std::vector<Signal> signals;
    if (config_.file) read_file(signals);
    if (config_.kafka) read_topic(signals);
    if (!signals.empty()) ++number_;
    waiting_.insert(waiting_.end(), signals.begin(), signals.end());
    return signals;
}

void SignalChannels::stored(const OffsetState& offset) noexcept {
    if (!waits_for_offset() || (offset.signals != number_ && !is_behind(offset, *told_))) return;
    waiting_.clear();
    try {
        if (topic_) topic_->commit();
        if (config_.file) std::filesystem::remove(taken_);
    } catch (const std::exception& e) {
        logger_.warn("Signals that were carried out may come again after a restart: {}", e.what());
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

void SignalChannels::read_lines(const std::string& file, std::vector<Signal>& signals) const {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) add(line, signals);
}

/// Lines are taken out of the file at once, and kept in the one beside it until they are carried out for good.
void SignalChannels::read_file(std::vector<Signal>& signals) {
    if (!std::exchange(recovered_, true)) read_lines(taken_, signals);
    std::error_code error;
    if (std::filesystem::file_size(config_.file_name, error) == 0 || error) return;
    std::ifstream in(config_.file_name);
    std::ofstream taken(taken_, std::ios::app);
    for (std::string line; std::getline(in, line); taken << line << '\n') add(line, signals);
    taken.close();
    if (!taken)
        logger_.warn("The signals in {} are lost if the worker dies now: {} cannot be written", config_.file_name,
                     taken_);
    std::filesystem::resize_file(config_.file_name, 0, error);
    if (error) logger_.warn("The signals in {} cannot be taken out of it: {}", config_.file_name, error.message());
}

void SignalChannels::read_topic(std::vector<Signal>& signals) {
    try {
        if (!topic_) topic_ = open_topic_(config_.topic, config_.consumer);
        for (const auto& message : topic_->poll(std::chrono::milliseconds(0))) {
            if (message.value && message.key == prefix_) add(*message.value, signals);
        }
    } catch (const ConnectException& e) {
        logger_.warn("Signals of the topic {} cannot be read: {}", config_.topic, e.what());
    }
}

}
