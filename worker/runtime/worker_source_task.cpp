#include "worker/runtime/worker_source_task.hpp"

#include "worker/runtime/source_session.hpp"
#include "worker/runtime/trace.hpp"

#include <thread>
#include <utility>

namespace millrace::worker {

namespace {
/// While paused, acknowledgements and offsets are looked after this often.
constexpr std::chrono::milliseconds paused_wait{500};
}

WorkerSourceTask::WorkerSourceTask(Parts parts) : parts_(std::move(parts)), target_(parts_.target) {}

void WorkerSourceTask::start() {
    // Detached, because a plugin that hangs cannot be joined; whoever has to wait for the end uses when_ended().
    std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void WorkerSourceTask::set_target(TargetState target) {
    const std::lock_guard lock(mutex_);
    target_ = target;
    changed_.notify_all();
}

void WorkerSourceTask::request_stop() { stop_.request_stop(); }

void WorkerSourceTask::cancel() {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
}

bool WorkerSourceTask::cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
}

bool WorkerSourceTask::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void WorkerSourceTask::when_ended(std::function<void()> callback) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) {
            callbacks_.push_back(std::move(callback));
            return;
        }
    }
    callback();
}

void WorkerSourceTask::report(StatusListener::Status status) {
    const std::lock_guard lock(mutex_);
    if (!cancelled_) parts_.listener.on_task_status(parts_.id, std::move(status));
}

/// Reports PAUSED and waits for the end of the pause; false if the task is to stop.
bool WorkerSourceTask::wait_while_paused(Session& session) {
    const auto paused = [this] { return target_ != TargetState::Started; };
    {
        const std::lock_guard lock(mutex_);
        if (!paused()) return !stop_.stop_requested();
    }
    report({.state = State::Paused, .version = version_});
    for (;;) {
        session.tend();
        std::unique_lock lock(mutex_);
        const bool over = changed_.wait_for(lock, stop_.get_token(), paused_wait, [&] { return !paused(); });
        if (stop_.stop_requested()) return false;
        if (over) return true;
    }
}

void WorkerSourceTask::run_session(Session& session) {
    if (!wait_while_paused(session)) return;
    session.start();
    report({.state = State::Running, .version = version_});
    while (!stop_.stop_requested()) {
        session.poll_and_send();
        bool pause = false;
        {
            const std::lock_guard lock(mutex_);
            pause = target_ != TargetState::Started;
        }
        if (pause && wait_while_paused(session)) report({.state = State::Running, .version = version_});
    }
}

void WorkerSourceTask::run() noexcept {
    const auto logger = parts_.logger.named("org.apache.kafka.connect.runtime.WorkerTask");
    const auto name = to_string(parts_.id);
    std::exception_ptr error;
    std::unique_ptr<Session> session;
    try {
        session = std::make_unique<Session>(*this);
        run_session(*session);
    } catch (...) {
        error = std::current_exception();
    }
    // What a task that is told to stop still complains of, such as offsets that cannot be read, is no failure.
    const bool failed = error && !stop_.stop_requested();
    if (failed) {
        logger.error(
            "WorkerSourceTask{{id={}}} Task threw an uncaught and unrecoverable exception. Task is being killed "
            "and will not recover until manually restarted. {}",
            name, trace_of(error));
    } else if (error) {
        logger.info("WorkerSourceTask{{id={}}} Stopped while it could not go on: {}", name, trace_of(error));
    }
    if (session) {
        session->finish();
        session->stop();
        session.reset();
    }
    if (failed) {
        report({.state = State::Failed, .trace = trace_of(error), .version = version_});
    } else {
        report({.state = State::Unassigned});
    }
    std::vector<std::function<void()>> callbacks;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        callbacks = std::exchange(callbacks_, {});
    }
    for (const auto& callback : callbacks) callback();
}

}
