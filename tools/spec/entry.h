// Entries of a LinuxKit specification and the label that stands in for one, from YAML text to
// checked messages.
//
// Everything is checked that needs neither the image nor other entries. Errors list all problems,
// one a line.
//
//   ABSL_ASSIGN_OR_RETURN(const Container web, ParseContainer(text, Section::kServices, {.name =
//   "//os:web"}));
//
// `Read...` do the same for values inside a larger document.
#ifndef TOOLS_SPEC_ENTRY_H_
#define TOOLS_SPEC_ENTRY_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/spec/problems.h"
#include "tools/spec/spec.pb.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

enum class Section { kOnboot, kOnshutdown, kServices, kFiles, kVolumes };

std::string_view SectionName(Section section);
absl::StatusOr<Section> ParseSection(std::string_view name);

// The label of an image that gives defaults for the containers made of it.
inline constexpr std::string_view kConfigLabel = "org.mobyproject.config";

// `section` is onboot, onshutdown or services.
absl::StatusOr<Container> ParseContainer(std::string_view text, Section section,
                                         const DocumentSource& source);
// A list of entries, or one entry.
absl::StatusOr<FileEntryList> ParseFileEntries(std::string_view text, const DocumentSource& source);
absl::StatusOr<Volume> ParseVolume(std::string_view text, const DocumentSource& source);
// The text of kConfigLabel.
absl::StatusOr<Container> ParseLabel(std::string_view text);

// How messages call an entry: `services "web"` by the text under `key`, or only `section`.
std::string EntryName(std::string_view section, const YamlValue& value, std::string_view key);

Container ReadContainer(const YamlValue& value, Section section, Problems& problems);
FileEntry ReadFileEntry(const YamlValue& value, size_t index, Problems& problems);
Volume ReadVolume(const YamlValue& value, Problems& problems);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_ENTRY_H_
