// Gives libFuzzer the seeds as the directory it wants, and its findings a place among the test's
// outputs.
#include "tools/fuzz/seeds.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace linuxkit {
namespace {

// libFuzzer adds to the directory, so each run has a fresh one.
std::string WriteSeeds() {
  const char* parent = std::getenv("TEST_TMPDIR");
  std::string directory = std::string(parent == nullptr ? "/tmp" : parent) + "/fuzz-XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) {
    std::perror(directory.c_str());
    std::exit(1);
  }
  int number = 0;
  for (const std::string& seed : FuzzSeeds()) {
    std::ofstream(directory + "/seed" + std::to_string(number++), std::ios::binary) << seed;
  }
  return directory;
}

std::vector<std::string> Complete(std::vector<std::string> arguments) {
  const bool has_input = std::any_of(arguments.begin() + 1, arguments.end(),
                                     [](const auto& word) { return !word.starts_with("-"); });
  if (!has_input) arguments.push_back(WriteSeeds());
  if (const char* outputs = std::getenv("TEST_UNDECLARED_OUTPUTS_DIR")) {
    arguments.push_back(std::string("-artifact_prefix=") + outputs + "/");
  }
  return arguments;
}

}  // namespace
}  // namespace linuxkit

// libFuzzer calls this before it looks at the arguments, and keeps what it is given here.
extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  static std::vector<std::string> arguments =
      linuxkit::Complete(std::vector<std::string>(*argv, *argv + *argc));
  static std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  *argc = static_cast<int>(arguments.size());
  *argv = pointers.data();
  return 0;
}
