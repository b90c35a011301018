// One sentence on each key of the YAML, for editors.
#ifndef TOOLS_SPEC_FIELD_DOCS_H_
#define TOOLS_SPEC_FIELD_DOCS_H_

#include <google/protobuf/descriptor.h>

#include <string>
#include <string_view>
#include <vector>

namespace linuxkit {

// Empty if nobody wrote any.
std::string_view FieldDoc(const google::protobuf::FieldDescriptor& field);

// "Container.binds" and so on: every key that has a text.
std::vector<std::string> DocumentedFields();

}  // namespace linuxkit

#endif  // TOOLS_SPEC_FIELD_DOCS_H_
