#include "worker/metrics/process_metrics.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace millrace::worker {

namespace {

/// Fields of /proc/self/stat, as proc(5) numbers them.
constexpr std::size_t first_field = 3;  ///< the one after the program's name
constexpr std::size_t field_threads = 20;
constexpr std::size_t field_start = 22;
constexpr std::size_t field_virtual = 23;
constexpr std::size_t field_resident = 24;

std::vector<double> stat_fields() {
    std::ifstream file("/proc/self/stat");
    const std::string text(std::istreambuf_iterator<char>(file), {});
    const auto name_end = text.rfind(')');  // the name may hold anything
    if (name_end == std::string::npos) return {};
    std::istringstream rest(text.substr(name_end + 1));
    std::vector<double> fields(first_field);
    std::string state;
    rest >> state;
    fields.push_back(0);
    for (double value = 0; rest >> value;) fields.push_back(value);
    return fields;
}

double boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string word; file >> word;) {
        if (double seconds = 0; word == "btime" && file >> seconds) return seconds;
    }
    return 0;
}

double start_time_of(const std::vector<double>& fields) {
    return boot_time() + fields[field_start] / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}

void collect_app_info(MetricsPage& page, const AppInfo& info) {
    constexpr std::string_view group = "app-info";
    constexpr double ms = 1000;
    const MetricLabel labels[] = {{"clientId", info.client_id}};
    page.connect_text(group, "version", info.version, labels);
    page.connect_text(group, "commit-id", info.commit_id, labels);
    const auto fields = stat_fields();
    if (fields.size() > field_start)
        page.connect(group, "start-time-ms", std::round(start_time_of(fields) * ms), labels);
}

void collect_process(MetricsPage& page) {
    using namespace own_metrics;
    const auto fields = stat_fields();
    if (fields.size() > field_resident) {
        page.write(threads, fields[field_threads], {});
        page.write(virtual_bytes, fields[field_virtual], {});
        page.write(resident_bytes, fields[field_resident] * static_cast<double>(::sysconf(_SC_PAGESIZE)), {});
        page.write(start_time, start_time_of(fields), {});
    }
    timespec used{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0) {
        page.write(cpu_seconds, static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9, {});
    }
    std::error_code error;
    const std::filesystem::directory_iterator files("/proc/self/fd", error);
    if (!error) page.write(open_files, static_cast<double>(std::distance(begin(files), end(files))), {});
    struct rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) page.write(most_files, static_cast<double>(limit.rlim_cur), {});
}

}
