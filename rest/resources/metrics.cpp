#include "cluster/async/await_callback.hpp"
#include "rest/resources/services.hpp"
#include "worker/config/worker_config.hpp"
#include "worker/metrics/page.hpp"
#include "worker/runtime/plugin_thread.hpp"

#include <array>

namespace millrace::rest {

namespace {

using worker::MetricsPage;

void collect_server(MetricsPage& page, const ServerStats& stats) {
    using namespace worker::own_metrics;
    for (const auto& [what, count] : stats.requests) {
        const auto status = std::to_string(what.second);
        const MetricLabel labels[] = {{"method", what.first}, {"status", status}};
        page.write(requests, static_cast<double>(count), labels);
    }
    page.write(request_seconds, stats.busy.count(), {});
    page.write(connections, static_cast<double>(stats.connections), {});
}

/// The control thread gives what is its own; the many series of connectors and tasks, and the text, are made elsewhere,
/// so that no other request waits for them. One page at a time.
asio::awaitable<Response> metrics(Call call) {
    const auto& services = call.services;
    const bool jmx = services.config.values.get_string("millrace.metrics.names") == "jmx";
    const auto page = std::make_shared<MetricsPage>(jmx ? worker::MetricNames::Jmx : worker::MetricNames::Strimzi);
    services.herder.collect_metrics(*page);
    collect_server(*page, services.server_stats());
    using Done = std::function<void(std::exception_ptr, std::string)>;
    const std::function<void(Done)> begin = [page, thread = services.metrics_thread,
                                             collect = services.collect_metrics](Done done) {
        thread->post([page, collect, done = std::move(done)] {
            try {
                if (collect) collect(*page);
                page->count_metrics();
                done(nullptr, page->text());
            } catch (const std::exception&) {
                done(std::current_exception(), {});
            }
        });
    };
    Response response{.status = 200};
    response.body = co_await cluster::await_callback<std::string>(begin);
    response.headers.add("Content-Type", std::string(MetricsPage::content_type));
    co_return response;
}

constexpr std::array routes{Route{"GET", "/metrics", Body::Any, Place::Local, metrics, "text/plain"}};

}

std::span<const Route> metrics_routes() noexcept { return routes; }

}
