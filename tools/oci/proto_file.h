// Protocol buffers as files between actions.
#ifndef TOOLS_OCI_PROTO_FILE_H_
#define TOOLS_OCI_PROTO_FILE_H_

#include <google/protobuf/message_lite.h>

#include <string>

#include "absl/status/status.h"

namespace linuxkit {

// Writes the same bytes for equal messages: maps in key order, unlike plain serialization.
absl::Status WriteProto(const std::string& path, const google::protobuf::MessageLite& message);
absl::Status ReadProto(const std::string& path, google::protobuf::MessageLite& message);

}  // namespace linuxkit

#endif  // TOOLS_OCI_PROTO_FILE_H_
