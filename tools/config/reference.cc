#include "tools/config/reference.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/oci/reference.h"
#include "tools/spec/paths.h"

namespace linuxkit {
namespace {

// Colons end a package's name, backslashes and control characters Bazel refuses. The text is UTF-8.
bool IsNameCharacter(char c) {
  return !absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != ':' && c != '\\';
}

bool IsLabel(std::string_view text) {
  return absl::StartsWith(text, "//") || absl::StartsWith(text, ":") || absl::StartsWith(text, "@");
}

// Names between single slashes; "." and ".." would leave or repeat the package.
bool IsPathOfNames(std::string_view path) {
  const std::vector<std::string_view> parts = absl::StrSplit(path, '/');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." &&
           std::all_of(part.begin(), part.end(), IsNameCharacter);
  });
}

// "@@repo" of "@@repo//os", "" of "//os".
std::string_view RepositoryOf(std::string_view package) {
  return package.substr(0, package.find("//"));
}

std::string_view LastComponent(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0.
}

absl::StatusOr<std::string> QualifyLabel(std::string_view text, std::string_view package) {
  const absl::Status invalid = absl::InvalidArgumentError(
      absl::StrCat("invalid label: ", absl::Utf8SafeCEscape(text),
                   "; expected //package:target, :target or @repository//package:target"));
  if (absl::StartsWith(text, ":")) {
    return IsPathOfNames(text.substr(1)) ? absl::StatusOr<std::string>(absl::StrCat(package, text))
                                         : invalid;
  }
  const size_t slashes = std::min(text.find("//"), text.size());
  const std::string_view repository = text.substr(0, slashes);
  const std::string_view name = absl::StripPrefix(absl::StripPrefix(repository, "@"), "@");
  if (!std::all_of(name.begin(), name.end(), IsNameCharacter) || absl::StrContains(name, '/')) {
    return invalid;
  }
  // "@repo" is short for "@repo//:repo".
  if (slashes == text.size()) {
    return name.empty() ? absl::StatusOr<std::string>(invalid)
                        : absl::StrCat(repository, "//:", name);
  }
  const std::vector<std::string_view> parts =
      absl::StrSplit(text.substr(slashes + 2), absl::MaxSplits(':', 1));
  const std::string_view target = parts.size() > 1 ? parts[1] : LastComponent(parts[0]);
  const bool is_package = parts[0].empty() || IsPathOfNames(parts[0]);
  if (!is_package || !IsPathOfNames(target)) return invalid;
  return absl::StrCat(repository.empty() ? RepositoryOf(package) : repository, "//", parts[0], ":",
                      target);
}

absl::StatusOr<std::string> PackageDirectory(std::string_view path, std::string_view package) {
  const std::string_view directory = package.substr(RepositoryOf(package).size() + 2);
  // Joined even if it is absolute, as LinuxKit does.
  const std::optional<std::string> clean = CleanPath(absl::StrCat(directory, "/", path));
  if (path.empty() || !clean) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid package: ", kPackagePrefix, absl::Utf8SafeCEscape(path),
                     "; expected a directory of the workspace, relative to the YAML file's"));
  }
  return *clean;
}

}  // namespace

std::string_view PackageOf(std::string_view label) {
  if (label.empty()) return "//";
  // A repository's name holds no colon.
  return label.substr(0, label.find(':'));
}

absl::StatusOr<std::string> ExpandReference(std::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference, ImageReference::Parse(text));
  return reference.ToString();
}

bool IsReference(std::string_view text) {
  return !absl::StartsWith(text, kPackagePrefix) && !IsLabel(text);
}

absl::StatusOr<ImageName> ParseImageName(std::string_view text, std::string_view package) {
  absl::StatusOr<std::string> name;
  ImageName::Kind kind = ImageName::Kind::kReference;
  if (absl::StartsWith(text, kPackagePrefix)) {
    kind = ImageName::Kind::kPackage;
    name = PackageDirectory(absl::StripPrefix(text, kPackagePrefix), package);
  } else if (IsLabel(text)) {
    kind = ImageName::Kind::kLabel;
    name = QualifyLabel(text, package);
  } else {
    name = ExpandReference(text);
  }
  if (!name.ok()) return name.status();
  return ImageName{kind, *std::move(name)};
}

absl::StatusOr<SourceName> ParseSourceName(std::string_view text, std::string_view package) {
  if (IsLabel(text)) {
    absl::StatusOr<std::string> label = QualifyLabel(text, package);
    if (!label.ok()) return label.status();
    return SourceName{SourceName::Kind::kLabel, *std::move(label)};
  }
  if (absl::StartsWith(text, "/") || absl::StartsWith(text, "~/")) {
    return SourceName{SourceName::Kind::kHost, std::string(text)};
  }
  const std::optional<std::string> path = CleanPath(text);
  if (!path || !IsPathOfNames(*path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid source: ", absl::Utf8SafeCEscape(text),
                     "; expected a file below the YAML file's package, or a label such as "
                     "//keys:id.pub"));
  }
  return SourceName{SourceName::Kind::kLabel, absl::StrCat(package, ":", *path)};
}

}  // namespace linuxkit
