#include "tools/spec/container_checks.h"

#include <cstddef>
#include <iterator>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tools/spec/capabilities.h"
#include "tools/spec/ids.h"
#include "tools/spec/modes.h"
#include "tools/spec/mounts.h"
#include "tools/spec/page_size.h"
#include "tools/spec/paths.h"
#include "tools/spec/rlimits.h"

namespace linuxkit {
namespace {

absl::Status CheckDevice(const Device& device) {
  if (device.path().empty()) {
    return absl::InvalidArgumentError("path is required; expected a path below /dev, or \"all\"");
  }
  if (device.path() == "all") return absl::OkStatus();
  if (!absl::StartsWith(device.path(), "/")) {
    return absl::InvalidArgumentError(absl::StrCat("found the path \"", device.path(),
                                                   "\"; expected an absolute one, such as \"/dev/",
                                                   device.path(), "\""));
  }
  constexpr std::string_view kTypes[] = {"", "a", "b", "c", "p", "u"};
  if (absl::c_find(kTypes, device.type()) == std::end(kTypes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("found the type \"", device.type(),
                     "\"; expected c or u (character), b (block) or p (pipe)"));
  }
  return ParseMode("device", device.mode()).status();
}

// sethostname(2).
absl::Status CheckHostname(std::string_view name) {
  constexpr size_t kLongest = 64;
  if (name.size() <= kLongest) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("found a host name of ", name.size(), " bytes; expected at most ", kLongest));
}

// proc(5), oom_score_adj.
absl::Status CheckOomScoreAdj(int64_t score) {
  if (score >= -1000 && score <= 1000) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("found ", score, "; expected a number from -1000 to 1000"));
}

absl::Status CheckPropagation(std::string_view propagation) {
  constexpr std::string_view kKnown[] = {"",       "private", "rprivate",   "slave",      "rslave",
                                         "shared", "rshared", "unbindable", "runbindable"};
  if (absl::c_find(kKnown, propagation) != std::end(kKnown)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("found \"", propagation,
                   "\"; expected one of private, slave, shared and unbindable, "
                   "or one of these with an \"r\" in front"));
}

// A namespace: a word, or a path such as another container's /proc/PID/ns/net.
absl::Status CheckNamespace(std::string_view value) {
  constexpr std::string_view kWords[] = {"", "host", "root", "new", "none"};
  if (absl::StartsWith(value, "/") || absl::c_find(kWords, value) != std::end(kWords)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "found \"", value, "\"; expected \"host\", \"new\" or the absolute path of a namespace"));
}

absl::Status CheckWeight(std::string_view key, uint32_t weight) {
  if (weight <= std::numeric_limits<uint16_t>::max()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(key, ": found ", weight, "; expected a number from 0 to 65535"));
}

absl::Status CheckWeights(const BlockIo& blockio) {
  absl::Status status = CheckWeight("weight", blockio.weight());
  status.Update(CheckWeight("leafWeight", blockio.leaf_weight()));
  for (const BlockIo::WeightDevice& device : blockio.weight_device()) {
    status.Update(CheckWeight("weightDevice", device.weight()));
    status.Update(CheckWeight("weightDevice", device.leaf_weight()));
  }
  return status;
}

class Checker {
 public:
  Checker(const YamlValue& value, const ValuePath& path, Problems& problems)
      : value_(value), path_(path), problems_(problems) {}

  void Capabilities(const Container& container) {
    Note("capabilities", ExpandCapabilities(container.capabilities()).status());
    Note("ambient", ExpandCapabilities(container.ambient()).status());
    if (container.has_capabilities()) return;
    Note("capabilities.add", ExpandCapabilities(container.capabilities_add()).status());
  }

  void Process(const Container& container) {
    Note("cwd", CheckWorkingDirectory(container.cwd()));
    Note("hostname", CheckHostname(container.hostname()));
    Note("oomScoreAdj", CheckOomScoreAdj(container.oom_score_adj()));
    Note("rootfsPropagation", CheckPropagation(container.rootfs_propagation()));
    Note("net", CheckNamespace(container.net()));
    Note("pid", CheckNamespace(container.pid()));
    Note("ipc", CheckNamespace(container.ipc()));
    Note("uts", CheckNamespace(container.uts()));
    Note("userns", CheckNamespace(container.userns()));
    Note("uid", CheckId(container.uid()));
    Note("gid", CheckId(container.gid()));
    Each("additionalGids", container.additional_gids().values(), CheckId);
    Each("env", container.env().values(), CheckVariable);
  }

  void Mounts(const Container& container) {
    EachMount("tmpfs", container.tmpfs().values(), ParseTmpfs);
    EachMount("binds", container.binds().values(), ParseBind);
    if (!container.has_binds()) EachMount("binds.add", container.binds_add().values(), ParseBind);
    EachMount("mounts", container.mounts().values(), CompleteMount);
  }

  void Limits(const Container& container) {
    Note("rlimits", ParseRlimits(container.rlimits()).status());
    Each("devices", container.devices().values(), CheckDevice);
  }

  void ResourceLimits(const Resources& resources) {
    const ValuePath path = path_.Key("resources");
    const YamlValue* value = value_.Find("resources");
    if (value == nullptr) return;
    Checker inner(*value, path, problems_);
    inner.Note("blockio", CheckWeights(resources.blockio()));
    inner.Each("hugepageLimits", resources.hugepage_limits(),
               [](const HugepageLimit& limit) { return PageSizeText(limit.page_size()).status(); });
  }

 private:
  // What has a wrong type was not read as a whole; to judge the rest of it would mislead.
  const YamlValue* Readable(std::string_view key) const {
    return problems_.Mentions(path_.Key(key).ToString()) ? nullptr : value_.Find(key);
  }

  void Note(std::string_view key, const absl::Status& status) {
    const YamlValue* value = Readable(key);
    if (value == nullptr || status.ok()) return;
    problems_.Add(value->position(), path_.Key(key).ToString(), status.message());
  }

  template <typename List, typename Check>
  void Each(std::string_view key, const List& list, Check check) {
    const YamlValue* value = Readable(key);
    // An item may have been left out.
    if (value == nullptr || value->items().size() != static_cast<size_t>(list.size())) return;
    for (size_t i = 0; i < value->items().size(); ++i) {
      const absl::Status status = check(list[static_cast<int>(i)]);
      if (status.ok()) continue;
      problems_.Add(value->items()[i].position(), path_.Key(key).Item(i).ToString(),
                    status.message());
    }
  }

  template <typename List, typename Parse>
  void EachMount(std::string_view key, const List& list, Parse parse) {
    size_t index = 0;
    Each(key, list, [&](const auto& item) {
      const absl::StatusOr<Mount> mount = parse(item);
      const std::string place = absl::StrCat(key, "[", index++, "]");
      return mount.ok() ? Place(place, *mount) : mount.status();
    });
  }

  // Of two mounts of an entry on one destination LinuxKit drops the first without a word.
  absl::Status Place(const std::string& place, const Mount& mount) {
    const std::string& destination = mount.destination();
    if (CleanPath(destination) == ".") {
      return absl::InvalidArgumentError(
          absl::StrCat("found the destination \"", destination,
                       "\"; expected a path below the root, on which the "
                       "image already is"));
    }
    const auto [first, is_new] =
        placed_.try_emplace(CleanPath(destination).value_or(destination), place, mount);
    if (is_new || first->second.second.SerializeAsString() == mount.SerializeAsString()) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        absl::StrCat("found the destination \"", destination, "\", which ", first->second.first,
                     " has already; expected another one, or one of the two alone"));
  }

  const YamlValue& value_;
  const ValuePath path_;
  Problems& problems_;
  // By clean destination, the place in the entry and the mount.
  std::map<std::string, std::pair<std::string, Mount>> placed_;
};

}  // namespace

absl::Status CheckWorkingDirectory(std::string_view directory) {
  if (directory.empty() || absl::StartsWith(directory, "/")) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("found the working directory \"", directory,
                                                 "\"; expected an absolute path such as \"/",
                                                 directory, "\""));
}

absl::Status CheckVariable(std::string_view variable) {
  const size_t equals = variable.find('=');
  if (equals != variable.npos && equals > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "found \"", variable, "\"; expected NAME=VALUE such as \"",
      equals == 0 ? absl::StrCat("NAME", variable) : absl::StrCat(variable, "=1"), "\""));
}

void CheckContainer(const YamlValue& value, const ValuePath& path, const Container& container,
                    Problems& problems) {
  Checker checker(value, path, problems);
  checker.Process(container);
  checker.Capabilities(container);
  checker.Mounts(container);
  checker.Limits(container);
  checker.ResourceLimits(container.resources());
}

}  // namespace linuxkit
