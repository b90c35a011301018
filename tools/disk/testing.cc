#include "tools/disk/testing.h"

#include <sys/wait.h>

#include <cstdio>
#include <fstream>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

constexpr size_t kHexdumpLine = 16;

std::string HexdumpLine(size_t offset, std::string_view line) {
  std::string hex;
  std::string text;
  for (size_t i = 0; i < kHexdumpLine; ++i) {
    if (i == kHexdumpLine / 2) hex.push_back(' ');
    if (i >= line.size()) {
      hex.append("   ");
      continue;
    }
    const auto byte = static_cast<unsigned char>(line[i]);
    absl::StrAppendFormat(&hex, " %02x", byte);
    text.push_back(absl::ascii_isprint(byte) ? line[i] : '.');
  }
  return absl::StrFormat("%08x %s  |%s|\n", offset, hex, text);
}

}  // namespace

std::string TestPath(std::string_view name) {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  // A test with a parameter has a slash in its name.
  return absl::StrCat(testing::TempDir(), "/", absl::StrReplaceAll(test->name(), {{"/", "_"}}), "_",
                      name);
}

std::string TestFile(std::string_view name, std::string_view bytes) {
  const std::string path = TestPath(name);
  EXPECT_TRUE(WriteFile(path, bytes).ok()) << path;
  return path;
}

absl::StatusOr<std::string> WriteTestImage(std::string_view name, const Extents& extents) {
  const std::string path = TestPath(name);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<OutputFile> file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(WriteExtents(extents, *file));
  ABSL_RETURN_IF_ERROR(file->Commit());
  return path;
}

std::string Hexdump(std::string_view bytes) {
  std::string dump;
  std::string_view previous;
  bool repeats = false;
  for (size_t at = 0; at < bytes.size(); at += kHexdumpLine) {
    const std::string_view line = bytes.substr(at, kHexdumpLine);
    if (at > 0 && line == previous) {
      if (!repeats) dump.append("*\n");
      repeats = true;
      continue;
    }
    repeats = false;
    previous = line;
    dump.append(HexdumpLine(at, line));
  }
  return absl::StrCat(dump, absl::StrFormat("%08x\n", bytes.size()));
}

std::string OutputOf(const std::string& command) {
  // Programs that check disks live in sbin, which Bazel does not search.
  const std::string script = absl::StrCat("PATH=$PATH:/usr/sbin:/sbin\n{ ", command, "\n} 2>&1");
  FILE* pipe = popen(script.c_str(), "r");
  std::string output;
  char buffer[4096];
  while (const size_t count = fread(buffer, 1, sizeof(buffer), pipe)) output.append(buffer, count);
  const int status = pclose(pipe);
  if (status != 0) absl::StrAppend(&output, "exit status ", WEXITSTATUS(status), "\n");
  return output;
}

void Overwrite(const std::string& path, uint64_t offset, std::string_view bytes) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(offset));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.flush().good()) << path;
}

}  // namespace linuxkit
