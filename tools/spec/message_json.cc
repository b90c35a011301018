#include "tools/spec/message_json.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <string>

#include "tools/spec/schema.h"

namespace linuxkit {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

// A number or a text; nothing set is an empty text.
Json IdentityJson(const Message& message) {
  const Reflection& reflection = *message.GetReflection();
  const auto* number = message.GetDescriptor()->FindFieldByName("number");
  if (reflection.HasField(message, number)) return reflection.GetInt64(message, number);
  return reflection.GetString(message, message.GetDescriptor()->FindFieldByName("name"));
}

Json NestedJson(const Message& message, FieldKind kind) {
  return kind == FieldKind::kIdentity ? IdentityJson(message) : SpecJson(message);
}

Json ScalarJson(const Message& message, const FieldType& type) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* field = type.holder;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(message, field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return NestedJson(reflection.GetMessage(message, field), type.kind);
    default:
      return reflection.GetString(message, field);
  }
}

Json ListJson(const Message& message, const FieldType& type) {
  const Reflection& reflection = *message.GetReflection();
  Json items = Json::array();
  for (int i = 0; i < reflection.FieldSize(message, type.holder); ++i) {
    if (type.kind == FieldKind::kString) {
      items.push_back(reflection.GetRepeatedString(message, type.holder, i));
    } else {
      items.push_back(
          NestedJson(reflection.GetRepeatedMessage(message, type.holder, i), type.kind));
    }
  }
  return items;
}

Json MapJson(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  std::map<std::string, std::string> sorted;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& pair = reflection.GetRepeatedMessage(message, &field, i);
    sorted[pair.GetReflection()->GetString(pair, field.message_type()->map_key())] =
        pair.GetReflection()->GetString(pair, field.message_type()->map_value());
  }
  return Json(sorted);
}

// Whether the field says something. A wrapper says "set" by being there.
bool Stands(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) > 0;
  const bool always = !field.has_presence() && field.cpp_type() != FieldDescriptor::CPPTYPE_STRING;
  return always || reflection.HasField(message, &field);
}

}  // namespace

Json SpecJson(const Message& message) {
  Json json = Json::object();
  const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
  for (int i = 0; i < descriptor.field_count(); ++i) {
    const FieldDescriptor& field = *descriptor.field(i);
    if (!Stands(message, field)) continue;
    const FieldType type = TypeOf(field);
    const Message& holder =
        type.holder == &field ? message : message.GetReflection()->GetMessage(message, &field);
    Json& value = json[std::string(KeyOf(field))];
    if (type.is_list) {
      value = ListJson(holder, type);
    } else if (type.kind == FieldKind::kStringMap) {
      value = MapJson(holder, *type.holder);
    } else {
      value = ScalarJson(holder, type);
    }
  }
  return json;
}

}  // namespace linuxkit
