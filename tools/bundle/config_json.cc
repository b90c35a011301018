#include "tools/bundle/config_json.h"

#include <cstdint>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "tools/bundle/container_mounts.h"
#include "tools/bundle/linux_json.h"
#include "tools/bundle/oci_json.h"
#include "tools/spec/capabilities.h"
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

absl::StatusOr<OrderedJson> MountsJson(const Container& container, Profile profile) {
  ABSL_ASSIGN_OR_RETURN(const MountTable mounts, ContainerMounts(container, profile));
  OrderedJson json = OrderedJson::array();
  for (const auto& [destination, mount] : mounts) json.push_back(MountJson(mount));
  return json;
}

}  // namespace

absl::StatusOr<std::string> BuildConfigJson(const Container& container, const IdTable& ids,
                                            Profile profile) {
  OrderedJson config = OrderedJson::object();
  config["ociVersion"] = kOciVersion;
  ABSL_ASSIGN_OR_RETURN(config["process"], ProcessJson(container, ids));
  config["root"]["path"] = "rootfs";
  if (container.readonly()) config["root"]["readonly"] = true;
  if (!container.hostname().empty()) config["hostname"] = container.hostname();
  ABSL_ASSIGN_OR_RETURN(config["mounts"], MountsJson(container, profile));
  if (!container.annotations().values().empty()) {
    config["annotations"] = MapJson(container.annotations());
  }
  ABSL_ASSIGN_OR_RETURN(config["linux"], LinuxJson(container, profile));
  return FormatJson(config);
}

}  // namespace linuxkit
