// Segments made in a test.
//
//   TestSegments segments(directory);
//   segments.Add([](SegmentWriter& writer) { return writer.AddFile("a", {.mode = 0644}, "1"); });
#ifndef TOOLS_INITRD_TESTING_H_
#define TOOLS_INITRD_TESTING_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "tools/compress/compressor.h"
#include "tools/initrd/segment_files.h"
#include "tools/segment/segment_writer.h"

namespace linuxkit {

class TestSegments {
 public:
  using Fill = std::function<absl::Status(SegmentWriter&)>;

  // Their files lie in `directory`, which is made anew.
  explicit TestSegments(std::string directory);

  std::string Path(std::string_view name) const;
  // Writes a file into the directory and returns its path.
  std::string Input(std::string_view name, std::string_view bytes) const;
  // Appends a segment that its own path owns.
  void Add(const Fill& fill, Compression::Format format = Compression::Format::kNone);

  std::vector<SegmentFiles>& files() { return files_; }

 private:
  const std::string directory_;
  std::vector<SegmentFiles> files_;
};

// A segment with one file.
TestSegments::Fill FillFile(const std::string& name, const std::string& content);

}  // namespace linuxkit

#endif  // TOOLS_INITRD_TESTING_H_
