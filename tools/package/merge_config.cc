#include "tools/package/merge_config.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace linuxkit {
namespace {

// "PATH=" of "PATH=/bin".
std::string_view NameOf(std::string_view variable) {
  return variable.substr(0, std::min(variable.size(), variable.find('=') + 1));
}

void SetVariable(const std::string& variable, ImageConfig& config) {
  for (std::string& existing : *config.mutable_env()) {
    if (NameOf(existing) != NameOf(variable)) continue;
    existing = variable;
    return;
  }
  config.add_env(variable);
}

}  // namespace

ImageConfig MergeConfig(const ImageConfig& base, const ImageConfig& own) {
  ImageConfig merged = base;
  if (own.entrypoint_size() > 0) {
    *merged.mutable_entrypoint() = own.entrypoint();
    merged.clear_cmd();
  }
  if (own.cmd_size() > 0) *merged.mutable_cmd() = own.cmd();
  for (const std::string& variable : own.env()) SetVariable(variable, merged);
  if (!own.working_dir().empty()) merged.set_working_dir(own.working_dir());
  for (const auto& [key, value] : own.labels()) (*merged.mutable_labels())[key] = value;
  return merged;
}

}  // namespace linuxkit
