// Writes the JSON schema of LinuxKit's YAML.
//
//   schema_json --output=linuxkit.schema.json
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/spec/json_schema.h"

namespace linuxkit {
namespace {

absl::Status Run(Args& args) {
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  return WriteFile(output, ConfigJsonSchema().dump(2) + "\n");
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "schema_json", linuxkit::Run);
}
