#include "connectors/postgres/source/gathering.hpp"

namespace millrace::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds rate_window{10};
constexpr int many_frames = 100;
constexpr int very_many_frames = 500;

milliseconds pause_at(int frames) {
    if (frames >= very_many_frames) return milliseconds{4};
    return milliseconds{frames >= many_frames ? 1 : 0};
}

}

void Gathering::count(int frames, Clock::time_point now) {
    frames_ += frames;
    if (now - window_start_ < rate_window) return;
    pause_ = pause_at(frames_);
    frames_ = 0;
    window_start_ = now;
}

}
