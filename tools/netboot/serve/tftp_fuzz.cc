// Feeds bytes as datagrams to the TFTP parser and a transfer: nothing may crash, one datagram sets
// off no more than a window, and what is sent is the file's.
//
// The input is a sequence of datagrams, each behind a byte with its length. The first is a request;
// an empty one stands for a timeout.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tools/base/file.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/netboot/serve/tftp_packet.h"
#include "tools/netboot/serve/tftp_transfer.h"

namespace linuxkit {
namespace {

constexpr size_t kFileSize = 10'000;
constexpr int kMostWindow = 64;

std::string_view TakeDatagram(std::string_view& input) {
  if (input.empty()) return input;
  const size_t size = static_cast<unsigned char>(input[0]);
  const std::string_view datagram = input.substr(1, size);
  input.remove_prefix(1 + datagram.size());
  return datagram;
}

void Run(std::string_view input, const std::string& path) {
  const auto request = ParseTftpRequest(TakeDatagram(input));
  if (!request.ok()) return;
  auto file = InputFile::Open(path);
  if (!file.ok()) std::abort();
  TftpTransfer transfer(*std::move(file), *request);
  Instant now;
  int sent = 0;
  const auto count = [&sent](std::string_view packet) {
    if (packet.size() < kTftpDataHeader || packet.size() > kTftpDataHeader + kFileSize)
      std::abort();
    ++sent;
  };
  transfer.Start(now, count);
  while (!input.empty() && !transfer.done()) {
    sent = 0;
    const std::string_view datagram = TakeDatagram(input);
    if (datagram.empty()) {
      now = transfer.deadline();
      transfer.HandleTimeout(now, count);
    } else {
      transfer.HandlePacket(datagram, now, count);
    }
    if (sent > kMostWindow) std::abort();
  }
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  const std::string nul(1, '\0');
  const std::string ack = {'\4', '\0', '\4', '\0', '\0'};
  const std::string ack1 = {'\4', '\0', '\4', '\0', '\1'};
  const std::string plain = nul + "\1k" + nul + "octet" + nul;
  const std::string options = plain + "blksize" + nul + "8" + nul + "windowsize" + nul + "9" + nul +
                              "tsize" + nul + "0" + nul + "timeout" + nul + "1" + nul;
  return {
      static_cast<char>(plain.size()) + plain + ack1 + nul,
      static_cast<char>(options.size()) + options + ack + ack + ack1 + nul,
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const linuxkit::MemoryFile file(std::string(linuxkit::kFileSize, 'x'));
  linuxkit::Run({reinterpret_cast<const char*>(data), size}, file.path());
  return 0;
}
