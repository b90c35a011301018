#include "tools/bundle/linux_json.h"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "tools/bundle/seccomp.h"
#include "tools/spec/capabilities.h"
#include "tools/spec/modes.h"
#include "tools/spec/page_size.h"

namespace linuxkit {
namespace {

// LinuxKit's words for namespaces: `host` and `root` share the system's, `new` is a new one,
// anything else is the path of one. A new network namespace is also called `none`.
void AddNamespace(std::string_view type, std::string_view value, OrderedJson& namespaces) {
  if (value == "host" || value == "root") return;
  OrderedJson json = {{"type", type}};
  const bool is_new = value == "new" || (type == "network" && value == "none");
  if (!is_new) json["path"] = value;
  namespaces.push_back(std::move(json));
}

std::string_view Or(std::string_view value, std::string_view fallback) {
  return value.empty() ? fallback : value;
}

OrderedJson NamespacesJson(const Container& container) {
  OrderedJson namespaces = OrderedJson::array();
  AddNamespace("network", Or(container.net(), "root"), namespaces);
  AddNamespace("ipc", Or(container.ipc(), "root"), namespaces);
  AddNamespace("uts", Or(container.uts(), "root"), namespaces);
  AddNamespace("pid", Or(container.pid(), "new"), namespaces);
  AddNamespace("user", Or(container.userns(), "root"), namespaces);
  AddNamespace("mount", "new", namespaces);
  return namespaces;
}

// A device that a container gets is one it may use.
void AddRule(const Device& device, Resources& resources) {
  DeviceRule& rule = *resources.add_devices();
  rule.set_allow(true);
  rule.set_type(device.type());
  rule.set_access("rwm");
  if (device.path() == "all") return;
  rule.set_major(device.major());
  rule.set_minor(device.minor());
}

absl::StatusOr<OrderedJson> DevicesJson(const DeviceList& devices) {
  OrderedJson json = OrderedJson::array();
  for (const Device& device : devices.values()) {
    if (device.path() == "all") continue;
    ABSL_ASSIGN_OR_RETURN(const uint32_t mode, ParseMode("device", device.mode()));
    json.push_back({{"path", device.path()},
                    {"type", device.type()},
                    {"major", device.major()},
                    {"minor", device.minor()},
                    {"fileMode", mode}});
  }
  return json;
}

absl::StatusOr<OrderedJson> ResourcesJson(const Resources& resources) {
  OrderedJson json = OrderedJson::object();
  for (const DeviceRule& rule : resources.devices()) json["devices"].push_back(MessageJson(rule));
  if (resources.has_memory()) json["memory"] = MessageJson(resources.memory());
  if (resources.has_cpu()) json["cpu"] = MessageJson(resources.cpu());
  if (resources.has_pids()) json["pids"] = MessageJson(resources.pids());
  if (resources.has_blockio()) json["blockIO"] = MessageJson(resources.blockio());
  for (const HugepageLimit& limit : resources.hugepage_limits()) {
    ABSL_ASSIGN_OR_RETURN(const std::string size, PageSizeText(limit.page_size()));
    json["hugepageLimits"].push_back({{"pageSize", size}, {"limit", limit.limit()}});
  }
  if (resources.has_network()) json["network"] = MessageJson(resources.network());
  return json;
}

absl::StatusOr<OrderedJson> CallsJson(const Container& container) {
  std::set<std::string> capabilities;
  for (const StringList& list : {container.capabilities(), container.ambient()}) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names, ExpandCapabilities(list));
    capabilities.insert(names.begin(), names.end());
  }
  return SeccompJson(capabilities);
}

}  // namespace

absl::StatusOr<OrderedJson> LinuxJson(const Container& container, Profile profile) {
  OrderedJson json = OrderedJson::object();
  AddMappings("uidMappings", container.uid_mappings(), json);
  AddMappings("gidMappings", container.gid_mappings(), json);
  if (!container.sysctl().values().empty()) json["sysctl"] = MapJson(container.sysctl());
  Resources resources = container.resources();
  for (const Device& device : container.devices().values()) AddRule(device, resources);
  ABSL_ASSIGN_OR_RETURN(json["resources"], ResourcesJson(resources));
  if (!container.cgroups_path().empty()) json["cgroupsPath"] = container.cgroups_path();
  json["namespaces"] = NamespacesJson(container);
  ABSL_ASSIGN_OR_RETURN(OrderedJson devices, DevicesJson(container.devices()));
  if (!devices.empty()) json["devices"] = std::move(devices);
  if (profile == Profile::kHardened) {
    ABSL_ASSIGN_OR_RETURN(json["seccomp"], CallsJson(container));
  }
  if (!container.rootfs_propagation().empty()) {
    json["rootfsPropagation"] = container.rootfs_propagation();
  }
  if (container.masked_paths().values_size() > 0) {
    json["maskedPaths"] = ListJson(container.masked_paths());
  }
  if (container.readonly_paths().values_size() > 0) {
    json["readonlyPaths"] = ListJson(container.readonly_paths());
  }
  return json;
}

}  // namespace linuxkit
