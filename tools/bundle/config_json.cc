#include "tools/bundle/config_json.h"

#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_split.h"
#include "tools/bundle/linux_json.h"
#include "tools/bundle/oci_json.h"
#include "tools/spec/capabilities.h"
#include "tools/spec/mounts.h"
#include "tools/spec/rlimits.h"

namespace linuxkit {
namespace {

constexpr std::string_view kOciVersion = "1.2.1";

absl::StatusOr<OrderedJson> UserJson(const Container& container, const IdTable& ids) {
  OrderedJson user = OrderedJson::object();
  ABSL_ASSIGN_OR_RETURN(user["uid"], ResolveId(container.uid(), ids));
  ABSL_ASSIGN_OR_RETURN(user["gid"], ResolveId(container.gid(), ids));
  for (const Id& id : container.additional_gids().values()) {
    ABSL_ASSIGN_OR_RETURN(const uint32_t gid, ResolveId(id, ids));
    user["additionalGids"].push_back(gid);
  }
  return user;
}

absl::StatusOr<OrderedJson> CapabilitiesJson(const Container& container) {
  using Names = std::vector<std::string>;
  ABSL_ASSIGN_OR_RETURN(const Names effective, ExpandCapabilities(container.capabilities()));
  ABSL_ASSIGN_OR_RETURN(const Names ambient, ExpandCapabilities(container.ambient()));
  std::set<std::string> bound(effective.begin(), effective.end());
  bound.insert(ambient.begin(), ambient.end());
  OrderedJson json = OrderedJson::object();
  if (!bound.empty()) json["bounding"] = bound;
  if (!effective.empty()) json["effective"] = effective;
  if (!bound.empty()) json["inheritable"] = bound;
  if (!bound.empty()) json["permitted"] = bound;
  if (!ambient.empty()) json["ambient"] = ambient;
  return json;
}

absl::StatusOr<OrderedJson> RlimitsJson(const StringList& list) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Rlimit> limits, ParseRlimits(list));
  OrderedJson json = OrderedJson::array();
  for (const Rlimit& limit : limits) {
    json.push_back({{"type", limit.type}, {"hard", limit.hard}, {"soft", limit.soft}});
  }
  return json;
}

absl::StatusOr<OrderedJson> ProcessJson(const Container& container, const IdTable& ids) {
  OrderedJson process = OrderedJson::object();
  ABSL_ASSIGN_OR_RETURN(process["user"], UserJson(container, ids));
  if (container.command().values_size() > 0) process["args"] = ListJson(container.command());
  if (container.env().values_size() > 0) process["env"] = ListJson(container.env());
  process["cwd"] = container.cwd();
  ABSL_ASSIGN_OR_RETURN(process["capabilities"], CapabilitiesJson(container));
  ABSL_ASSIGN_OR_RETURN(OrderedJson rlimits, RlimitsJson(container.rlimits()));
  if (!rlimits.empty()) process["rlimits"] = std::move(rlimits);
  if (container.no_new_privileges()) process["noNewPrivileges"] = true;
  if (container.has_oom_score_adj()) process["oomScoreAdj"] = container.oom_score_adj();
  return process;
}

// By destination: a later mount replaces an earlier one, and the order is that of the bytes.
using MountTable = std::map<std::string, Mount>;

void AddDefault(std::string_view destination, std::string_view type, std::string_view options,
                MountTable& mounts) {
  Mount mount;
  mount.set_destination(std::string(destination));
  mount.set_type(std::string(type));
  mount.set_source(std::string(type));
  for (const std::string_view option : absl::StrSplit(options, ' ')) {
    mount.add_options(std::string(option));
  }
  mounts[mount.destination()] = std::move(mount);
}

MountTable DefaultMounts(bool readonly) {
  MountTable mounts;
  AddDefault("/proc", "proc", "nosuid nodev noexec relatime", mounts);
  AddDefault("/dev", "tmpfs", "nosuid strictatime mode=755 size=65536k", mounts);
  AddDefault("/dev/pts", "devpts", "nosuid noexec newinstance ptmxmode=0666 mode=0620", mounts);
  AddDefault("/sys", "sysfs", "nosuid noexec nodev", mounts);
  AddDefault("/sys/fs/cgroup", "cgroup", "nosuid noexec nodev relatime ro", mounts);
  if (readonly) {
    mounts["/dev"].add_options("ro");
    mounts["/sys"].add_options("ro");
  }
  return mounts;
}

absl::StatusOr<OrderedJson> MountsJson(const Container& container) {
  MountTable mounts = DefaultMounts(container.readonly());
  for (const std::string& text : container.tmpfs().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, ParseTmpfs(text));
    mounts[mount.destination()] = std::move(mount);
  }
  for (const std::string& text : container.binds().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, ParseBind(text));
    mounts[mount.destination()] = std::move(mount);
  }
  for (const Mount& given : container.mounts().values()) {
    ABSL_ASSIGN_OR_RETURN(Mount mount, CompleteMount(given));
    mounts[mount.destination()] = std::move(mount);
  }
  OrderedJson json = OrderedJson::array();
  for (const auto& [destination, mount] : mounts) json.push_back(MountJson(mount));
  return json;
}

}  // namespace

absl::StatusOr<std::string> BuildConfigJson(const Container& container, const IdTable& ids) {
  OrderedJson config = OrderedJson::object();
  config["ociVersion"] = kOciVersion;
  ABSL_ASSIGN_OR_RETURN(config["process"], ProcessJson(container, ids));
  config["root"]["path"] = "rootfs";
  if (container.readonly()) config["root"]["readonly"] = true;
  if (!container.hostname().empty()) config["hostname"] = container.hostname();
  ABSL_ASSIGN_OR_RETURN(config["mounts"], MountsJson(container));
  if (!container.annotations().values().empty()) {
    config["annotations"] = MapJson(container.annotations());
  }
  ABSL_ASSIGN_OR_RETURN(config["linux"], LinuxJson(container));
  return FormatJson(config);
}

}  // namespace linuxkit
