#include "tools/oci/proto_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::Status WriteProto(const std::string& path, const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    if (!message.SerializeToCodedStream(&coded)) {
      return absl::InternalError(absl::StrCat("cannot serialize ", path));
    }
  }
  return WriteFile(path, bytes);
}

absl::Status ReadProto(const std::string& path, google::protobuf::MessageLite& message) {
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  if (message.ParseFromString(bytes)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(path, " is not a valid ", message.GetTypeName()));
}

}  // namespace linuxkit
