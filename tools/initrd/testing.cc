#include "tools/initrd/testing.h"

#include <filesystem>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"

namespace linuxkit {

using ::absl_testing::IsOk;

TestSegments::TestSegments(std::string directory) : directory_(std::move(directory)) {
  std::filesystem::remove_all(directory_);
  std::filesystem::create_directories(directory_);
}

std::string TestSegments::Path(std::string_view name) const {
  return absl::StrCat(directory_, "/", name);
}

std::string TestSegments::Input(std::string_view name, std::string_view bytes) const {
  EXPECT_THAT(WriteFile(Path(name), bytes), IsOk());
  return Path(name);
}

void TestSegments::Add(const Fill& fill, Compression::Format format) {
  SegmentFiles files{.segment = Path(absl::StrCat("segment", files_.size())),
                     .index = Path(absl::StrCat("index", files_.size())),
                     .apk_database = ""};
  const auto writer = SegmentWriter::Create(
      files.segment, {.owner = files.segment, .compression = {.format = format}});
  ASSERT_THAT(writer, IsOk());
  ASSERT_THAT(fill(**writer), IsOk());
  ASSERT_THAT((*writer)->Finish(files.index), IsOk());
  files_.push_back(files);
}

TestSegments::Fill FillFile(const std::string& name, const std::string& content) {
  return [=](SegmentWriter& writer) { return writer.AddFile(name, {.mode = 0644}, content); };
}

}  // namespace linuxkit
