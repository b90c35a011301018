#include "tools/bundle/merge.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <vector>

namespace linuxkit {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

bool CountsByPart(const FieldDescriptor& field) {
  return field.message_type() == Runtime::descriptor() ||
         field.message_type() == Runtime::BindNs::descriptor();
}

// Removes from `base` what `top` sets. What is set is what presence says; a plain text is set
// unless it is empty.
void ClearWhatIsSet(const Message& top, Message& base) {
  std::vector<const FieldDescriptor*> set;
  top.GetReflection()->ListFields(top, &set);
  for (const FieldDescriptor* field : set) {
    if (!CountsByPart(*field)) {
      base.GetReflection()->ClearField(&base, field);
    } else if (base.GetReflection()->HasField(base, field)) {
      ClearWhatIsSet(top.GetReflection()->GetMessage(top, field),
                     *base.GetReflection()->MutableMessage(&base, field));
    }
  }
}

}  // namespace

Container MergeContainer(const Container& entry, const Container& label, const ImageConfig& image) {
  Container merged = label;
  // Additions are made to a label, never by one.
  merged.clear_capabilities_add();
  merged.clear_binds_add();
  ClearWhatIsSet(entry, merged);
  merged.MergeFrom(entry);
  if (!entry.has_capabilities() && entry.has_capabilities_add()) {
    merged.mutable_capabilities()->MergeFrom(entry.capabilities_add());
  }
  if (!entry.has_binds() && entry.has_binds_add()) {
    merged.mutable_binds()->MergeFrom(entry.binds_add());
  }
  merged.clear_capabilities_add();
  merged.clear_binds_add();
  if (!merged.has_command()) {
    // Docker takes an entrypoint of one empty word, which unsets that of a base image, for none.
    const bool has_entrypoint = image.entrypoint_size() != 1 || !image.entrypoint(0).empty();
    if (has_entrypoint) merged.mutable_command()->mutable_values()->MergeFrom(image.entrypoint());
    merged.mutable_command()->mutable_values()->MergeFrom(image.cmd());
  }
  if (!merged.has_env()) merged.mutable_env()->mutable_values()->MergeFrom(image.env());
  if (merged.cwd().empty()) merged.set_cwd(image.working_dir());
  if (merged.cwd().empty()) merged.set_cwd("/");
  return merged;
}

}  // namespace linuxkit
