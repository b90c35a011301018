#include "tools/qemu/test_plan.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tools/qemu/json_fields.h"

namespace linuxkit {
namespace {

using nlohmann::json;

// Typed into the console as one line of the terminal, whose driver takes no more than 4095 bytes.
constexpr size_t kConsoleCommandLimit = 1000;

// Reads a whole number of [low, high] into a smaller type.
template <typename T>
void ReadCount(JsonFields& fields, const char* key, int64_t low, int64_t high, T& target) {
  if (!fields.Has(key)) {
    int64_t unused = 0;
    fields.Read(key, unused);  // makes the key known
    return;
  }
  int64_t value = low;
  fields.Read(key, value);
  if (value < low || value > high) {
    return fields.Fail(key, absl::StrCat("found ", value, ", expected ", low, " to ", high));
  }
  target = static_cast<T>(value);
}

void ReadPattern(JsonFields& fields, const char* key, std::optional<Pattern>& target) {
  std::string text;
  fields.Read(key, text);
  if (text.empty()) return;
  absl::StatusOr<Pattern> pattern = Pattern::Compile(fields.Where(key), text);
  fields.Note(pattern.status());
  if (pattern.ok()) target = *std::move(pattern);
}

void ReadPatterns(JsonFields& fields, const char* key, std::vector<Pattern>& target) {
  std::vector<std::string> texts;
  fields.Read(key, texts);
  for (const std::string& text : texts) {
    absl::StatusOr<Pattern> pattern = Pattern::Compile(fields.Where(key), text);
    fields.Note(pattern.status());
    if (pattern.ok()) target.push_back(*std::move(pattern));
  }
}

absl::Status ReadPort(const std::string& where, const json& object, std::vector<PortProbe>& ports) {
  JsonFields fields(where, object);
  PortProbe probe;
  std::string protocol = "http";
  fields.Read("protocol", protocol);
  if (protocol != "http" && protocol != "tcp") {
    fields.Fail("protocol", absl::StrCat("found \"", protocol, "\", expected \"http\" or \"tcp\""));
  }
  probe.http = protocol == "http";
  ReadCount(fields, "port", 1, 65535, probe.port);
  if (!fields.Has("port")) fields.Fail("port", "missing; expected the guest's port");
  ReadCount(fields, "status", 100, 599, probe.status);
  fields.Read("path", probe.path);
  if (!probe.path.starts_with('/')) {
    fields.Fail("path",
                absl::StrCat("found \"", probe.path, "\", expected a path that begins with /"));
  }
  fields.Read("send", probe.send);
  ReadPattern(fields, "expect", probe.expect);
  ABSL_RETURN_IF_ERROR(fields.Finish());
  ports.push_back(std::move(probe));
  return absl::OkStatus();
}

absl::Status ReadCommand(const std::string& where, const json& object,
                         std::vector<PlannedCommand>& commands) {
  JsonFields fields(where, object);
  PlannedCommand command;
  std::string container = "-";
  fields.Read("container", container);
  if (container.empty()) {
    fields.Fail("container", "expected the name of a service, or \"-\" for the root file system");
  }
  if (container != "-") command.container = container;
  fields.Read("shell", command.shell);
  if (command.shell.empty()) fields.Fail("shell", "missing; expected the text for /bin/sh -c");
  ReadPattern(fields, "expect", command.expect);
  ABSL_RETURN_IF_ERROR(fields.Finish());
  commands.push_back(std::move(command));
  return absl::OkStatus();
}

void ReadChannel(JsonFields& fields, TestPlan& plan) {
  std::string channel = "guest";
  fields.Read("channel", channel);
  if (channel == "guest") {
    plan.channel = ChannelKind::kGuest;
  } else if (channel == "console") {
    plan.channel = ChannelKind::kConsole;
  } else if (channel == "none") {
    plan.channel = ChannelKind::kNone;
  } else if (channel == "off") {
    plan.channel = ChannelKind::kOff;
  } else {
    fields.Fail("channel",
                absl::StrCat("found \"", channel,
                             "\", expected \"guest\", \"console\", \"none\" or \"off\""));
  }
}

void ReadArch(JsonFields& fields, TestPlan& plan) {
  std::string arch(ArchName(HostArch()));
  fields.Read("arch", arch);
  if (arch == "x86_64" || arch == "aarch64") {
    plan.arch = arch == "x86_64" ? Arch::kX86_64 : Arch::kAarch64;
  } else {
    fields.Fail("arch", absl::StrCat("found \"", arch, "\", expected \"x86_64\" or \"aarch64\""));
  }
}

// Reads a name and what it stands for, unless it is absent.
template <typename T, typename Parse>
void ReadName(JsonFields& fields, const char* key, Parse parse, T& target) {
  std::string text;
  fields.Read(key, text);
  if (text.empty()) return;
  auto value = parse(fields.Where(key), text);
  fields.Note(value.status());
  if (value.ok()) target = *value;
}

void ReadBoot(JsonFields& fields, TestPlan& plan) {
  ReadName(fields, "boot", FindBootFormat, plan.boot.format);
  fields.Read("boot_files", plan.boot.files);
  ReadName(fields, "attach", ParseAttach, plan.boot.attach);
  ReadName(fields, "firmware", ParseFirmwareChoice, plan.boot.firmware);
  fields.Read("firmware_vars", plan.firmware_vars);
  ReadName(fields, "machine", ParseBoard, plan.board);
  fields.Read("bootfile", plan.boot.bootfile);
  fields.Read("netboot_server", plan.netboot_server);
}

void ReadNetworking(JsonFields& fields, TestPlan& plan) {
  std::string mode = plan.netboot_server.empty() ? "restricted" : "user";
  fields.Read("networking", mode);
  if (mode != "restricted" && mode != "user") {
    return fields.Fail("networking",
                       absl::StrCat("found \"", mode, "\", expected \"restricted\" or \"user\""));
  }
  plan.networking = mode == "user" ? Networking::Mode::kUser : Networking::Mode::kRestricted;
  if (mode == "restricted" && !plan.netboot_server.empty()) {
    fields.Fail("networking", "the guest must reach the netboot_server; expected \"user\"");
  }
}

void ReadMachine(JsonFields& fields, TestPlan& plan) {
  fields.Read("kernel", plan.kernel);
  fields.Read("initrd", plan.initrd);
  fields.Read("cmdline", plan.cmdline_file);
  fields.Read("initrd_info", plan.initrd_info);
  ReadCount(fields, "initrd_unpacked_bytes", 0, int64_t{1} << 50, plan.initrd_unpacked_bytes);
  ReadBoot(fields, plan);
  fields.Read("disks", plan.disks);
  fields.Read("smbios", plan.smbios);
  ReadNetworking(fields, plan);
  ReadArch(fields, plan);
  ReadName(fields, "accel", ParseAccel, plan.accel);
  ReadCount(fields, "cpus", 1, 255, plan.cpus);
  int64_t mem = 0;
  ReadCount(fields, "mem", 1, 1 << 30, mem);
  if (fields.Has("mem")) plan.mem_mib = mem;
  fields.Read("kernel_args", plan.kernel_args);
}

void ReadAssertions(JsonFields& fields, TestPlan& plan) {
  ReadPatterns(fields, "expect", plan.expect);
  ReadPatterns(fields, "refused", plan.refused);
  ReadPatterns(fields, "forbid", plan.forbid);
  fields.Read("allow_failed", plan.allow_failed);
  fields.Each("ports", [&](const std::string& where, const json& object) {
    return ReadPort(where, object, plan.ports);
  });
  fields.Each("commands", [&](const std::string& where, const json& object) {
    return ReadCommand(where, object, plan.commands);
  });
}

void CheckBoot(JsonFields& fields, const TestPlan& plan) {
  const BootKind kind = plan.boot.kind();
  if (plan.boot.loads_kernel() && plan.kernel.empty()) {
    fields.Fail("kernel", "missing; expected a kernel, or a medium with boot");
  }
  if (kind == BootKind::kDirect && !plan.boot.files.empty()) {
    fields.Fail("boot_files", "without boot nothing is made of them; expected both");
  }
  if (kind != BootKind::kDirect && plan.boot.files.empty()) {
    fields.Fail("boot_files",
                absl::StrCat("missing; expected what ", plan.boot.format->name, " boots from"));
  }
  if (!plan.boot.loads_kernel() && !plan.kernel_args.empty()) {
    fields.Fail("kernel_args", absl::StrCat(plan.boot.format->name,
                                            " has its command line inside; expected none"));
  }
  if (kind != BootKind::kNetwork && !plan.netboot_server.empty()) {
    fields.Fail("netboot_server", "serves nothing without boot netboot");
  }
  if (kind != BootKind::kNetwork && !plan.boot.bootfile.empty()) {
    fields.Fail("bootfile", "nothing loads it without boot netboot");
  }
  if (!plan.netboot_server.empty() && plan.boot.firmware_choice() != FirmwareChoice::kSeaBios) {
    fields.Fail("netboot_server", "UEFI firmware loads iPXE by TFTP; expected none, or seabios");
  }
  if (plan.deadline_scale <= 0) fields.Fail("deadline_scale", "expected a number above 0");
}

// A refused boot says nothing but on the console.
void CheckRefused(JsonFields& fields, const TestPlan& plan) {
  if (plan.refused.empty()) return;
  if (plan.channel != ChannelKind::kGuest) {
    fields.Fail("refused", "needs the channel \"guest\", on which the guest stays silent");
  }
  if (!plan.expect.empty() || !plan.ports.empty() || !plan.commands.empty()) {
    fields.Fail("refused", "excludes expect, ports and commands: no guest runs");
  }
}

void CheckCommands(JsonFields& fields, const TestPlan& plan) {
  if (plan.commands.empty() || plan.channel == ChannelKind::kGuest) return;
  if (plan.channel != ChannelKind::kConsole) {
    return fields.Fail("commands", "need the channel \"guest\" or \"console\"");
  }
  for (const PlannedCommand& command : plan.commands) {
    if (!command.container.empty()) {
      fields.Fail("commands", absl::StrCat("\"", command.container,
                                           "\": on the channel \"console\" commands run where the "
                                           "console's shell is; expected \"-\""));
    }
    if (command.shell.find('\n') != std::string::npos ||
        command.shell.size() > kConsoleCommandLimit) {
      fields.Fail("commands",
                  absl::StrCat("on the channel \"console\" a command is one line of at most ",
                               kConsoleCommandLimit, " bytes"));
    }
  }
}

absl::StatusOr<json> ParseJson(std::string_view name, std::string_view text) {
  try {
    return json::parse(text);
  } catch (const json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": not JSON: ", error.what()));
  }
}

}  // namespace

absl::StatusOr<TestPlan> ParseTestPlan(std::string_view name, std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const json object, ParseJson(name, text));
  JsonFields fields{std::string(name), object};
  TestPlan plan;
  ReadMachine(fields, plan);
  ReadChannel(fields, plan);
  fields.Read("poweroff_command", plan.poweroff_command);
  fields.Read("deadline_scale", plan.deadline_scale);
  ReadPattern(fields, "console_prompt", plan.console_prompt);
  ReadAssertions(fields, plan);
  CheckBoot(fields, plan);
  CheckCommands(fields, plan);
  CheckRefused(fields, plan);
  ABSL_RETURN_IF_ERROR(fields.Finish());
  TakeSystemFiles(plan.boot, plan.kernel, plan.initrd, plan.cmdline_file);
  if (!plan.console_prompt) {
    ABSL_ASSIGN_OR_RETURN(plan.console_prompt, Pattern::Compile("console_prompt", "[#$] ?$"));
  }
  return plan;
}

}  // namespace linuxkit
