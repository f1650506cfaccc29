/// Lets one coroutine at a time go through a stretch that awaits. Belongs to one executor thread.
#pragma once
#include "cluster/async/event.hpp"

#include <boost/asio/awaitable.hpp>

#include <utility>

namespace millrace::cluster {

class Turn {
public:
    explicit Turn(asio::any_io_executor executor) : free_(std::move(executor)) { free_.set(); }

    /// Ends the turn when it is destroyed.
    class Held {
    public:
        explicit Held(Turn& turn) : turn_(&turn) {}
        Held(Held&& other) noexcept : turn_(std::exchange(other.turn_, nullptr)) {}
        Held& operator=(Held&&) = delete;
        ~Held() {
            if (turn_) turn_->free_.set();
        }

    private:
        Turn* turn_;
    };
    asio::awaitable<Held> take() {
        while (!free_.is_set()) co_await free_.wait();
        free_.clear();
        co_return Held(*this);
    }

private:
    Event free_;
};

}
