#include "tests/perf/measure.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace linuxkit {

std::map<std::string, std::string> ToolFlags(Args& args) {
  std::map<std::string, std::string> tools;
  for (const std::string& word : args.All("tool")) {
    tools.insert(
        std::pair<std::string, std::string>(absl::StrSplit(word, absl::MaxSplits('=', 1))));
  }
  return tools;
}

absl::StatusOr<std::unique_ptr<ScratchDirectory>> ScratchDirectory::Create(std::string_view name) {
  const char* parent = std::getenv("TEST_TMPDIR");
  std::string path = absl::StrCat(parent == nullptr ? "/tmp" : parent, "/", name, "-XXXXXX");
  if (mkdtemp(path.data()) == nullptr) {
    return absl::PermissionDeniedError(absl::StrCat("cannot make ", path));
  }
  return std::unique_ptr<ScratchDirectory>(new ScratchDirectory(std::move(path)));
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void PrintHead(std::string_view subject) {
  std::printf("%-24.*s %10s %10s %7s %9s %13s\n", static_cast<int>(subject.size()), subject.data(),
              "ours", "limit", "ratio", "CPU ratio", "peak RSS");
  std::fflush(stdout);
}

void PrintRow(std::string_view name, const Cost& ours, const Cost& limit) {
  std::printf("%-24.*s %8.2f s %8.2f s %7.2f %9.2f %9.1f MiB\n", static_cast<int>(name.size()),
              name.data(), ours.seconds, limit.seconds, ours.seconds / limit.seconds,
              ours.cpu_seconds / limit.cpu_seconds, static_cast<double>(ours.rss_kib) / 1024);
  std::fflush(stdout);
}

}  // namespace linuxkit
