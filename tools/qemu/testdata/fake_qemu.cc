// Stands in for QEMU in tests: takes its command line, and plays the guest that `fake=MODE` of the
// kernel command line or an SMBIOS string asks for, on the descriptors that the chardevs name. Most
// modes misbehave in exactly one way.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace {

class FakeGuest {
 public:
  explicit FakeGuest(const std::vector<std::string>& args) : args_(args) {
    mode_ = After("fake=", ' ');
    nonce_ = After("linuxkit.test=", ' ');
    console_ = Number("id=console,fd=");
    result_ = Number("id=result,fd=");
  }

  int Run() {
    if (mode_ == "emulator-error") return Complain();
    if (mode_ == "silent") return WaitForEver();
    if (mode_ == "firmware-only") return Firmware();
    if (mode_ == "nothing-bootable") return NothingBootable();
    if (mode_.starts_with("refused")) return Refused();
    Print("[    0.000000] Linux version fake\n");
    if (mode_ == "panic") return Panic();
    Print("myimage is up\n");
    if (mode_.starts_with("console")) return Console();
    if (mode_ == "banner-only") return WaitForEver();
    if (mode_ == "no-channel") return WaitForEver();
    return Guest();
  }

 private:
  // What follows `prefix` in any argument, up to `end`.
  std::string After(std::string_view prefix, char end) const {
    for (const std::string& arg : args_) {
      const size_t at = arg.find(prefix);
      if (at == std::string::npos) continue;
      const size_t start = at + prefix.size();
      return arg.substr(start, arg.find(end, start) - start);
    }
    return "";
  }
  int Number(std::string_view prefix) const { return atoi(After(prefix, ',').c_str()); }

  void Write(int fd, std::string_view text) const {
    if (write(fd, text.data(), text.size()) < 0) exit(99);
  }
  void Print(std::string_view text) const { Write(console_, text); }
  void Tell(std::string_view message) const {
    Write(result_, absl::StrCat(nonce_, " ", message, "\n"));
  }

  static int Complain() {
    fputs("qemu-system-x86_64: could not load kernel\n", stderr);
    return 1;
  }
  static int WaitForEver() {
    for (;;) pause();
  }
  int Firmware() const {
    Print("\x1b[2JSeaBIOS (version fake)\r\nBooting from ROM..\r\n");
    return 0;
  }
  int NothingBootable() const {
    Print("SeaBIOS (version fake)\r\nBooting from DVD/CD...\r\nBoot failed\r\nNo bootable device.");
    return WaitForEver();
  }
  int Refused() const {
    if (mode_ == "refused-quietly") return 0;
    Print("BdsDxe: failed to load Boot0001 \"UEFI Misc Device\" from Pci: Access Denied\r\n");
    if (mode_ == "refused-but-runs") Tell("HELLO 1");
    if (mode_ == "refused-by-kernel") return Panic();
    return WaitForEver();
  }
  int Panic() const {
    Print(
        "[    1.000000] Kernel panic - not syncing: No working init found.\n[    1.1] ---[ end "
        "]---\n");
    return 0;
  }

  // Reads one line; false at the end.
  static bool ReadLine(int fd, std::string& line) {
    line.clear();
    for (char c; read(fd, &c, 1) == 1;) {
      if (c == '\n') return true;
      line.push_back(c);
    }
    return false;
  }

  // A shell on the console, that echoes what is typed as a terminal does.
  int Console() const {
    Print("Welcome\n/ # ");
    for (std::string line; ReadLine(console_, line);) {
      Print(absl::StrCat(line, "\r\n"));
      if (mode_ == "console-echo-only") continue;
      if (line == "poweroff" && mode_ != "console-vanishes")
        Print("[   9.0] reboot: Power down\r\n");
      if (line == "poweroff") return 0;
      RunShell(line);
      Print("/ # ");
    }
    return 0;
  }
  void RunShell(const std::string& line) const {
    FILE* const pipe = popen(line.c_str(), "r");
    char buffer[4096];
    for (size_t got; (got = fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
      Print(std::string_view(buffer, got));
    }
    pclose(pipe);
  }

  int Guest() {
    if (mode_ == "before-hello") Tell("READY");
    if (mode_ == "wrong-nonce") Write(result_, "00000000000000000000000000000000 HELLO 1\n");
    if (mode_ == "no-nonce") Write(result_, "HELLO 1\n");
    Tell(mode_ == "new-protocol" ? "HELLO 2" : "HELLO 1");
    if (mode_ == "early-end") return 0;
    if (mode_ == "crash") {
      // A sanitizer would turn the signal into an exit.
      signal(SIGSEGV, SIG_DFL);
      raise(SIGSEGV);
    }
    if (mode_ == "never-ready") return WaitForEver();
    Tell(mode_ == "onboot-failed" ? "ONBOOT dhcpcd 7" : "ONBOOT dhcpcd 0");
    if (mode_ == "service-failed")
      Tell(absl::StrCat("SERVICE web failed ", absl::Base64Escape("no such file")));
    Tell("SERVICE web started");
    if (mode_ == "service-exited") Tell("SERVICE web exited 139");
    if (mode_ == "oops-later")
      Print("[    2.0] BUG: kernel NULL pointer dereference\n[    2.1] RIP: 0010\n");
    if (mode_ != "no-answer") ServePorts();
    // In one write: or else POWEROFF could come between.
    Tell(mode_ == "reboots-itself" ? absl::StrCat("READY\n", nonce_, " SHUTDOWN reboot") : "READY");
    for (std::string line; ReadLine(result_, line);) {
      const std::vector<std::string> words = absl::StrSplit(line, ' ');
      if (words.size() == 5 && words[1] == "EXEC") Execute(words);
      if (words.size() == 2 && words[1] == "POWEROFF") return Shutdown();
    }
    return 0;
  }

  void Execute(const std::vector<std::string>& words) const {
    std::string text;
    absl::Base64Unescape(words[4], &text);
    const std::string output = absl::StrCat(words[3], " ran: ", text, "\n");
    const size_t half = output.size() / 2;
    Tell(absl::StrCat("OUT ", words[2], " ", absl::Base64Escape(output.substr(0, half))));
    Tell(absl::StrCat("OUT ", words[2], " ", absl::Base64Escape(output.substr(half))));
    Tell(absl::StrCat("EXIT ", words[2], text == "false" ? " 1" : " 0"));
  }

  int Shutdown() const {
    if (mode_ == "hangs-at-shutdown") return WaitForEver();
    Tell(mode_ == "reboots-instead" ? "SHUTDOWN reboot" : "SHUTDOWN poweroff");
    Tell("SERVICE web exited 143");
    if (mode_ == "onshutdown-failed") Tell("ONSHUTDOWN save failed");
    Tell(mode_ == "dirty" ? "UNMOUNTED busy:/var" : "UNMOUNTED clean");
    if (mode_ == "no-bye") return 0;
    Tell("BYE");
    if (mode_ == "after-bye") Tell("READY");
    return mode_ == "bad-exit" ? 3 : 0;
  }

  // Answers on each forwarded port in a process of its own that ends with us.
  void ServePorts() const {
    for (const std::string& arg : args_) {
      const std::vector<std::string> parts = absl::StrSplit(arg, "hostfwd=tcp:127.0.0.1:");
      for (size_t i = 1; i < parts.size(); ++i)
        Serve(static_cast<uint16_t>(atoi(parts[i].c_str())));
    }
  }
  void Serve(uint16_t port) const {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    const int on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0) exit(98);
    listen(listener, 8);
    if (fork() != 0) {
      close(listener);
      return;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (int answered = 0;; ++answered) Answer(accept(listener, nullptr, nullptr), answered);
  }
  // The first connection is closed without a word and the second gets a 503, as services do that
  // are starting.
  void Answer(int connection, int answered) const {
    if (mode_ == "speaks-first") Write(connection, "SSH-2.0-fake\r\n");
    std::string line, header;
    if (answered > 0 && ReadLine(connection, line)) {
      while (ReadLine(connection, header) && header.size() > 1) {
      }
      Write(connection, absl::StrCat("HTTP/1.1 ", answered == 1 ? "503 Busy" : "200 OK",
                                     "\r\nServer: fake\r\n\r\nhello from ",
                                     line.substr(0, line.find(" HTTP")), "\n"));
    }
    close(connection);
  }

  const std::vector<std::string>& args_;
  std::string mode_, nonce_;
  int console_ = -1, result_ = -1;
};

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv, argv + argc);
  if (argc == 2 && args[1] == "--version") {
    puts("QEMU emulator version 0.0 (fake)\nmore");
    return 0;
  }
  return FakeGuest(args).Run();
}
