// Stands in for QEMU in tests: takes its command line, and plays the guest that `fake=MODE` of the
// kernel command line or an SMBIOS string asks for, on the descriptors that the chardevs name. Most
// modes misbehave in exactly one way. A mode kvm-MODE is that under KVM, and a good guest under
// TCG.
//
// Its monitor speaks QMP as QEMU 11.1 does.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/channel/protocol.h"

namespace {

class FakeGuest {
 public:
  explicit FakeGuest(const std::vector<std::string>& args) : args_(args) {
    mode_ = After("fake=", ' ');
    kvm_ = Has("kvm");
    if (mode_.starts_with("kvm-")) mode_ = kvm_ ? mode_.substr(4) : "good";
    nonce_ = After("linuxkit.test=", ' ');
    console_ = Has("mon:stdio") ? STDOUT_FILENO : Number("id=console,fd=");
    result_ = Number("id=result,fd=");
    monitor_ = Number("id=monitor,fd=");
  }

  int Run() {
    if (mode_ == "emulator-error") return Complain("could not load kernel");
    if (mode_ == "no-kvm") return Complain("failed to initialize kvm: Permission denied");
    if (mode_ == "colours") return Complain("\x1b[2Jno \aKVM");
    if (mode_ == "hangs-at-once") return WaitForEver();
    if (mode_ == "ends-at-once") return 0;
    if (Has("-daemonize")) GoToBackground();
    if (mode_ == "hangs-without-a-word") return WaitForEver();
    StartMonitor();
    if (mode_ == "internal-error") return StopByKvm();
    if (mode_ == "triple-fault") return ResetProcessor();
    if (mode_ == "silent") return WaitForEver();
    if (mode_ == "firmware-only") return Firmware();
    if (mode_ == "nothing-bootable") return NothingBootable();
    if (mode_.starts_with("refused")) return Refused();
    Print("[    0.000000] Linux version fake\n");
    if (mode_ == "panic") return Panic();
    if (Has("mon:stdio") || Has("-daemonize")) return RunByAPerson();
    // Before what the host may be waiting for: then it ends a guest without a channel.
    if (mode_ == "wrong-nonce") Write(result_, "00000000000000000000000000000000 HELLO 2\n");
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
  bool Has(std::string_view word) const {
    return std::find(args_.begin(), args_.end(), word) != args_.end();
  }
  int Number(std::string_view prefix) const { return atoi(After(prefix, ',').c_str()); }

  void Write(int fd, std::string_view text) const {
    if (write(fd, text.data(), text.size()) < 0) exit(99);
  }
  void Print(std::string_view text) const { Write(console_, text); }
  void Tell(std::string_view message) const {
    Write(result_, absl::StrCat(nonce_, " ", message, "\n"));
  }
  // In one write, so that a command of the host's cannot come between the two lines.
  void TellReadyAndSettled() const {
    Write(result_, absl::StrCat(nonce_, " READY\n", nonce_, " SETTLED\n"));
  }

  // The monitor is a process of its own that ends with us.
  void StartMonitor() {
    int ends[2];
    if (monitor_ <= 0 || pipe(ends) != 0) return;
    reports_ = ends[1];
    if (fork() != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[1]);
    Monitor(ends[0]);
    _exit(0);
  }
  void Monitor(int reports) const {
    std::string state = "running", line;
    Write(monitor_,
          R"({"QMP": {"version": {"qemu": {"micro": 2, "minor": 1, "major": 11}, "package": )"
          R"("Debian 1:11.1.2+ds-3"}, "capabilities": ["oob"]}})"
          "\r\n");
    pollfd fds[] = {{monitor_, POLLIN, 0}, {reports, POLLIN, 0}};
    while (poll(fds, 2, -1) > 0) {
      if (fds[0].revents != 0) {
        if (!ReadLine(monitor_, line)) return;
        Write(monitor_, absl::StrCat(Answer(line, state), "\r\n"));
        if (state == "suspended") kill(getppid(), SIGUSR1);
      } else if (fds[1].revents != 0) {
        if (!ReadLine(reports, line)) return;
        const std::pair<std::string, std::string> report = absl::StrSplit(line, '\t');
        state = report.first;
        Write(monitor_, absl::StrCat(report.second, "\r\n"));
      }
    }
  }
  std::string Answer(std::string_view command, std::string_view state) const {
    if (command.find("query-status") != command.npos) {
      return absl::StrCat(R"({"return": {"status": ")", state, R"(", "running": )",
                          state == "running" ? "true" : "false", "}}");
    }
    if (command.find("query-stats") != command.npos) {
      return kvm_ ? R"({"return": [{"provider": "kvm", "stats": [{"name": "halt_exits", "value": )"
                    R"(0}], "qom-path": "/machine/unattached/device[0]"}]})"
                  : R"({"return": []})";
    }
    return R"({"return": {}})";
  }
  // Goes into a run state, which an event tells.
  void Report(std::string_view state, std::string_view event, std::string_view data) const {
    Write(reports_, absl::StrCat(state, "\t",
                                 R"({"timestamp": {"seconds": 1796074300, "microseconds": 656161})",
                                 R"(, "event": ")", event, R"(")",
                                 data.empty() ? "" : R"(, "data": )", data, "}\n"));
  }
  int StopByKvm() const {
    fputs(
        "qemu-system-x86_64: warning: host doesn't support requested feature\n"
        "KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000001\nemulation failure\n",
        stderr);
    Report("internal-error", "STOP", "");
    return WaitForEver();
  }
  // Ends once the monitor's client has read why.
  int ResetProcessor() const {
    Report("shutdown", "SHUTDOWN", R"({"guest": true, "reason": "guest-reset"})");
    return 0;
  }
  int Panicked() const {
    Report("guest-panicked", "GUEST_PANICKED", R"({"action": "pause"})");
    return WaitForEver();
  }
  // Wakes up when the monitor's client knows.
  int Suspend() const {
    sigset_t known;
    sigemptyset(&known);
    sigaddset(&known, SIGUSR1);
    sigprocmask(SIG_BLOCK, &known, nullptr);
    Report("suspended", "SUSPEND", "");
    int signal = 0;
    sigwait(&known, &signal);
    Report("running", "WAKEUP", "");
    Print("awake\n");
    return 0;
  }
  int DiskFull() const {
    Report(
        "io-error", "BLOCK_IO_ERROR",
        R"({"device": "disk0", "node-name": "#block162", "operation": "write", "action": "stop", )"
        R"("nospace": true, "reason": "No space left on device"})");
    Report("io-error", "STOP", "");
    return WaitForEver();
  }

  // As QEMU does: the parent ends when the console is open and the process id is in its file.
  void GoToBackground() {
    console_ = Create(After("file,id=console,path=", ','));
    const pid_t pid = fork();
    if (pid > 0) {
      const std::string pid_file = *(std::find(args_.begin(), args_.end(), "-pidfile") + 1);
      Write(Create(pid_file), absl::StrCat(pid, "\n"));
      _exit(0);
    }
    setsid();
    const int null = open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) dup2(null, fd);
  }
  static int Create(const std::string& path) {
    return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  }
  // A guest of the runner: ends well at once unless it is to misbehave.
  int RunByAPerson() const {
    Print("up\n");
    if (mode_ == "guest-panicked") return Panicked();
    if (mode_ == "disk-full") return DiskFull();
    if (mode_ == "suspends") return Suspend();
    if (mode_ == "internal-error-later") return StopByKvm();
    if (mode_ == "warns") fputs("qemu-system-x86_64: warning: old machine\n", stderr);
    if (mode_ == "silent-console") {
      // Until the person ends it.
      for (char c; read(STDIN_FILENO, &c, 1) > 0;) {
      }
    }
    return 0;
  }

  static int Complain(std::string_view problem) {
    fputs(absl::StrCat("qemu-system-x86_64: ", problem, "\n").c_str(), stderr);
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
    if (mode_ == "refused-but-runs") Tell("HELLO 2");
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
    if (mode_ == "no-nonce") Write(result_, "HELLO 2\n");
    Tell(mode_ == "old-protocol" ? "HELLO 1" : "HELLO 2");
    if (mode_ == "early-end") return 0;
    if (mode_ == "crash") {
      // A sanitizer would turn the signal into an exit.
      signal(SIGSEGV, SIG_DFL);
      raise(SIGSEGV);
    }
    if (mode_ == "never-ready") return Obey();
    if (mode_ == "deaf") return WaitForEver();
    if (mode_ == "guest-panicked") return Panicked();
    if (mode_ == "disk-full") return DiskFull();
    Tell(mode_ == "onboot-failed" ? "ONBOOT 000-dhcpcd exited 7" : "ONBOOT 000-dhcpcd exited 0");
    if (mode_ == "service-failed") Tell("SERVICE broken failed no such file");
    if (mode_ == "much-fails") FailMuch();
    Tell("SERVICE web started");
    if (mode_ == "service-exited") Tell("SERVICE web exited 139");
    if (mode_ == "oops-later")
      Print("[    2.0] BUG: kernel NULL pointer dereference\n[    2.1] RIP: 0010\n");
    if (mode_ != "no-answer") ServePorts();
    if (mode_ == "internal-error-later") {
      Tell("READY");
      return StopByKvm();
    }
    if (mode_ == "reboots-itself" || mode_ == "never-settled") {
      Tell("READY");
    } else {
      TellReadyAndSettled();
    }
    if (mode_ == "reboots-itself") return GoDown("reboot");
    if (mode_ == "fails-late") Tell("SERVICE web killed 11");
    return Obey();
  }
  void FailMuch() const {
    Tell("ONBOOT 001-net failed runc create failed: bad\\x1b[2Jname");
    Tell("SERVICE my\\x20svc failed no such file");
    Tell("SERVICE crashes started");
    Tell("SERVICE crashes killed 11");
    Tell("SERVICE exits started");
    Tell("SERVICE exits exited 3");
  }

  int Obey() const {
    for (std::string line; ReadLine(result_, line);) {
      const auto command = linuxkit::ParseHostLine(nonce_, line);
      if (!command.ok()) exit(97);
      if (const auto* exec = std::get_if<linuxkit::ExecCommand>(&*command)) Execute(*exec);
      if (std::holds_alternative<linuxkit::PowerOffCommand>(*command)) return Shutdown();
    }
    return 0;
  }

  void Execute(const linuxkit::ExecCommand& command) const {
    const std::string output = absl::StrCat(command.container.empty() ? "-" : command.container,
                                            " ran: ", command.script, "\n");
    const size_t half = output.size() / 2;
    const std::string& id = command.id;
    Tell(absl::StrCat("OUT ", id, " ", linuxkit::EncodeText(output.substr(0, half))));
    Tell(absl::StrCat("OUT ", id, " ", linuxkit::EncodeText(output.substr(half))));
    Tell(absl::StrCat("EXIT ", id, command.script == "false" ? " 1" : " 0"));
  }

  int Shutdown() const {
    if (mode_ == "hangs-at-shutdown") return WaitForEver();
    return GoDown(mode_ == "reboots-instead" ? "reboot" : "poweroff");
  }
  int GoDown(std::string_view action) const {
    Tell(absl::StrCat("SHUTDOWN ", action));
    Tell("SERVICE web killed 15");
    if (mode_ == "onshutdown-failed") Tell("ONSHUTDOWN 000-save failed no such file");
    SendLogs();
    Tell(mode_ == "dirty" ? "UNMOUNTED busy:/var/my disk" : "UNMOUNTED clean");
    if (mode_ == "no-bye") return 0;
    Tell("BYE");
    if (mode_ == "after-bye") Tell("READY");
    return mode_ == "bad-exit" ? 3 : 0;
  }
  void SendLogs() const {
    if (mode_ == "no-logs") return;
    Tell("LOG onboot 000-dhcpcd out lease\\n");
    Tell("LOG onboot 000-dhcpcd err ");
    Tell("LOG services web out ");
    Tell("LOG services web err listening\\n");
    Tell("LOG services web err \\x1b[31mbye\\n");
    if (mode_ == "much-fails") Tell("LOG services exits err I am broken\\n");
    if (mode_ == "much-fails") Tell("LOG services crashes out ");
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
  bool kvm_ = false;
  int console_ = -1, result_ = -1, monitor_ = -1;
  int reports_ = -1;  // towards the monitor
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
