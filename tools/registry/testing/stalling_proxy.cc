// A proxy before a registry that sends a half of the first blob and then nothing more, for scripts
// that kill a download. All that follows is passed on.
//
//   stalling_proxy REGISTRY_PORT
//
// It says what has happened, a line each: "port N"; "stalled" when the client has the half; "hung
// up" when the client has gone. It runs until it is killed.
#include <unistd.h>

#include <cstdio>

#include "absl/strings/numbers.h"
#include "tools/registry/testing/fault_proxy.h"

namespace linuxkit {
namespace {

void Say(std::string_view what) {
  std::printf("%.*s\n", static_cast<int>(what.size()), what.data());
  std::fflush(stdout);
}

void StallAtHalf(const Exchange& exchange) {
  const RawAnswer answer = exchange.Answer();
  exchange.client.Write(answer.head);
  exchange.client.Write(answer.body.substr(0, answer.body.size() / 2));
  Say("stalled");
  exchange.client.AwaitHangup();
  Say("hung up");
}

int Main(int argc, char** argv) {
  int registry_port = 0;
  if (argc != 2 || !absl::SimpleAtoi(argv[1], &registry_port)) {
    std::fputs("usage: stalling_proxy REGISTRY_PORT\n", stderr);
    return 1;
  }
  FaultProxy proxy(registry_port);
  proxy.Inject("/blobs/", 1, StallAtHalf);
  const std::string authority = proxy.authority();
  Say("port " + authority.substr(authority.rfind(':') + 1));
  while (true) pause();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) { return linuxkit::Main(argc, argv); }
