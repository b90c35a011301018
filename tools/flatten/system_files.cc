#include "tools/flatten/system_files.h"

#include <array>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"

namespace linuxkit {
namespace {

using Type = LayerEntry::Type;

constexpr std::string_view kHosts = "etc/hosts";
constexpr std::string_view kResolvConf = "etc/resolv.conf";

constexpr std::array<std::string_view, 6> kDropped = {".dockerenv", "Dockerfile", "dev/console",
                                                      "dev/pts",    "dev/shm",    "etc/hostname"};
// Replaced with everything below them, since an image may have a directory there.
constexpr std::array<std::string_view, 2> kReplaced = {kHosts, kResolvConf};
constexpr std::array<std::string_view, 4> kDirectories = {"dev", "etc", "proc", "sys"};

constexpr std::string_view kHostsText =
    "127.0.0.1       localhost\n"
    "::1     localhost ip6-localhost ip6-loopback\n"
    "fe00::0 ip6-localnet\n"
    "ff00::0 ip6-mcastprefix\n"
    "ff02::1 ip6-allnodes\n"
    "ff02::2 ip6-allrouters\n";
static_assert(kHostsText.size() == 160);
constexpr std::string_view kResolvText = "\n# no resolv.conf configured\n";
static_assert(kResolvText.size() == 29);
// The init system makes this file once the network is up.
constexpr std::string_view kResolverLink = "/run/resolvconf/resolv.conf";

bool IsAtOrBelow(std::string_view path, std::string_view top) {
  return absl::StartsWith(path, top) && (path.size() == top.size() || path[top.size()] == '/');
}

LayerEntry Directory(std::string_view name) {
  return {.type = Type::kDirectory, .name = std::string(name), .attributes = {.mode = 0755}};
}

LayerEntry File(std::string_view name, std::string_view content) {
  return {.type = Type::kFile, .name = std::string(name), .size = content.size()};
}

LayerEntry Link(std::string_view name, std::string_view target, uint32_t mode) {
  return {.type = Type::kSymlink,
          .name = std::string(name),
          .attributes = {.mode = mode},
          .link = std::string(target)};
}

}  // namespace

bool SystemFiles::Drops(std::string_view path) const {
  if (kind_ == ImageKind::kPlain) return false;
  return absl::c_linear_search(kDropped, path) ||
         absl::c_any_of(kReplaced, [&](std::string_view top) { return IsAtOrBelow(path, top); });
}

bool SystemFiles::LiesBelow(std::string_view path) const {
  return kind_ != ImageKind::kPlain && absl::c_linear_search(kDirectories, path);
}

int64_t SystemFiles::Time(std::string_view path, int64_t mtime) const {
  return kind_ != ImageKind::kPlain && path == kMtab ? kFixedTime : mtime;
}

std::vector<SystemFiles::Entry> SystemFiles::Entries() const {
  if (kind_ == ImageKind::kPlain) return {};
  const bool container = kind_ == ImageKind::kContainer;
  return {
      {Directory("dev"), {}},
      {Directory("dev/pts"), {}},
      {Directory("dev/shm"), {}},
      {Directory("etc"), {}},
      {File(kHosts, kHostsText), kHostsText},
      {Link(kMtab, "/proc/mounts", 0755), {}},
      {container ? File(kResolvConf, kResolvText) : Link(kResolvConf, kResolverLink, 0644),
       container ? kResolvText : std::string_view()},
      {Directory("proc"), {}},
      {Directory("sys"), {}},
  };
}

absl::Status SystemFiles::ApplyTo(ImageTree& tree) const {
  if (kind_ == ImageKind::kPlain) return absl::OkStatus();
  for (const std::string_view path : kDropped) tree.Drop(path);
  for (Entry& own : Entries()) {
    LayerEntry& entry = own.entry;
    if (entry.type == Type::kDirectory) {
      ABSL_RETURN_IF_ERROR(tree.PutDirectory(entry.name, entry.attributes));
    } else if (ImageTree::Node* theirs = tree.Find(entry.name);
               entry.name == kMtab && theirs != nullptr) {
      theirs->inode->entry.attributes.mtime = kFixedTime;
    } else {
      ABSL_RETURN_IF_ERROR(tree.Put(std::move(entry), own.content));
    }
  }
  return absl::OkStatus();
}

absl::Status SystemFiles::Append(bool has_mtab, EntrySink& sink) const {
  for (const Entry& own : Entries()) {
    const LayerEntry& entry = own.entry;
    if (entry.name == kMtab && has_mtab) continue;
    switch (entry.type) {
      case Type::kDirectory:
        ABSL_RETURN_IF_ERROR(sink.AddDirectory(entry.name, entry.attributes));
        break;
      case Type::kSymlink:
        ABSL_RETURN_IF_ERROR(sink.AddSymlink(entry.name, entry.link, entry.attributes));
        break;
      default:
        ABSL_RETURN_IF_ERROR(sink.AddFile(entry.name, entry.attributes, own.content));
    }
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
