#include "tools/spec/schema.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/spec/type_advice.h"

namespace linuxkit {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// A message that stands for one of the values it can hold (Id).
bool IsIdentity(const Descriptor& message) {
  return message.real_oneof_decl_count() == 1 && message.oneof_decl(0)->name() == "value";
}

// A message that only says that its list or map is present, even if empty (StringList).
const FieldDescriptor* Wrapped(const Descriptor& message) {
  if (message.field_count() != 1 || message.field(0)->name() != "values") return nullptr;
  return message.field(0);
}

FieldKind ScalarKind(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return FieldKind::kString;
    case FieldDescriptor::CPPTYPE_BOOL:
      return FieldKind::kBool;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_map()) return FieldKind::kStringMap;
      return IsIdentity(*field.message_type()) ? FieldKind::kIdentity : FieldKind::kMapping;
    default:
      return FieldKind::kInteger;
  }
}

std::string_view ScalarName(FieldKind kind, bool plural) {
  switch (kind) {
    case FieldKind::kString:
      return plural ? "strings" : "a string";
    case FieldKind::kBool:
      return plural ? "booleans" : "true or false";
    case FieldKind::kInteger:
      return plural ? "integers" : "an integer";
    case FieldKind::kIdentity:
      return plural ? "integers or strings" : "an integer or a string";
    case FieldKind::kMapping:
      return plural ? "mappings" : "a mapping";
    case FieldKind::kStringMap:
      return "a mapping of strings to strings";
  }
  return "";
}

// Reads one document; holds what every step needs.
class Filler {
 public:
  Filler(Problems& problems, Scalars scalars)
      : problems_(problems), typed_by_field_(scalars == Scalars::kTypedByField) {}

  void FillFields(const YamlValue& value, const ValuePath& path, Message& message);

 private:
  void FillField(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                 Message& message);
  void FillList(const YamlValue& list, const ValuePath& path, const FieldType& type,
                Message& message);
  void FillMap(const YamlValue& map, const ValuePath& path, const FieldDescriptor& field,
               Message& message);
  // Sets `field`, or appends to it if it is repeated.
  void Put(const YamlValue& value, const ValuePath& path, const FieldType& type, Message& message);
  void PutInteger(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                  Message& message);
  // What the field takes the value for; nothing if it is of another type.
  bool IsText(const YamlValue& value) const;
  std::optional<bool> AsBool(const YamlValue& value) const;
  // Whether the value says that there is none.
  bool IsUnset(const YamlValue& value) const {
    return typed_by_field_ && value.kind() == YamlValue::Kind::kNull;
  }
  const FieldDescriptor* FindKey(const Descriptor& message, std::string_view key) const;
  void PutString(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                 Message& message);
  void PutIdentity(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                   Message& message);
  Message& Nested(const FieldDescriptor& field, Message& message);
  void WrongType(const YamlValue& value, const ValuePath& path, const FieldType& type);
  void UnknownKey(const YamlValue::Field& field, const ValuePath& path, const Descriptor& message);

  Problems& problems_;
  const bool typed_by_field_;
};

const FieldDescriptor* Filler::FindKey(const Descriptor& message, std::string_view key) const {
  for (int i = 0; i < message.field_count(); ++i) {
    const std::string_view known = KeyOf(*message.field(i));
    if (known == key) return message.field(i);
    if (typed_by_field_ && absl::AsciiStrToLower(known) == key) return message.field(i);
  }
  return nullptr;
}

bool Filler::IsText(const YamlValue& value) const {
  return value.kind() == YamlValue::Kind::kString || (typed_by_field_ && value.is_scalar());
}

std::optional<bool> Filler::AsBool(const YamlValue& value) const {
  if (value.kind() == YamlValue::Kind::kBool) return value.boolean();
  return typed_by_field_ ? OldBool(value) : std::nullopt;
}

void Filler::FillFields(const YamlValue& value, const ValuePath& path, Message& message) {
  if (value.kind() != YamlValue::Kind::kMap) {
    return WrongType(value, path, {.kind = FieldKind::kMapping});
  }
  for (const YamlValue::Field& entry : value.fields()) {
    const FieldDescriptor* field = FindKey(*message.GetDescriptor(), entry.key);
    if (field == nullptr) {
      UnknownKey(entry, path, *message.GetDescriptor());
    } else {
      FillField(entry.value, path.Key(entry.key), *field, message);
    }
  }
}

void Filler::FillField(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                       Message& message) {
  if (IsUnset(value)) return;
  const FieldType type = TypeOf(field);
  Message* target = &message;
  // The wrapper is made even for an empty list: "set but empty".
  if (type.holder != &field) target = &Nested(field, message);
  if (type.is_list) {
    FillList(value, path, type, *target);
  } else if (type.kind == FieldKind::kStringMap) {
    FillMap(value, path, *type.holder, *target);
  } else {
    Put(value, path, type, *target);
  }
}

void Filler::FillList(const YamlValue& list, const ValuePath& path, const FieldType& type,
                      Message& message) {
  if (list.kind() != YamlValue::Kind::kList) return WrongType(list, path, type);
  FieldType item_type = type;
  item_type.is_list = false;
  for (size_t i = 0; i < list.items().size(); ++i) {
    if (IsUnset(list.items()[i])) continue;
    Put(list.items()[i], path.Item(i), item_type, message);
  }
}

void Filler::FillMap(const YamlValue& map, const ValuePath& path, const FieldDescriptor& field,
                     Message& message) {
  if (map.kind() != YamlValue::Kind::kMap) {
    return WrongType(map, path, {.kind = FieldKind::kStringMap});
  }
  for (const YamlValue::Field& entry : map.fields()) {
    if (!IsText(entry.value)) {
      WrongType(entry.value, path.Key(entry.key), {.kind = FieldKind::kString});
      continue;
    }
    // Maps are lists of key-value messages underneath.
    Message& pair = *message.GetReflection()->AddMessage(&message, &field);
    pair.GetReflection()->SetString(&pair, field.message_type()->map_key(), entry.key);
    pair.GetReflection()->SetString(&pair, field.message_type()->map_value(),
                                    IsUnset(entry.value) ? "" : entry.value.text());
  }
}

void Filler::Put(const YamlValue& value, const ValuePath& path, const FieldType& type,
                 Message& message) {
  const FieldDescriptor& field = *type.holder;
  const YamlValue::Kind kind = value.kind();
  switch (type.kind) {
    case FieldKind::kString:
      if (IsText(value)) return PutString(value, path, field, message);
      break;
    case FieldKind::kBool:
      if (!AsBool(value)) break;
      return message.GetReflection()->SetBool(&message, &field, *AsBool(value));
    case FieldKind::kInteger:
      if (value.whole()) return PutInteger(value, path, field, message);
      break;
    case FieldKind::kIdentity:
      if (kind != YamlValue::Kind::kInteger && kind != YamlValue::Kind::kString) break;
      return PutIdentity(value, path, field, message);
    case FieldKind::kMapping:
      return FillFields(value, path, Nested(field, message));
    case FieldKind::kStringMap:
      return FillMap(value, path, field, message);
  }
  WrongType(value, path, type);
}

void Filler::PutString(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                       Message& message) {
  // A file may hold any bytes; everything else ends up in a C string of the kernel or the container
  // runtime.
  if (field.name() != "contents" && absl::StrContains(value.text(), '\0')) {
    return problems_.Add(value.position(), path.ToString(),
                         "found a NUL character; expected text without");
  }
  if (field.is_repeated()) {
    message.GetReflection()->AddString(&message, &field, value.text());
  } else {
    message.GetReflection()->SetString(&message, &field, value.text());
  }
}

struct Range {
  absl::int128 low;
  absl::int128 high;
};

template <typename T>
Range RangeOf() {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

Range IntegerRange(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) return RangeOf<uint32_t>();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64) return RangeOf<uint64_t>();
  return RangeOf<int64_t>();
}

void Filler::PutInteger(const YamlValue& value, const ValuePath& path, const FieldDescriptor& field,
                        Message& message) {
  // YAML 1.1 and LinuxKit read 0100 as 64, YAML 1.2 as 100: nobody should have to know.
  if (!typed_by_field_ && value.text().size() > 1 && absl::StartsWith(value.text(), "0") &&
      absl::ascii_isdigit(static_cast<unsigned char>(value.text()[1]))) {
    return problems_.Add(value.position(), path.ToString(),
                         absl::StrCat("found ", value.text(),
                                      ", which may be octal or decimal; expected no leading zero "
                                      "(octal numbers begin with 0o)"));
  }
  const Range range = IntegerRange(field);
  const absl::int128 number = *value.whole();
  if (number < range.low || number > range.high) {
    return problems_.Add(value.position(), path.ToString(),
                         absl::StrCat("found ", value.text(), "; expected a number from ",
                                      range.low, " to ", range.high));
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(&message, &field, static_cast<uint32_t>(number));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(&message, &field, static_cast<uint64_t>(number));
    default:
      return reflection.SetInt64(&message, &field, static_cast<int64_t>(number));
  }
}

void Filler::PutIdentity(const YamlValue& value, const ValuePath& path,
                         const FieldDescriptor& field, Message& message) {
  Message& identity = Nested(field, message);
  if (value.kind() == YamlValue::Kind::kInteger) {
    PutInteger(value, path, *identity.GetDescriptor()->FindFieldByName("number"), identity);
  } else {
    PutString(value, path, *identity.GetDescriptor()->FindFieldByName("name"), identity);
  }
}

Message& Filler::Nested(const FieldDescriptor& field, Message& message) {
  return field.is_repeated() ? *message.GetReflection()->AddMessage(&message, &field)
                             : *message.GetReflection()->MutableMessage(&message, &field);
}

void Filler::WrongType(const YamlValue& value, const ValuePath& path, const FieldType& type) {
  problems_.Add(value.position(), path.ToString(),
                absl::StrCat("found ", KindName(value.kind()), "; expected ", Describe(type),
                             HowToWrite(value, type, problems_.has_positions())));
}

void Filler::UnknownKey(const YamlValue::Field& field, const ValuePath& path,
                        const Descriptor& message) {
  std::vector<std::string> keys;
  for (int i = 0; i < message.field_count(); ++i) keys.emplace_back(KeyOf(*message.field(i)));
  const std::string nearest = Nearest(field.key, keys);
  problems_.Add(
      field.position, path.ToString(),
      absl::StrCat("unknown key \"", absl::Utf8SafeCEscape(field.key), "\"; ",
                   nearest.empty() ? absl::StrCat("expected one of: ", absl::StrJoin(keys, ", "))
                                   : absl::StrCat("did you mean \"", nearest, "\"?")));
}

// Levenshtein's distance, case ignored: `readOnly` is near to `readonly`.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i + 1);
    for (size_t j = 0; j < b.size(); ++j) {
      const bool same = absl::EqualsIgnoreCase(a.substr(i, 1), b.substr(j, 1));
      const size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

ValuePath ValuePath::Key(std::string_view key) const {
  return {entry, absl::StrCat(keys, keys.empty() ? "" : ".", key)};
}

ValuePath ValuePath::Item(size_t index) const {
  return {entry, absl::StrCat(keys, "[", index, "]")};
}

std::string ValuePath::ToString() const {
  return absl::StrCat(entry, entry.empty() || keys.empty() ? "" : ": ", keys);
}

FieldType TypeOf(const FieldDescriptor& field) {
  const FieldDescriptor* holder = &field;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated()) {
    if (const FieldDescriptor* wrapped = Wrapped(*field.message_type())) holder = wrapped;
  }
  return {.kind = ScalarKind(*holder),
          .is_list = holder->is_repeated() && !holder->is_map(),
          .holder = holder};
}

std::string Describe(const FieldType& type) {
  return type.is_list ? absl::StrCat("a list of ", ScalarName(type.kind, /*plural=*/true))
                      : std::string(ScalarName(type.kind, /*plural=*/false));
}

std::string_view KeyOf(const FieldDescriptor& field) { return field.json_name(); }

void FillMessage(const YamlValue& value, const ValuePath& path, Message& message,
                 Problems& problems, Scalars scalars) {
  Filler(problems, scalars).FillFields(value, path, message);
}

std::string Nearest(std::string_view word, const std::vector<std::string>& candidates) {
  // A third of the letters may be wrong; a long key is no typing error of anything.
  const size_t limit = std::min<size_t>(word.size() / 3 + 1, 6);
  if (word.size() > 64) return "";
  std::string best;
  size_t best_distance = limit + 1;
  for (const std::string& candidate : candidates) {
    const size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace linuxkit
