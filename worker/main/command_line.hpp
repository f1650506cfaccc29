/// The command lines of the programs.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

struct CommandLine {
    std::string file;                     ///< the worker's properties
    std::vector<std::string> overrides;   ///< "key=value"
    std::vector<std::string> connectors;  ///< files
};
struct CommandLineForm {
    std::string usage;
    bool connectors = false;  ///< files of connectors may follow
};
/// None when the program ends with `status`.
std::optional<CommandLine> parse_command_line(int argc, char** argv, const CommandLineForm& form, int& status);

}
