#include "worker/runtime/worker_task.hpp"

#include "connectors/support/text.hpp"
#include "worker/runtime/heap.hpp"
#include "worker/runtime/task_session.hpp"
#include "worker/runtime/trace.hpp"

#include <thread>
#include <utility>

namespace millrace::worker {

WorkerTask::WorkerTask(Parts parts)
    : parts_(std::move(parts)),
      metrics_(parts_.id.connector, parts_.id.task,
               {.window = parts_.config->metrics_window, .samples = parts_.config->metrics_samples}),
      target_(parts_.target) {}

void WorkerTask::start() {
    // Detached, because a plugin that hangs cannot be joined; whoever has to wait for the end uses when_ended().
    std::thread([self = shared_from_this()] { self->run(); }).detach();
}

void WorkerTask::set_target(TargetState target) {
    const std::lock_guard lock(mutex_);
    target_ = target;
    changed_.notify_all();
}

void WorkerTask::request_stop() { stop_.request_stop(); }

void WorkerTask::cancel() {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
}

bool WorkerTask::cancelled() const {
    const std::lock_guard lock(mutex_);
    return cancelled_;
}

bool WorkerTask::pause_wanted() const {
    const std::lock_guard lock(mutex_);
    return target_ != TargetState::Started;
}

bool WorkerTask::ended() const {
    const std::lock_guard lock(mutex_);
    return ended_;
}

void WorkerTask::when_ended(std::function<void()> callback) {
    {
        const std::lock_guard lock(mutex_);
        if (!ended_) {
            callbacks_.push_back(std::move(callback));
            return;
        }
    }
    callback();
}

bool WorkerTask::wait(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    // Nothing but the stop token ends this wait before its time.
    changed_.wait_for(lock, stop_.get_token(), time, [] { return false; });
    return !stop_.stop_requested();
}

void WorkerTask::wait_while_paused(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop_.get_token(), time, [this] { return target_ == TargetState::Started; });
}

void WorkerTask::report(State state) { report({.state = state, .version = version_}); }

void WorkerTask::report(StatusListener::Status status) {
    status.trace = parts_.transformer->hide(std::move(status.trace));
    metrics_.status(lower_case(to_string(status.state)));
    const std::lock_guard lock(mutex_);
    if (!cancelled_) parts_.listener.on_task_status(parts_.id, std::move(status));
}

bool WorkerTask::ask(const ProducerGate::Step& step, std::function<void(std::exception_ptr)> done) {
    const std::lock_guard lock(mutex_);
    if (!cancelled_) step(std::move(done));
    return !cancelled_;
}

void WorkerTask::report_topic(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    if (!cancelled_) parts_.listener.on_topic_used(parts_.id, topic);
}

void WorkerTask::run_session(TaskSession& session) {
    if (pause_wanted()) report(State::Paused);
    while (pause_wanted() && !stop_requested()) wait_while_paused(std::chrono::hours(1));
    if (stop_requested()) return;
    session.start();
    started_ = true;
    parts_.starts->task_start(true);
    report(State::Running);
    for (bool paused = false; !stop_requested();) {
        if (pause_wanted() != paused) {
            paused = !paused;
            paused ? session.pause() : session.resume();
            report(paused ? State::Paused : State::Running);
        }
        paused ? session.paused_round() : session.round();
    }
}

void WorkerTask::run() noexcept {
    std::exception_ptr error;
    std::unique_ptr<TaskSession> session;
    try {
        session = make_task_session(*this);
        version_ = session->version();
        run_session(*session);
    } catch (const StopRequested&) {  // NOLINT(bugprone-empty-catch): the end that was asked for
    } catch (...) {
        error = std::current_exception();
    }
    // What a task that is told to stop still complains of is no failure.
    const bool failed = error && !stop_requested();
    if (error) {
        const auto logger = parts_.logger.named("org.apache.kafka.connect.runtime.WorkerTask");
        if (failed) {
            logger.error(
                "WorkerTask{{id={}}} Task threw an uncaught and unrecoverable exception. Task is being killed and will "
                "not recover until manually restarted. {}",
                to_string(parts_.id), trace_of(error));
        } else {
            logger.info("WorkerTask{{id={}}} Stopped while it could not go on: {}", to_string(parts_.id),
                        trace_of(error));
        }
    }
    if (failed && !started_) parts_.starts->task_start(false);
    metrics_.plugin_metrics({});
    if (session) {
        session->finish();
        session->stop();
        session.reset();
    }
    if (failed) {
        report(
            {.state = State::Failed, .trace = trace_of(error), .version = version_, .permanent = is_permanent(error)});
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
    // What the task's threads freed stays with the process otherwise, more with every task that comes and goes.
    give_back_free_memory();
}

}
