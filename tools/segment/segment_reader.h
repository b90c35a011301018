// Reads a segment entry by entry and compares it with its index, so that damage is an error and
// nobody sees content that the index does not vouch for.
//
//   ABSL_ASSIGN_OR_RETURN(auto reader, SegmentReader::Open("web.cpio.zst", index));
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const SegmentEntry* entry, reader->Next());
//     if (entry == nullptr) break;
//     ABSL_RETURN_IF_ERROR(CopyAll(*reader, sink).status());  // a file's content; may be left out
//   }
//
// Errors name the segment and its owner. Memory: buffers and the window of the compression.
#ifndef TOOLS_SEGMENT_SEGMENT_READER_H_
#define TOOLS_SEGMENT_SEGMENT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/file.h"
#include "tools/base/first_bytes.h"
#include "tools/base/sha256.h"
#include "tools/base/stream.h"
#include "tools/cpio/newc_reader.h"
#include "tools/segment/segment.pb.h"

namespace linuxkit {

class SegmentReader : public ByteSource {
 public:
  // `index` must outlive it.
  static absl::StatusOr<std::unique_ptr<SegmentReader>> Open(const std::string& path,
                                                             const SegmentIndex& index);

  // The next entry of the index, which is also the next one of the segment; nullptr at the end.
  absl::StatusOr<const SegmentEntry*> Next();
  // Content of the entry that Next returned last; 0 at its end. The bytes that complete a file are
  // not passed on if its digest is another than the index has.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  SegmentReader(InputFile file, const SegmentIndex& index);
  absl::Status CheckMember(const NewcMember& member, const SegmentEntry& entry) const;
  absl::Status CheckContent();
  absl::Status Error(std::string_view message) const;
  absl::Status Explain(const absl::Status& status) const;

  const InputFile file_;
  const SegmentIndex& index_;
  FileRange stored_;
  std::unique_ptr<ByteSource> unpacked_;
  // What pads the segment is no part of the compressed data.
  std::optional<FirstBytes> archive_;
  std::optional<NewcReader> cpio_;
  int next_ = 0;
  const SegmentEntry* entry_ = nullptr;
  uint64_t content_left_ = 0;
  std::optional<Sha256> hash_;
};

}  // namespace linuxkit

#endif  // TOOLS_SEGMENT_SEGMENT_READER_H_
