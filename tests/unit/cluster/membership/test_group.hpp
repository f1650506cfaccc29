/// A herder small enough for tests: knows a configuration, runs what it is given, and keeps a diary of it.
#pragma once
#include "cluster/membership/group_member.hpp"
#include "tests/unit/cluster/async/run.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::cluster {

class DiarySink : public LogSink {
public:
    bool enabled(LogLevel, std::string_view) const noexcept override { return true; }
    void write(LogLevel, std::string_view, std::string_view context, std::string_view line) noexcept override {
        lines.push_back(std::string(context) + std::string(line));
    }
    bool has(std::string_view part) const {
        return std::any_of(lines.begin(), lines.end(),
                           [&](const std::string& line) { return line.find(part) != std::string::npos; });
    }
    std::vector<std::string> lines;
};

class TestHerder : public MemberListener {
public:
    TestHerder(asio::io_context& context, GroupSettings group_settings, ConfigView initial)
        : settings(std::move(group_settings)),
          view(std::move(initial)),
          member(context.get_executor(), settings, *this, Logger(diary, "test", settings.client_id + " "),
                 [] {
                     return std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::system_clock::now().time_since_epoch());
                 }),
          running(context, member.run()) {}

    ConfigView config_view() override { return view; }
    asio::awaitable<void> on_revoked(Work work) override {
        ++revocations;
        if (hold) co_await hold->wait();
        std::erase_if(runs.connectors, [&](const auto& c) {
            return std::find(work.connectors.begin(), work.connectors.end(), c) != work.connectors.end();
        });
        std::erase_if(runs.tasks, [&](const auto& t) {
            return std::find(work.tasks.begin(), work.tasks.end(), t) != work.tasks.end();
        });
        co_return;
    }
    void on_assigned(const Assignment& assignment, int generation) override {
        ++rounds;
        last_assignment = assignment;
        last_generation = generation;
        if (assignment.failed()) {
            view.offset = std::max(view.offset, assignment.config_offset);
            member.request_rejoin("the config topic was read further");
            return;
        }
        runs = assignment.assigned;
        if (!assignment.revoked.empty()) member.request_rejoin("revoked work has stopped");
    }
    void on_session(Event::Clock::time_point until) override { member_until = until; }
    asio::awaitable<void> on_work_lost() override {
        ++losses;
        runs = {};
        co_return;
    }

    GroupSettings settings;
    ConfigView view;
    std::shared_ptr<DiarySink> diary = std::make_shared<DiarySink>();
    std::optional<Event> hold;  ///< revoked work does not stop before it is set
    Work runs;
    int rounds = 0;
    int revocations = 0;
    int losses = 0;
    Event::Clock::time_point member_until = {};
    int last_generation = -1;
    Assignment last_assignment;
    GroupMember member;
    Running running;  ///< last: ends first
};

}
