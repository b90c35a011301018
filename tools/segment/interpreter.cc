#include "tools/segment/interpreter.h"

#include <cstdint>
#include <optional>

#include "absl/strings/match.h"

namespace linuxkit {
namespace {

// The kernel reads no more of a script (BINPRM_BUF_SIZE).
constexpr size_t kLongestLine = 255;

constexpr uint64_t kInterpreterSegment = 3;  // PT_INTERP

std::string ScriptLine(std::string_view head) {
  const size_t end = head.find('\n');
  return end == head.npos || end > kLongestLine ? "" : std::string(head.substr(0, end));
}

// Where fields stand in the two classes of ELF files (System V ABI, "ELF Header" and "Program
// Header").
struct Layout {
  size_t word;  // bytes of an offset or size
  size_t table, entry_size, entries;
  size_t offset, size;
};
constexpr Layout kLayout32 = {4, 28, 42, 44, 4, 16};
constexpr Layout kLayout64 = {8, 32, 54, 56, 8, 32};

class ElfHead {
 public:
  explicit ElfHead(std::string_view bytes) : bytes_(bytes) {
    layout_ = Byte(4) == 1 ? kLayout32 : kLayout64;
    big_endian_ = Byte(5) == 2;
  }

  std::string Interpreter() const {
    const std::optional<uint64_t> table = Number(layout_.table, layout_.word),
                                  size = Number(layout_.entry_size, 2),
                                  count = Number(layout_.entries, 2);
    if (!table || !size || !count) return "";
    for (uint64_t i = 0; i < *count; ++i) {
      if (*table > bytes_.size()) return "";
      const uint64_t entry = *table + i * *size;
      const std::optional<uint64_t> type = Number(entry, 4);
      if (!type) return "";
      if (*type == kInterpreterSegment) return Text(entry);
    }
    return "";
  }

 private:
  uint8_t Byte(size_t at) const {
    return at < bytes_.size() ? static_cast<uint8_t>(bytes_[at]) : uint8_t{0};
  }

  std::optional<uint64_t> Number(uint64_t at, size_t width) const {
    if (at > bytes_.size() || bytes_.size() - at < width) return std::nullopt;
    uint64_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      value = value << 8 | Byte(at + (big_endian_ ? i : width - 1 - i));
    }
    return value;
  }

  std::string Text(uint64_t entry) const {
    const std::optional<uint64_t> offset = Number(entry + layout_.offset, layout_.word),
                                  size = Number(entry + layout_.size, layout_.word);
    if (!offset || !size || *offset > bytes_.size() || *size > bytes_.size() - *offset) return "";
    const std::string_view text = bytes_.substr(*offset, *size);
    return std::string(text.substr(0, text.find('\0')));
  }

  const std::string_view bytes_;
  Layout layout_;
  bool big_endian_;
};

}  // namespace

std::string InterpreterOf(std::string_view head) {
  if (absl::StartsWith(head, "#!")) return ScriptLine(head);
  if (absl::StartsWith(head,
                       "\x7f"
                       "ELF"))
    return ElfHead(head).Interpreter();
  return "";
}

}  // namespace linuxkit
