#include "tools/bundle/oci_json.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_replace.h"

namespace linuxkit {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

OrderedJson ItemsJson(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  OrderedJson items = OrderedJson::array();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      items.push_back(MessageJson(reflection.GetRepeatedMessage(message, &field, i)));
    } else {
      items.push_back(reflection.GetRepeatedString(message, &field, i));
    }
  }
  return items;
}

OrderedJson FieldJson(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return ItemsJson(message, field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.GetUInt64(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return MessageJson(reflection.GetMessage(message, &field));
    default:
      return reflection.GetString(message, &field);
  }
}

bool Stands(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) return reflection.FieldSize(message, &field) > 0;
  const bool always = !field.has_presence() && field.cpp_type() != FieldDescriptor::CPPTYPE_STRING;
  // Without presence a text counts as set unless it is empty.
  return always || reflection.HasField(message, &field);
}

}  // namespace

std::string FormatJson(const OrderedJson& json) {
  // None of these occurs in JSON outside of texts. Bytes that are no UTF-8 become U+FFFD, as in Go.
  return absl::StrReplaceAll(
      json.dump(4, ' ', /*ensure_ascii=*/false, OrderedJson::error_handler_t::replace),
      {{"<", "\\u003c"},
       {">", "\\u003e"},
       {"&", "\\u0026"},
       {"\u2028", "\\u2028"},
       {"\u2029", "\\u2029"}});
}

OrderedJson MessageJson(const Message& message) {
  OrderedJson json = OrderedJson::object();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (Stands(message, field)) json[std::string(field.json_name())] = FieldJson(message, field);
  }
  return json;
}

OrderedJson ListJson(const StringList& list) {
  OrderedJson json = OrderedJson::array();
  for (const std::string& value : list.values()) json.push_back(value);
  return json;
}

OrderedJson MapJson(const StringMap& map) {
  const std::map<std::string, std::string> sorted(map.values().begin(), map.values().end());
  OrderedJson json = OrderedJson::object();
  for (const auto& [key, value] : sorted) json[key] = value;
  return json;
}

OrderedJson MountJson(const Mount& mount) {
  OrderedJson json = OrderedJson::object();
  json["destination"] = mount.destination();
  if (!mount.type().empty()) json["type"] = mount.type();
  if (!mount.source().empty()) json["source"] = mount.source();
  for (const std::string& option : mount.options()) json["options"].push_back(option);
  return json;
}

void AddMappings(std::string_view key, const IdMappingList& mappings, OrderedJson& json) {
  for (const IdMapping& mapping : mappings.values()) {
    json[std::string(key)].push_back(MessageJson(mapping));
  }
}

}  // namespace linuxkit
