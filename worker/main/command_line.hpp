/// The command lines of the programs.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace millrace::worker {

struct CommandLine {
    std::string file;                     ///< the worker's properties; may be empty where `environment` is given
    std::vector<std::string> overrides;   ///< "key=value"
    std::vector<std::string> connectors;  ///< files
    std::optional<std::string> environment = {};  ///< auto, debezium or confluent: whose variables are read
    bool check_health = false;                    ///< ask the running worker, and end
    std::string check_source = {};                ///< a connector's file: say what its server lacks, and end
};
struct CommandLineForm {
    std::string usage;
    bool connectors = false;   ///< files of connectors may follow
    bool environment = false;  ///< settings may come from the environment
};
/// None when the program ends with `status`.
std::optional<CommandLine> parse_command_line(int argc, char** argv, const CommandLineForm& form, int& status);

}
