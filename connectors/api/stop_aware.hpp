/// What a converter or a source task is besides, if it may wait for something outside.
#pragma once
#include <stop_token>

namespace millrace {

class StopAware {
public:
    StopAware() = default;
    StopAware(const StopAware&) = delete;
    StopAware& operator=(const StopAware&) = delete;
    virtual ~StopAware() = default;
    /// A task's token, for a converter after configure(), for a task before start(): once its stop is requested, no
    /// call waits any longer. A converter that is waiting then throws RetriableException, start() returns.
    virtual void use_stop(const std::stop_token& stop) = 0;
};

}
