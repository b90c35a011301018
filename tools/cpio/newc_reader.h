// Reads a newc cpio archive as a stream, and refuses whatever the kernel could read in another way.
//
//   NewcReader cpio(source);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(const std::optional<NewcMember> member, cpio.Next());
//     if (!member) break;
//     ABSL_RETURN_IF_ERROR(CopyAll(cpio, sink).status());  // the member's data; may be left out
//   }
#ifndef TOOLS_CPIO_NEWC_READER_H_
#define TOOLS_CPIO_NEWC_READER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/cpio/newc.h"

namespace linuxkit {

struct NewcMember {
  NewcHeader header;
  std::string name;
};

class NewcReader : public ByteSource {
 public:
  // `source` must outlive it.
  explicit NewcReader(ByteSource& source) : source_(source) {}

  // The next entry, or nothing behind the trailer, where only zeros may follow.
  absl::StatusOr<std::optional<NewcMember>> Next();
  // Data of the entry that Next returned last; 0 at its end.
  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;

 private:
  absl::Status ReadExactly(absl::Span<char> buffer);
  absl::Status SkipPadding();
  absl::Status SkipData();
  absl::StatusOr<std::string> ReadName(const NewcHeader& header);
  absl::Status CheckOnlyZerosFollow();
  absl::Status Error(std::string_view message) const;

  ByteSource& source_;
  uint64_t offset_ = 0;
  uint64_t data_left_ = 0;
};

}  // namespace linuxkit

#endif  // TOOLS_CPIO_NEWC_READER_H_
