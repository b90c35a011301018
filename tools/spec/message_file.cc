#include "tools/spec/message_file.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/file.h"

namespace linuxkit {

absl::Status ReadMessage(const std::string& path, google::protobuf::Message& message) {
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  if (message.ParseFromString(bytes)) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(path, " is not a message ", message.GetTypeName()));
}

absl::Status WriteMessage(const std::string& path, const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return WriteFile(path, bytes);
}

}  // namespace linuxkit
