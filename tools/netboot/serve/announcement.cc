#include "tools/netboot/serve/announcement.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/netboot/serve/socket_address.h"

namespace linuxkit {
namespace {

constexpr uint16_t kTftpPort = 69;
constexpr std::string_view kScript = "boot.ipxe";
constexpr std::string_view kBiosProgram = "undionly.kpxe";
constexpr std::string_view kEfiProgram = "ipxe.efi";

std::string HttpUrl(const Announcement& where, const std::string& host, std::string_view name) {
  return absl::StrCat("http://", UrlHost(host), ":", where.http_port, "/", name);
}

std::string Places(const Announcement& where) {
  std::string text;
  for (const std::string& host : where.hosts) {
    absl::StrAppend(&text, "  ", HttpUrl(where, host, ""), "\n");
    if (!where.tftp_port) continue;
    absl::StrAppend(&text, "  tftp://", UrlHost(host),
                    *where.tftp_port == kTftpPort ? "" : absl::StrCat(":", *where.tftp_port),
                    "/\n");
  }
  return text;
}

// dnsmasq tells iPXE by option 175 and UEFI by its client architectures (RFC 4578).
std::string DnsmasqLines(const Announcement& where, const ServedFiles& files) {
  const std::string& host = where.hosts[0];
  std::string text = absl::StrCat("dnsmasq.conf:\n  dhcp-match=set:ipxe,175\n  dhcp-boot=tag:ipxe,",
                                  HttpUrl(where, host, kScript), "\n");
  if (files.Find(kBiosProgram) != nullptr) {
    absl::StrAppend(&text,
                    "  dhcp-match=set:bios,option:client-arch,0\n  dhcp-boot=tag:bios,tag:!ipxe,",
                    kBiosProgram, ",,", host, "\n");
  }
  if (files.Find(kEfiProgram) != nullptr) {
    absl::StrAppend(&text,
                    "  dhcp-match=set:efi,option:client-arch,7\n  dhcp-boot=tag:efi,tag:!ipxe,",
                    kEfiProgram, ",,", host, "\n");
  }
  return text;
}

std::string DhcpdLines(const Announcement& where, const ServedFiles& files) {
  const std::string& host = where.hosts[0];
  std::string text = absl::StrCat(
      "dhcpd.conf:\n  option client-architecture code 93 = unsigned integer 16;\n  next-server ",
      host, ";\n  if exists user-class and option user-class = \"iPXE\" {\n    filename \"",
      HttpUrl(where, host, kScript), "\";\n  }");
  if (files.Find(kBiosProgram) != nullptr) {
    absl::StrAppend(&text, " elsif option client-architecture = 0 {\n    filename \"", kBiosProgram,
                    "\";\n  }");
  }
  if (files.Find(kEfiProgram) != nullptr) {
    absl::StrAppend(&text, " elsif option client-architecture = 7 {\n    filename \"", kEfiProgram,
                    "\";\n  }");
  }
  return absl::StrCat(text, "\n");
}

// Firmware without iPXE asks TFTP's own port and no other.
std::string FirmwareNote(const Announcement& where) {
  if (where.tftp_port == kTftpPort) return "";
  return absl::StrCat("Firmware that has no iPXE needs TFTP at port ", kTftpPort,
                      where.tftp_port ? absl::StrCat("; here it is at ", *where.tftp_port) : "",
                      ".\n");
}

}  // namespace

std::string Announce(const Announcement& where, const ServedFiles& files) {
  std::vector<std::string_view> names;
  for (const auto& [name, path] : files.files()) names.push_back(name);
  std::string text = absl::StrCat("Serving ", where.name, " at\n", Places(where),
                                  "Files: ", absl::StrJoin(names, " "), "\n");
  if (files.Find(kScript) == nullptr) return text;
  absl::StrAppend(&text, "iPXE:\n  chain ", HttpUrl(where, where.hosts[0], kScript), "\n",
                  DnsmasqLines(where, files), DhcpdLines(where, files), FirmwareNote(where));
  return absl::StrCat(
      text,
      "QEMU:\n  qemu-system-x86_64 -m 2048 -nographic -boot n -device virtio-net-pci,netdev=net0 "
      "-netdev user,id=net0,bootfile=",
      HttpUrl(where, where.guest_host, kScript), "\n");
}

}  // namespace linuxkit
