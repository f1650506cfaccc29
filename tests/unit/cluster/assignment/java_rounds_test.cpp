// The same rounds as Java's assignor had, with the same results; what is assigned in the same order too.
#include "cluster/assignment/cooperative_assignor.hpp"
#include "tests/pch.hpp"

#include <fstream>
#include <sstream>

using namespace millrace::cluster;

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream stream(text);
    for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
    return parts;
}

std::string part(const std::vector<std::string>& parts, std::size_t index) {
    return index < parts.size() ? parts[index] : "";
}

Work work(const std::string& connectors, const std::string& tasks) {
    Work work{.connectors = split(connectors, ',')};
    for (const auto& task : split(tasks, ',')) {
        const auto dash = task.rfind('-');
        work.tasks.push_back({task.substr(0, dash), std::stoi(task.substr(dash + 1))});
    }
    return work;
}

/// What is revoked has no order in Java: it comes out of a hash set, and nothing depends on it.
Work sorted(Work work) {
    std::sort(work.connectors.begin(), work.connectors.end());
    std::sort(work.tasks.begin(), work.tasks.end());
    return work;
}

CooperativeAssignor::Round round_of(const std::vector<std::string>& fields) {
    CooperativeAssignor::Round round;
    std::istringstream numbers(fields.at(0).substr(2));
    std::int64_t now = 0;
    numbers >> now >> round.last_generation >> round.generation;
    round.now = std::chrono::milliseconds{now};
    for (const auto& entry : split(fields.at(1), ',')) {
        const auto parts = split(entry, ':');
        round.configured.connectors.push_back(parts.at(0));
        for (int task = 0; task < std::stoi(parts.at(1)); ++task) round.configured.tasks.push_back({parts.at(0), task});
    }
    for (std::size_t i = 2; i < fields.size(); ++i) {
        const auto parts = split(fields[i], '=');
        const auto owned = split(part(parts, 1), ';');
        round.members.push_back({parts.at(0), work(part(owned, 0), part(owned, 1))});
    }
    return round;
}

}

TEST_CASE("the cooperative assignor decides as Java's does", "[assignment]") {
    std::ifstream file("tests/unit/cluster/assignment/java_rounds.txt");
    REQUIRE(file);
    std::optional<CooperativeAssignor> assignor;
    CooperativeAssignor::Plan plan;
    int rounds = 0;
    int line_number = 0;
    for (std::string line; std::getline(file, line);) {
        ++line_number;
        CAPTURE(line_number, line);
        const auto fields = split(line, '|');
        if (line[0] == 'G') assignor.emplace(std::chrono::milliseconds{std::stoll(line.substr(2))});
        if (line[0] == 'R') plan = assignor.value().plan(round_of(fields));
        if (line[0] != '=') continue;
        ++rounds;
        REQUIRE(plan.delay.count() == std::stoll(fields.at(0).substr(2)));
        REQUIRE(plan.members.size() == fields.size() - 1);
        for (std::size_t i = 0; i < plan.members.size(); ++i) {
            const auto parts = split(fields[i + 1], '=');
            const auto lists = split(part(parts, 1), ';');
            REQUIRE(plan.members[i].id == parts.at(0));
            REQUIRE(plan.members[i].assigned == work(part(lists, 0), part(lists, 1)));
            REQUIRE(sorted(plan.members[i].revoked) == sorted(work(part(lists, 2), part(lists, 3))));
        }
    }
    CHECK(rounds >= 1000);
}
