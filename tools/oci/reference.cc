// Where a reference is cut, in this order: "@" before the digest, the first ":" of the path before
// the tag. The host's ":" is before the first "/", so it is not looked at.
#include "tools/oci/reference.h"

#include <algorithm>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tools/oci/json.h"

namespace linuxkit {
namespace {

// Limits of the OCI distribution specification ("Pulling manifests").
constexpr size_t kMaxNameBytes = 255;
constexpr size_t kMaxTagBytes = 128;

// Other names of Docker Hub.
constexpr std::string_view kDockerHub[] = {"docker.io", "index.docker.io", "registry-1.docker.io"};

bool IsLowerAlnum(char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c); }

absl::Status Unexpected(std::string_view text, std::string_view found, std::string_view expected) {
  return absl::InvalidArgumentError(absl::StrCat("image reference \"", absl::CEscape(text),
                                                 "\": found ", found, "; expected ", expected));
}

// How LinuxKit tells a host from the first part of a repository's path.
bool LooksLikeHost(std::string_view part) {
  return part == "localhost" || absl::StrContains(part, '.') || absl::StrContains(part, ':');
}

std::string Expand(std::string_view text) {
  const auto slashes = std::count(text.begin(), text.end(), '/');
  if (slashes == 0) return absl::StrCat(kDefaultHost, "/library/", text);
  if (slashes == 1 && !LooksLikeHost(text.substr(0, text.find('/')))) {
    return absl::StrCat(kDefaultHost, "/", text);
  }
  return std::string(text);
}

// Letters and digits, with ".", "_", "__" or any number of "-" between them.
bool IsPathComponent(std::string_view part) {
  if (part.empty() || !IsLowerAlnum(part.front()) || !IsLowerAlnum(part.back())) return false;
  for (size_t i = 0; i < part.size();) {
    size_t end = i;
    while (end < part.size() && !IsLowerAlnum(part[end])) ++end;
    const std::string_view separator = part.substr(i, end - i);
    const bool dashes = separator.find_first_not_of('-') == std::string_view::npos;
    if (!dashes && separator != "." && separator != "_" && separator != "__") return false;
    i = end + 1;
  }
  return true;
}

// A host name or IPv4 address or IPv6 address in brackets, and perhaps a port.
bool IsHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains(".-:[]_", c);
  });
}

bool IsTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTagBytes && tag[0] != '.' && tag[0] != '-' &&
         std::all_of(tag.begin(), tag.end(),
                     [](char c) { return absl::ascii_isalnum(c) || absl::StrContains("._-", c); });
}

// Without empty parts and ".".
std::string CleanName(std::string_view name) {
  std::vector<std::string_view> parts = absl::StrSplit(name, '/');
  std::erase_if(parts, [](std::string_view part) { return part.empty() || part == "."; });
  return absl::StrJoin(parts, "/");
}

absl::Status CheckName(std::string_view text, const std::string& name) {
  const std::vector<std::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() < 2) return Unexpected(text, "no name after the host", "HOST/NAME");
  if (name.size() > kMaxNameBytes) {
    return Unexpected(text, absl::StrCat("a name of ", name.size(), " bytes"),
                      absl::StrCat("at most ", kMaxNameBytes));
  }
  if (!IsHost(parts[0])) {
    return Unexpected(text, absl::StrCat("the host \"", absl::CEscape(parts[0]), "\""),
                      "a host name or address, and perhaps a port");
  }
  for (size_t i = 1; i < parts.size(); ++i) {
    if (IsPathComponent(parts[i])) continue;
    return Unexpected(text, absl::StrCat("\"", absl::CEscape(parts[i]), "\" in the name"),
                      "lower-case letters and digits with \".\", \"_\", \"__\" or \"-\" between");
  }
  return absl::OkStatus();
}

// `object` is what follows the name, with its ":" or "@".
absl::Status ReadObject(std::string_view text, std::string_view object, ImageReference& reference) {
  const size_t at = object.find('@');
  if (at != std::string_view::npos) {
    reference.digest = object.substr(at + 1);
    object = object.substr(0, at);
    if (!IsSha256Digest(reference.digest)) {
      return Unexpected(text, absl::StrCat("the digest \"", absl::CEscape(reference.digest), "\""),
                        "\"sha256:\" and 64 lower-case hex digits");
    }
  }
  if (object.empty()) return absl::OkStatus();
  reference.tag = object.substr(1);
  if (IsTag(reference.tag)) return absl::OkStatus();
  return Unexpected(text, absl::StrCat("the tag \"", absl::CEscape(reference.tag), "\""),
                    "1 to 128 letters, digits, \".\", \"_\" and \"-\", not beginning with \".\" "
                    "or \"-\"");
}

bool IsDockerHub(std::string_view host) {
  return std::find(std::begin(kDockerHub), std::end(kDockerHub), host) != std::end(kDockerHub);
}

// The host that `name` begins with; empty in Docker Hub's "a/b/c".
std::string_view WrittenHost(std::string_view name) {
  const std::string_view first = name.substr(0, name.find('/'));
  return LooksLikeHost(first) ? first : std::string_view();
}

}  // namespace

absl::StatusOr<ImageReference> ImageReference::Parse(std::string_view text) {
  if (text.empty()) return Unexpected(text, "nothing", "a name like \"alpine:3.20\"");
  if (absl::StrContains(text, "://")) {
    return Unexpected(text, "\"://\"", "a name without scheme, like \"docker.io/library/redis:7\"");
  }
  const std::string full = Expand(text);
  const size_t object = std::min(full.find_first_of(":@", full.find('/')), full.size());
  ImageReference reference;
  reference.name = CleanName(std::string_view(full).substr(0, object));
  ABSL_RETURN_IF_ERROR(CheckName(text, reference.name));
  ABSL_RETURN_IF_ERROR(ReadObject(text, std::string_view(full).substr(object), reference));
  return reference;
}

std::string ImageReference::ToString() const {
  return absl::StrCat(name, tag.empty() ? "" : ":", tag, digest.empty() ? "" : "@", digest);
}

std::string ImageReference::Host() const {
  const std::string_view host = WrittenHost(name);
  return std::string(host.empty() || IsDockerHub(host) ? kDefaultHost : host);
}

std::string ImageReference::Repository() const {
  const std::string_view host = WrittenHost(name);
  if (host.empty()) return name;
  std::string repository = name.substr(host.size() + 1);
  // Docker Hub's own images.
  if (IsDockerHub(host) && !absl::StrContains(repository, '/')) {
    repository.insert(0, "library/");
  }
  return repository;
}

std::string ImageReference::Object() const {
  if (!digest.empty()) return digest;
  return tag.empty() ? "latest" : tag;
}

ImageReference ImageReference::WithDigest(std::string_view new_digest) const {
  return {.name = name, .tag = "", .digest = std::string(new_digest)};
}

}  // namespace linuxkit
