#include "worker/main/standalone_program.hpp"

int main(int argc, char** argv) { return millrace::worker::run_connect_standalone(argc, argv); }
