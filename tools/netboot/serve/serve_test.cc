// Flags, the announcement, and the program from outside: its output, exit status and signals.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/base/file.h"
#include "tools/disk/testing.h"
#include "tools/netboot/serve/announcement.h"
#include "tools/netboot/serve/serve_options.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/qemu/process.h"

namespace linuxkit {
namespace {

using ::absl_testing::IsOk;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kServe[] = "tools/netboot/serve/serve";

std::string Parsed(const std::vector<std::string>& flags) {
  std::vector<FlagWord> words;
  for (const std::string& flag : flags) words.push_back({flag});
  const auto options = ParseServeOptions(words, {.user_dir = "/user"});
  if (!options.ok()) return std::string(options.status().message());
  std::string text = absl::StrCat(options->bind, ":", options->http_port, " tftp ",
                                  options->no_tftp     ? "none"
                                  : options->tftp_port ? absl::StrCat(*options->tftp_port)
                                                       : "69 or any");
  for (const auto& [name, path] : options->files) absl::StrAppend(&text, " ", name, "=", path);
  for (const std::string& path : options->directories) absl::StrAppend(&text, " ", path);
  return text;
}

TEST(ServeOptionsTest, Flags) {
  EXPECT_EQ(Parsed({}), "0.0.0.0:8080 tftp 69 or any");
  EXPECT_EQ(Parsed({"--http-port=0", "--tftp-port", "6969", "--bind=::1"}), "::1:0 tftp 6969");
  EXPECT_EQ(Parsed({"--port=:8000", "--no-tftp"}), "0.0.0.0:8000 tftp none");
  EXPECT_EQ(Parsed({"--port=127.0.0.1:1"}), "127.0.0.1:1 tftp 69 or any");
  EXPECT_EQ(Parsed({"--port=81", "--directory=.", "--file=a/b=/c=d", "--file=e=f"}),
            "0.0.0.0:81 tftp 69 or any a/b=/c=d e=/user/f /user/.");
}

TEST(ServeOptionsTest, Errors) {
  EXPECT_EQ(Parsed({"--http-port=65536"}),
            "--http-port=65536: expected a port from 0 to 65535; 0 is any free one");
  EXPECT_EQ(Parsed({"--port=:x"}), "--port=x: expected a port from 0 to 65535; 0 is any free one");
  EXPECT_EQ(Parsed({"--file=a"}), "--file=a: expected --file=NAME=FILE");
  EXPECT_EQ(Parsed({"--no-tftp", "--tftp-port=0"}),
            "--no-tftp and --tftp-port exclude each other; give one");
  EXPECT_EQ(Parsed({"--http-prt=1"}), "unknown flag --http-prt; did you mean --http-port?");
}

TEST(AnnouncementTest, Everything) {
  ServedFiles files;
  ASSERT_THAT(WriteFile(TestPath("file"), "x"), IsOk());
  for (const std::string_view name : {"boot.ipxe", "kernel", "undionly.kpxe", "ipxe.efi"}) {
    ASSERT_THAT(files.Add(name, TestPath("file")), IsOk());
  }
  EXPECT_EQ(
      Announce({.name = "img", .hosts = {"192.0.2.7", "198.51.100.1"}, .tftp_port = 69}, files),
      "Serving img at\n"
      "  http://192.0.2.7:8080/\n"
      "  tftp://192.0.2.7/\n"
      "  http://198.51.100.1:8080/\n"
      "  tftp://198.51.100.1/\n"
      "Files: boot.ipxe ipxe.efi kernel undionly.kpxe\n"
      "iPXE:\n"
      "  chain http://192.0.2.7:8080/boot.ipxe\n"
      "dnsmasq.conf:\n"
      "  dhcp-match=set:ipxe,175\n"
      "  dhcp-boot=tag:ipxe,http://192.0.2.7:8080/boot.ipxe\n"
      "  dhcp-match=set:bios,option:client-arch,0\n"
      "  dhcp-boot=tag:bios,tag:!ipxe,undionly.kpxe,,192.0.2.7\n"
      "  dhcp-match=set:efi,option:client-arch,7\n"
      "  dhcp-boot=tag:efi,tag:!ipxe,ipxe.efi,,192.0.2.7\n"
      "dhcpd.conf:\n"
      "  option client-architecture code 93 = unsigned integer 16;\n"
      "  next-server 192.0.2.7;\n"
      "  if exists user-class and option user-class = \"iPXE\" {\n"
      "    filename \"http://192.0.2.7:8080/boot.ipxe\";\n"
      "  } elsif option client-architecture = 0 {\n"
      "    filename \"undionly.kpxe\";\n"
      "  } elsif option client-architecture = 7 {\n"
      "    filename \"ipxe.efi\";\n"
      "  }\n"
      "QEMU:\n"
      "  qemu-system-x86_64 -m 2048 -nographic -boot n -device virtio-net-pci,netdev=net0 -netdev "
      "user,id=net0,bootfile=http://10.0.2.2:8080/boot.ipxe\n");
}

TEST(AnnouncementTest, ScriptAlone) {
  ServedFiles files;
  ASSERT_THAT(WriteFile(TestPath("file"), "x"), IsOk());
  ASSERT_THAT(files.Add("boot.ipxe", TestPath("file")), IsOk());
  EXPECT_EQ(
      Announce(
          {.name = "img", .hosts = {"::1"}, .guest_host = "::1", .http_port = 1, .tftp_port = 2},
          files),
      "Serving img at\n"
      "  http://[::1]:1/\n"
      "  tftp://[::1]:2/\n"
      "Files: boot.ipxe\n"
      "iPXE:\n"
      "  chain http://[::1]:1/boot.ipxe\n"
      "dnsmasq.conf:\n"
      "  dhcp-match=set:ipxe,175\n"
      "  dhcp-boot=tag:ipxe,http://[::1]:1/boot.ipxe\n"
      "dhcpd.conf:\n"
      "  option client-architecture code 93 = unsigned integer 16;\n"
      "  next-server ::1;\n"
      "  if exists user-class and option user-class = \"iPXE\" {\n"
      "    filename \"http://[::1]:1/boot.ipxe\";\n"
      "  }\n"
      "Firmware that has no iPXE needs TFTP at port 69; here it is at 2.\n"
      "QEMU:\n"
      "  qemu-system-x86_64 -m 2048 -nographic -boot n -device virtio-net-pci,netdev=net0 -netdev "
      "user,id=net0,bootfile=http://[::1]:1/boot.ipxe\n");
}

TEST(AnnouncementTest, OtherFiles) {
  ServedFiles files;
  ASSERT_THAT(WriteFile(TestPath("file"), "x"), IsOk());
  ASSERT_THAT(files.Add("a", TestPath("file")), IsOk());
  EXPECT_EQ(Announce({.name = "dir", .hosts = {"127.0.0.1"}}, files),
            "Serving dir at\n  http://127.0.0.1:8080/\nFiles: a\n");
}

// The exit code, then the output.
std::string RunServe(const std::vector<std::string>& flags) {
  std::vector<std::string> argv = {kServe};
  argv.insert(argv.end(), flags.begin(), flags.end());
  const auto run = RunToEnd(argv, std::chrono::minutes(1));
  if (!run.ok()) return std::string(run.status().message());
  return absl::StrCat(run->status.shell_code(), ": ", run->output);
}

TEST(ServeTest, NothingToServe) {
  EXPECT_EQ(RunServe({}),
            "1: serve: nothing to serve: expected --file or --directory (the rule gives files; run "
            "it with \"bazel run //path:NAME_serve\")\n");
}

TEST(ServeTest, NoSuchFile) {
  EXPECT_EQ(RunServe({"--file=a=/none"}),
            "1: serve: cannot open /none: No such file or directory\n");
}

TEST(ServeTest, BadAddress) {
  EXPECT_EQ(
      RunServe({"--file=a=/proc/self/exe", "--bind=localhost"}),
      "1: serve: \"localhost\" is no address; expected one such as 192.0.2.7, 0.0.0.0 or ::\n");
}

TEST(ServeTest, AddressOfAnotherMachine) {
  EXPECT_EQ(RunServe({"--file=a=/proc/self/exe", "--bind=192.0.2.7"}),
            "1: serve: cannot bind TCP 192.0.2.7:8080: Cannot assign requested address; give "
            "another port with --http-port (0 is any free one)\n");
}

TEST(ServeTest, Help) {
  EXPECT_THAT(RunServe({"--help"}), StartsWith("0: Serves a LinuxKit image to machines"));
}

// Starts the program, asks both servers, and ends it.
void ServeUntil(int signal) {
  ASSERT_THAT(WriteFile(TestPath("a"), "content"), IsOk());
  DescriptorPair out = MakePipe().value();
  SpawnOptions options;
  options.stdout_fd = out.second.get();
  auto process = Process::Start({kServe, absl::StrCat("--file=a=", TestPath("a")),
                                 "--bind=127.0.0.1", "--http-port=0", "--tftp-port=0", "--quiet"},
                                options);
  ASSERT_TRUE(process.ok()) << process.status();
  // "…at\n  http://127.0.0.1:PORT/\n  tftp://127.0.0.1:PORT/\nFiles: a\n"
  std::string text;
  char c;
  while (text.find("Files: a\n") == text.npos && read(out.first.get(), &c, 1) == 1) text += c;
  for (const std::string_view scheme : {"http://", "tftp://"}) {
    const size_t begin = text.find(scheme);
    ASSERT_NE(begin, text.npos) << text;
    const std::string url = text.substr(begin, text.find('\n', begin) - begin);
    EXPECT_EQ(OutputOf(absl::StrCat("curl -q -sS --noproxy '*' --max-time 60 ", url, "a")),
              "content")
        << url;
  }
  process->Signal(signal);
  EXPECT_EQ(process->Wait().shell_code(), 0);
}

TEST(ServeTest, EndsBySigint) { ServeUntil(SIGINT); }
TEST(ServeTest, EndsBySigterm) { ServeUntil(SIGTERM); }

}  // namespace
}  // namespace linuxkit
