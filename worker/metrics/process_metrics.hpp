/// The worker's own process, from /proc.
#pragma once
#include "worker/metrics/page.hpp"

namespace millrace::worker {

/// Leaves out what the system does not tell.
void collect_process(MetricsPage& page);

}
