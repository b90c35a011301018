// Builds tar archives in memory for tests, byte by byte, so that also odd and broken ones can be
// made.
//
//   std::string layer = TarBuilder().Dir("etc").File("etc/motd", "hello").Link("lib",
//   "usr/lib").Finish();
#ifndef TOOLS_TAR_TESTING_TAR_BUILDER_H_
#define TOOLS_TAR_TESTING_TAR_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linuxkit {

struct TarMember {
  std::string name = {};
  char type =
      '0';  // '0' file, '1' hard link, '2' symlink, '3' '4' devices, '5' directory, '6' fifo
  std::string data = {};
  std::string link = {};
  uint32_t mode = 0644;
  uint32_t uid = 0;
  uint32_t gid = 0;
  int64_t mtime = 0;
  uint32_t major = 0;
  uint32_t minor = 0;
};

class TarBuilder {
 public:
  // Names and links longer than 100 bytes are written as GNU long names.
  TarBuilder& Add(const TarMember& entry);
  // PAX records for the entry that follows.
  TarBuilder& Pax(const std::vector<std::pair<std::string, std::string>>& records);
  // Bytes as they are, such as a header of one's own.
  TarBuilder& Raw(std::string_view bytes);

  TarBuilder& Dir(std::string name, uint32_t mode = 0755);
  TarBuilder& File(std::string name, std::string data = "", uint32_t mode = 0644);
  TarBuilder& Link(std::string name, std::string target);
  TarBuilder& HardLink(std::string name, std::string target);

  // The archive with its two blocks of zeros.
  std::string Finish() const;
  // Without them.
  const std::string& bytes() const { return bytes_; }

  // A header block for `entry` with `size`, checksum included.
  static std::string Header(const TarMember& entry, uint64_t size);
  // Writes the checksum of a changed header block again.
  static void FixChecksum(std::string& header);

 private:
  void AppendData(std::string_view data);

  std::string bytes_;
};

// All of an archive at once.
std::string BuildTar(const std::vector<TarMember>& members);

}  // namespace linuxkit

#endif  // TOOLS_TAR_TESTING_TAR_BUILDER_H_
