#include "worker/main/command_line.hpp"

#include "worker/main/version.hpp"

#include <CLI/CLI.hpp>

namespace millrace::worker {

std::optional<CommandLine> parse_command_line(int argc, char** argv, const CommandLineForm& form, int& status) {
    CommandLine line;
    CLI::App app{form.usage};
    auto* file = app.add_option("worker.properties", line.file, "The worker's settings");
    if (form.connectors) app.add_option("connectors", line.connectors, "Files of connectors, properties or JSON");
    app.add_option("--override", line.overrides, "A setting that replaces the file's: key=value")
        ->take_all()
        ->expected(1);
    std::string style;
    auto* environment = form.environment
                            ? app.add_flag("--from-environment{auto}", style,
                                           "Settings come from environment variables as users of debezium/connect and "
                                           "cp-kafka-connect have them, on top of the file, if there is one; "
                                           "--from-environment=debezium or confluent says which")
                            : nullptr;
    app.add_flag("--check-health", line.check_health, "Ask the worker that runs with these settings: 0 if it is ready");
    if (form.environment) {
        app.add_option("--check-source", line.check_source,
                       "A connector's file: say what its database lacks, and how to mend it; 0 if nothing");
    }
    app.set_version_flag("--version", "Millrace " MILLRACE_VERSION);
    try {
        app.parse(argc, argv);
        if (environment != nullptr && environment->count() > 0) line.environment = style;
        const bool needs_file = !line.environment && line.check_source.empty();
        if (needs_file && file->count() == 0) throw CLI::RequiredError(form.usage);
    } catch (const CLI::ParseError& e) {
        status = app.exit(e) == 0 ? (e.get_name() == "CallForVersion" ? 0 : 1) : 1;
        return std::nullopt;
    }
    return line;
}

}
