// The image indexes that we write ourselves.
#ifndef TOOLS_OCI_INDEX_DOCUMENT_H_
#define TOOLS_OCI_INDEX_DOCUMENT_H_

#include <string>

#include "tools/oci/documents.h"

namespace linuxkit {

// An OCI index of one image, which is called `reference` unless that is empty.
std::string IndexDocument(const OciDescriptor& entry, const std::string& reference);

// The same with Go's layout of members and lines: the `index.json` of a volume of format oci
// (LinuxKit format, section 2.9).
std::string LinuxkitIndexDocument(const OciDescriptor& entry, const std::string& reference);

}  // namespace linuxkit

#endif  // TOOLS_OCI_INDEX_DOCUMENT_H_
