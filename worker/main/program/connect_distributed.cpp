#include "worker/main/distributed_program.hpp"

int main(int argc, char** argv) { return millrace::worker::run_connect_distributed(argc, argv); }
