/// What a log answers to a call.
#pragma once
#include "cluster/storage/kafka_based_log.hpp"
#include "tests/pch.hpp"

#include <future>

namespace millrace::cluster {

/// Null: it succeeded. Waits up to a minute.
inline std::exception_ptr result_of(const std::function<void(KafkaBasedLog::Done)>& call) {
    const auto promise = std::make_shared<std::promise<std::exception_ptr>>();
    auto result = promise->get_future();
    call([promise](std::exception_ptr error) { promise->set_value(std::move(error)); });
    REQUIRE(result.wait_for(std::chrono::seconds(60)) == std::future_status::ready);
    return result.get();
}

inline bool is_given_up(const std::exception_ptr& error) {
    try {
        if (error) std::rethrow_exception(error);
    } catch (const GivenUpException&) {
        return true;
    } catch (const std::exception&) {
        return false;
    }
    return false;
}

}
