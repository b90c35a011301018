// JSON of the OCI runtime specification, byte for byte as LinuxKit writes it: Go's encoder with an
// indent of 4.
#ifndef TOOLS_BUNDLE_OCI_JSON_H_
#define TOOLS_BUNDLE_OCI_JSON_H_

#include <google/protobuf/message.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tools/spec/spec.pb.h"

namespace linuxkit {

// Keys keep the order they were added in.
using OrderedJson = nlohmann::ordered_json;

// Without a newline at the end. "<", ">", "&", U+2028 and U+2029 are escaped, other characters
// beyond ASCII are not.
std::string FormatJson(const OrderedJson& json);

// Fields in the order of declaration under their JSON names. Left out: an `optional` field or
// message that is not set, an empty list, an empty text. Numbers and booleans that are not
// `optional` always stand.
OrderedJson MessageJson(const google::protobuf::Message& message);

// The message's `values`, also if there are none.
OrderedJson ListJson(const StringList& list);

// Keys sorted by bytes.
OrderedJson MapJson(const StringMap& map);

// {destination, type, source, options}; only the destination always stands.
OrderedJson MountJson(const Mount& mount);

// Adds the list under `key`; nothing if it is empty.
void AddMappings(std::string_view key, const IdMappingList& mappings, OrderedJson& json);

}  // namespace linuxkit

#endif  // TOOLS_BUNDLE_OCI_JSON_H_
