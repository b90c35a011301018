// PID 1 of the smallest guest that speaks docs/guest-protocol.md: no containers, and commands are
// not run but answered with the kernel's name and their own text. Boots in the test with the real
// QEMU.
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/smbios.h"
#include "runtime/channel/protocol.h"

namespace {

[[noreturn]] void PowerOff() {
  sync();
  reboot(RB_POWER_OFF);
  for (;;) pause();
}

std::string ReadAll(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string Nonce() {
  const std::string cmdline = ReadAll("/proc/cmdline");
  for (std::string_view word : absl::StrSplit(cmdline, absl::ByAnyChar(" \n"))) {
    if (absl::ConsumePrefix(&word, "linuxkit.test=")) return std::string(word);
  }
  for (const std::string& string : linuxkit::OemStrings(ReadAll(linuxkit::kSmbiosTable))) {
    std::string_view text = string;
    if (absl::ConsumePrefix(&text, "linuxkit.test=")) return std::string(text);
  }
  return "";
}

int OpenResultPort() {
  DIR* const ports = opendir("/sys/class/virtio-ports");
  if (ports == nullptr) return -1;
  while (const dirent* entry = readdir(ports)) {
    const std::string name = entry->d_name;
    if (ReadAll(absl::StrCat("/sys/class/virtio-ports/", name, "/name")) == "linuxkit.result\n") {
      return open(absl::StrCat("/dev/", name).c_str(), O_RDWR | O_CLOEXEC);
    }
  }
  return -1;
}

class TestGuest {
 public:
  TestGuest(std::string nonce, int port) : nonce_(std::move(nonce)), port_(port) {}

  void Serve() {
    Tell(absl::StrCat("HELLO ", linuxkit::kProtocolVersion));
    Tell("READY");
    Tell("SETTLED");
    std::string buffer;
    char bytes[4096];
    for (ssize_t got; (got = read(port_, bytes, sizeof bytes)) > 0;) {
      buffer.append(bytes, static_cast<size_t>(got));
      for (size_t end; (end = buffer.find('\n')) != std::string::npos;) {
        OnLine(buffer.substr(0, end));
        buffer.erase(0, end + 1);
      }
    }
  }

 private:
  void Tell(std::string_view message) {
    const std::string line = absl::StrCat(nonce_, " ", message, "\n");
    if (write(port_, line.data(), line.size()) < 0) PowerOff();
  }
  void OnLine(const std::string& line) {
    const auto command = linuxkit::ParseHostLine(nonce_, line);
    if (!command.ok()) return;
    if (const auto* exec = std::get_if<linuxkit::ExecCommand>(&*command)) Execute(*exec);
    if (std::holds_alternative<linuxkit::PowerOffCommand>(*command)) Shutdown();
  }
  void Execute(const linuxkit::ExecCommand& command) {
    utsname kernel = {};
    uname(&kernel);
    Tell(absl::StrCat("OUT ", command.id, " ",
                      linuxkit::EncodeText(absl::StrCat(kernel.sysname, " ", kernel.machine, ": ",
                                                        command.script))));
    Tell(absl::StrCat("EXIT ", command.id, " 0"));
  }
  [[noreturn]] void Shutdown() {
    Tell("SHUTDOWN poweroff");
    Tell("UNMOUNTED clean");
    Tell("BYE");
    PowerOff();
  }

  std::string nonce_;
  int port_;
};

}  // namespace

int main() {
  for (const char* dir : {"/proc", "/sys", "/dev"}) mkdir(dir, 0755);
  mount("proc", "/proc", "proc", 0, nullptr);
  mount("sysfs", "/sys", "sysfs", 0, nullptr);
  mount("devtmpfs", "/dev", "devtmpfs", 0, nullptr);
  std::cout << "test_init is up" << std::endl;
  const int port = OpenResultPort();
  if (port < 0) {
    std::cout << "test_init: no port linuxkit.result" << std::endl;
    PowerOff();
  }
  TestGuest(Nonce(), port).Serve();
  PowerOff();
}
