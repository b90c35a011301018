// Messages as JSON: the way back from what FillMessage reads.
#ifndef TOOLS_SPEC_MESSAGE_JSON_H_
#define TOOLS_SPEC_MESSAGE_JSON_H_

#include <google/protobuf/message.h>

#include <nlohmann/json.hpp>

namespace linuxkit {

// Fields in the order of declaration under their keys (tools/spec/schema.h), lists and maps without
// the messages that wrap them, entries of maps sorted. Left out: what is not set, empty texts and
// lists unless "set but empty" means something. Numbers and booleans that are not `optional` always
// stand.
nlohmann::ordered_json SpecJson(const google::protobuf::Message& message);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_MESSAGE_JSON_H_
