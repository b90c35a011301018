// Checks one entry of a specification and writes it as a message of spec.proto.
//
//   parse_entry --input=web.json --section=services --owner=//os:web --output=web.pb
//
// --input   YAML or JSON of the entry; for files a list of entries or one
// --section onboot, onshutdown, services (-> Container), files (-> FileEntryList) or volumes (->
// Volume)
// --owner   begins every message: the target whose attributes the text was made of
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/spec/entry.h"
#include "tools/spec/message_file.h"

namespace linuxkit {
namespace {

absl::Status WriteEntry(Section section, const std::string& text, const DocumentSource& source,
                        const std::string& output) {
  if (section == Section::kFiles) {
    ABSL_ASSIGN_OR_RETURN(const FileEntryList files, ParseFileEntries(text, source));
    return WriteMessage(output, files);
  }
  if (section == Section::kVolumes) {
    ABSL_ASSIGN_OR_RETURN(const Volume volume, ParseVolume(text, source));
    return WriteMessage(output, volume);
  }
  ABSL_ASSIGN_OR_RETURN(const Container container, ParseContainer(text, section, source));
  return WriteMessage(output, container);
}

absl::Status Run(Args& args) {
  const std::string input = args.Required("input");
  const std::string section_name = args.Required("section");
  const std::string owner = args.Required("owner");
  const std::string output = args.Required("output");
  ABSL_RETURN_IF_ERROR(args.Finish());
  ABSL_ASSIGN_OR_RETURN(const Section section, ParseSection(section_name));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(input));
  return WriteEntry(section, text, {.name = owner, .positions = false}, output);
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "parse_entry", linuxkit::Run);
}
