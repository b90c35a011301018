#include "runtime/init/logs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "runtime/base/fd.h"
#include "runtime/base/file.h"
#include "runtime/base/output_tail.h"
#include "runtime/base/printable.h"
#include "runtime/channel/protocol.h"

namespace linuxkit {
namespace {

// A console is for people, and the whole log is in its file.
constexpr TailLimits kShown = {.lines = 10, .bytes = size_t{2} << 10};

Fd OpenLog(const std::string& path) { return Fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)); }

// One read(2) that no signal interrupts; an error is an end.
std::string_view ReadSome(const Fd& file, std::array<char, kMaxOutputPiece>& buffer) {
  for (;;) {
    const ssize_t count = read(file.get(), buffer.data(), buffer.size());
    if (count >= 0) return {buffer.data(), static_cast<size_t>(count)};
    if (errno != EINTR) return {};
  }
}

Tail LogEnd(const std::string& path) {
  const Fd file = OpenLog(path);
  struct stat info;
  if (!file.ok() || fstat(file.get(), &info) != 0) return {};
  static_assert(kShown.bytes < kMaxOutputPiece);
  // With a byte more than is shown LastLines knows that it cuts.
  const off_t start = info.st_size - static_cast<off_t>(kShown.bytes + 1);
  if (start > 0) lseek(file.get(), start, SEEK_SET);
  std::array<char, kMaxOutputPiece> buffer;
  return LastLines(ReadSome(file, buffer), kShown, /*cut=*/Exists(path + ".1"));
}

// Pieces of one file; returns whether the host took them.
bool SendFile(Channel& channel, std::string_view section, std::string_view name,
              std::string_view stream, const std::string& path) {
  const Fd file = OpenLog(path);
  std::array<char, kMaxOutputPiece> buffer;
  while (file.ok()) {
    const std::string_view piece = ReadSome(file, buffer);
    if (piece.empty()) break;
    channel.Send({"LOG", section, EncodeName(name), stream, EncodeText(piece)});
    if (!channel.Drain(Channel::kMaxBacklog)) return false;
  }
  return true;
}

bool SendStream(Channel& channel, std::string_view section, std::string_view name,
                std::string_view stream, const std::string& path) {
  // Containers that write to the console have none.
  if (!Exists(path)) return true;
  // The host knows of the log even if there is nothing in it.
  channel.Send({"LOG", section, EncodeName(name), stream, ""});
  return SendFile(channel, section, name, stream, path + ".1") &&
         SendFile(channel, section, name, stream, path);
}

}  // namespace

std::string LastOutput(const Container& container) {
  return DescribeOutput(LogEnd(container.out_log()), LogEnd(container.err_log()));
}

bool SendLogs(Channel& channel, std::string_view section, const Container& container) {
  return SendStream(channel, section, container.name, "out", container.out_log()) &&
         SendStream(channel, section, container.name, "err", container.err_log());
}

}  // namespace linuxkit
