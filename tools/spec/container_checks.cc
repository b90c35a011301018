#include "tools/spec/container_checks.h"

#include <limits>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/spec/capabilities.h"
#include "tools/spec/modes.h"
#include "tools/spec/mounts.h"
#include "tools/spec/page_size.h"
#include "tools/spec/rlimits.h"

namespace linuxkit {
namespace {

absl::Status CheckDevice(const Device& device) {
  if (device.path().empty()) {
    return absl::InvalidArgumentError("path is required; expected a path below /dev, or \"all\"");
  }
  if (device.path() == "all") return absl::OkStatus();
  return ParseMode("device", device.mode()).status();
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

  void Mounts(const Container& container) {
    EachText("tmpfs", container.tmpfs(), ParseTmpfs);
    EachText("binds", container.binds(), ParseBind);
    if (!container.has_binds()) EachText("binds.add", container.binds_add(), ParseBind);
    Each("mounts", container.mounts().values(),
         [](const Mount& mount) { return CompleteMount(mount).status(); });
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

  void EachText(std::string_view key, const StringList& list,
                absl::StatusOr<Mount> (*parse)(std::string_view)) {
    Each(key, list.values(), [parse](const std::string& text) { return parse(text).status(); });
  }

  const YamlValue& value_;
  const ValuePath path_;
  Problems& problems_;
};

}  // namespace

void CheckContainer(const YamlValue& value, const ValuePath& path, const Container& container,
                    Problems& problems) {
  Checker checker(value, path, problems);
  checker.Capabilities(container);
  checker.Mounts(container);
  checker.Limits(container);
  checker.ResourceLimits(container.resources());
}

}  // namespace linuxkit
