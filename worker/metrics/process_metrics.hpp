/// The worker's own process, from /proc.
#pragma once
#include "worker/metrics/page.hpp"

namespace millrace::worker {

/// One `app-info`, of a client named so: version and commit-id as GET / has them, and since when the process runs.
struct AppInfo {
    std::string_view client_id;
    std::string_view version;
    std::string_view commit_id;
};
void collect_app_info(MetricsPage& page, const AppInfo& info);

/// Leaves out what the system does not tell.
void collect_process(MetricsPage& page);

}
