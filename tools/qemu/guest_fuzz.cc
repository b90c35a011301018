// Whatever a guest says is the protocol or an error. The host does its own part when the guest lets
// it: it starts a command when the guest is ready, and has it powered off after that.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_replace.h"
#include "tools/fuzz/seeds.h"
#include "tools/qemu/guest_channel.h"

namespace linuxkit {
namespace {

constexpr std::string_view kNonce = "0123456789abcdef0123456789abcdef";

// `bytes` has "N " for the nonce, which no fuzzer guesses. They come in pieces of `piece` bytes.
void Converse(std::string_view bytes, size_t piece) {
  GuestChannel channel{std::string(kNonce), {"may-fail"}};
  const std::string text = absl::StrReplaceAll(bytes, {{"N ", std::string(kNonce) + " "}});
  bool started = false;
  for (std::string_view rest = text; !rest.empty();) {
    if (!channel.Receive(rest.substr(0, piece)).ok()) break;
    rest.remove_prefix(std::min(piece, rest.size()));
    if (channel.Ready() && !started) channel.Execute({.container = "web", .shell = "true"});
    started |= channel.Ready();
    if (channel.TakeResult()) channel.PowerOff();
  }
  (void)channel.Progress();
  (void)channel.Services();
  (void)channel.Failures();
  channel.CheckShutdown(true).IgnoreError();
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  return {
      "\x20N HELLO 2\nN ONBOOT 000-dhcpcd exited 0\nN SERVICE web started\nN READY\nN SETTLED\n"
      "N OUT 1 h\\x0a\\\\\nN EXIT 1 0\nN SHUTDOWN poweroff\nN SERVICE web killed 15\n"
      "N ONSHUTDOWN s exited 0\nN LOG services web out a\\nb\nN UNMOUNTED clean\nN BYE\n",
      "\x07N HELLO 2\nN SERVICE may-fail failed a b\nN ONBOOT 000-may-fail failed x\nN READY\n",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  linuxkit::Converse(std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1),
                     size_t{data[0]} + 1);
  return 0;
}
