// Strict reading of small JSON documents that others wrote. Every problem is one error that names
// the document, the place in it, what was found and what was expected:
//
//   layout/index.json: manifests[0].size: found "12"; expected a whole number from 0 to
//   9223372036854775807
//
// No input crashes: size and nesting are limited, a key given twice is refused, and values are
// checked when asked for.
//
//   ABSL_ASSIGN_OR_RETURN(const JsonDocument document, JsonDocument::Parse("index.json", text));
//   ABSL_ASSIGN_OR_RETURN(const JsonNode manifests, document.root().Required("manifests"));
#ifndef TOOLS_OCI_JSON_H_
#define TOOLS_OCI_JSON_H_

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linuxkit {

// Registries refuse manifests above 4 MiB, so no honest document is larger.
inline constexpr uint64_t kMaxJsonBytes = 4 << 20;
// OCI documents need six levels; the rest is for annotations of unknown tools.
inline constexpr int kMaxJsonDepth = 64;

// A value inside a JsonDocument, which must outlive it.
class JsonNode {
 public:
  JsonNode(const std::string* document, const nlohmann::json* value, std::string place);

  // The member `key` of an object. A null member counts as absent, because Go programs write null
  // for empty lists.
  absl::StatusOr<std::optional<JsonNode>> Optional(std::string_view key) const;
  absl::StatusOr<JsonNode> Required(std::string_view key) const;
  absl::StatusOr<std::vector<JsonNode>> Elements() const;

  // The members of an object, by key.
  absl::StatusOr<std::map<std::string, JsonNode>> Members() const;

  absl::StatusOr<bool> Bool() const;
  absl::StatusOr<std::string> String() const;
  absl::StatusOr<uint64_t> Size() const;
  absl::StatusOr<std::vector<std::string>> StringList() const;
  absl::StatusOr<std::map<std::string, std::string>> StringMap() const;
  // "sha256:" and 64 lower-case hex digits: the only digest algorithm in use.
  absl::StatusOr<std::string> Digest() const;

  // "DOCUMENT: PLACE", for messages that must not show the value.
  std::string Name() const;
  // "DOCUMENT: PLACE: found VALUE; expected WHAT".
  absl::Status Unexpected(std::string_view expected) const;

 private:
  const std::string* document_;
  const nlohmann::json* value_;
  std::string place_;
};

class JsonDocument {
 public:
  // `name` stands in messages: a path, or an archive's path and the member's name.
  static absl::StatusOr<JsonDocument> Parse(std::string_view name, std::string_view text);

  JsonNode root() const;

 private:
  struct Content {
    std::string name;
    nlohmann::json value;
  };
  explicit JsonDocument(std::unique_ptr<const Content> content) : content_(std::move(content)) {}

  // On the heap, so that nodes stay valid when the document is moved.
  std::unique_ptr<const Content> content_;
};

// True for "sha256:" and 64 lower-case hex digits.
bool IsSha256Digest(std::string_view text);

}  // namespace linuxkit

#endif  // TOOLS_OCI_JSON_H_
