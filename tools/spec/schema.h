// Reads YAML values into the messages of spec.proto and checks them on the way: unknown keys, wrong
// types, ranges.
//
// The messages' descriptors are the schema: a field's JSON name is its key, its type is what the
// key must hold. So a key is declared in one place, in spec.proto, and parser, messages and the
// JSON schema for editors cannot disagree.
//
//   Container container;
//   FillMessage(root, {.entry = "services \"web\""}, container, problems);
#ifndef TOOLS_SPEC_SCHEMA_H_
#define TOOLS_SPEC_SCHEMA_H_

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "tools/spec/problems.h"
#include "tools/spec/yaml.h"

namespace linuxkit {

// Where in the specification a value stands, as messages say it: `services "web":
// mounts[0].options`.
struct ValuePath {
  std::string entry;
  std::string keys;

  ValuePath Key(std::string_view key) const;
  ValuePath Item(size_t index) const;
  std::string ToString() const;
};

// What a field must hold.
enum class FieldKind {
  kString,
  kBool,
  kInteger,
  kIdentity,  // an integer or a string
  kMapping,   // a nested message
  kStringMap,
};

struct FieldType {
  FieldKind kind;
  bool is_list = false;
  // The field that holds the value or the items: the field itself, or `values` of the message it
  // holds.
  const google::protobuf::FieldDescriptor* holder = nullptr;
};

FieldType TypeOf(const google::protobuf::FieldDescriptor& field);
// "a list of strings" and so on.
std::string Describe(const FieldType& type);
// The YAML key of a field.
std::string_view KeyOf(const google::protobuf::FieldDescriptor& field);

// Who decides what a scalar is.
enum class Scalars {
  // The scalar, by how it is written (yaml.h). It must be what the field holds.
  kTyped,
  // The field, as where LinuxKit reads YAML into structs of Go: any scalar is a text, `yes` and
  // `off`
  // are booleans, 0100 is octal, null is not set. Keys may be in lower case.
  kTypedByField,
};

// Fills `message` from a mapping. Whatever is wrong goes to `problems`; the rest is filled in all
// the same, so that one run finds everything.
void FillMessage(const YamlValue& value, const ValuePath& path, google::protobuf::Message& message,
                 Problems& problems, Scalars scalars = Scalars::kTyped);

// Of `candidates`, the one that `word` was probably meant to be, or "".
std::string Nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_SCHEMA_H_
