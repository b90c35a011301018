// Checks a GUID partition table by rules of our own.
#ifndef TOOLS_GPT_VALIDATE_GPT_H_
#define TOOLS_GPT_VALIDATE_GPT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "tools/disk/image_view.h"
#include "tools/gpt/gpt_format.h"

namespace linuxkit {

// The partitions in the order of the table, or the first rule that is broken, with numbers:
//  - sector 0 is an MBR whose protective entry covers the disk and is not active
//  - both headers are where they must be, point to each other, and their checksums are right
//  - both copies of the entries are equal and their checksum is right
//  - partitions lie between first and last usable sector, do not overlap, and have different GUIDs
absl::StatusOr<std::vector<GptEntry>> ValidateGpt(const ImageView& disk);

}  // namespace linuxkit

#endif  // TOOLS_GPT_VALIDATE_GPT_H_
