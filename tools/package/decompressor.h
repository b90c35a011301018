// Plain bytes of a stream that may be compressed with gzip, xz, zstd, bzip2, lzma or lz4; which one
// is told by its content.
#ifndef TOOLS_PACKAGE_DECOMPRESSOR_H_
#define TOOLS_PACKAGE_DECOMPRESSOR_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/base/stream.h"
#include "tools/oci/tar_reader.h"

struct archive;

namespace linuxkit {

class Decompressor : public SkippingSource {
 public:
  // `name` stands in messages. `source` must outlive the result.
  static absl::StatusOr<std::unique_ptr<Decompressor>> Open(std::string name, ByteSource& source);
  ~Decompressor() override;

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override;
  absl::Status Skip(uint64_t count) override;
  // Reads what is left and throws it away, so that checksums at the end of the stream are verified.
  absl::Status Drain();

 private:
  struct Input;
  struct Close {
    void operator()(archive* reader) const;
  };

  explicit Decompressor(std::unique_ptr<Input> input);
  absl::Status Error() const;

  // The reader refers to the input, so it goes first.
  std::unique_ptr<Input> input_;
  std::unique_ptr<archive, Close> reader_;
};

}  // namespace linuxkit

#endif  // TOOLS_PACKAGE_DECOMPRESSOR_H_
