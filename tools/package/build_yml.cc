#include "tools/package/build_yml.h"

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/spec/container_checks.h"
#include "tools/spec/message_json.h"
#include "tools/spec/problems.h"
#include "tools/spec/schema.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {
namespace {

void CheckConfig(const YamlValue& value, const Container& config, Problems& problems) {
  const ValuePath path{.entry = "", .keys = "config"};
  for (const YamlValue::Field& field : value.fields()) {
    if (field.key != "name" && field.key != "image") continue;
    problems.Add(
        field.position, path.ToString(),
        absl::StrCat("found \"", field.key, "\", which an entry of a system has; leave it out"));
  }
  CheckContainer(value, path, config, problems);
}

BuildYml Read(const YamlValue& root, Problems& problems) {
  BuildYml build;
  FillMessage(root, {}, build, problems, Scalars::kTypedByField);
  // What can be said of half a file would be wrong advice.
  if (problems.size() > 0) return build;
  if (build.image().empty()) {
    problems.Add(root.position(), "",
                 "image is required; expected the name of the package's image");
  }
  if (build.has_config()) CheckConfig(*root.Find("config"), build.config(), problems);
  return build;
}

}  // namespace

absl::StatusOr<std::string> ConfigLabelOf(std::string_view name, std::string_view yaml) {
  const DocumentSource source{.name = std::string(name), .positions = true, .text = yaml};
  ABSL_ASSIGN_OR_RETURN(const YamlValue root, ParseYaml(yaml, source));
  Problems problems(source);
  const BuildYml build = Read(root, problems);
  ABSL_RETURN_IF_ERROR(problems.ToStatus());
  return build.has_config() ? SpecJson(build.config()).dump() : "";
}

}  // namespace linuxkit
