// Protobuf messages in files: what one action hands to another.
#ifndef TOOLS_SPEC_MESSAGE_FILE_H_
#define TOOLS_SPEC_MESSAGE_FILE_H_

#include <google/protobuf/message.h>

#include <string>

#include "absl/status/status.h"

namespace linuxkit {

// Reads a message of a known type; errors name the file and the type.
absl::Status ReadMessage(const std::string& path, google::protobuf::Message& message);

// Equal messages give equal bytes: map entries are sorted.
absl::Status WriteMessage(const std::string& path, const google::protobuf::Message& message);

}  // namespace linuxkit

#endif  // TOOLS_SPEC_MESSAGE_FILE_H_
