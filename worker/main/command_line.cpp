#include "worker/main/command_line.hpp"

#include "worker/main/version.hpp"

#include <CLI/CLI.hpp>

namespace millrace::worker {

std::optional<CommandLine> parse_command_line(int argc, char** argv, const CommandLineForm& form, int& status) {
    CommandLine line;
    CLI::App app{form.usage};
    app.add_option("worker.properties", line.file, "The worker's settings")->required();
    if (form.connectors) app.add_option("connectors", line.connectors, "Files of connectors, properties or JSON");
    app.add_option("--override", line.overrides, "A setting that replaces the file's: key=value")
        ->take_all()
        ->expected(1);
    app.set_version_flag("--version", "Millrace " MILLRACE_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        status = app.exit(e) == 0 ? (e.get_name() == "CallForVersion" ? 0 : 1) : 1;
        return std::nullopt;
    }
    return line;
}

}
