// What PCR 11 of a TPM holds after systemd's stub has measured a unified kernel image, so that
// secrets can be bound to an image before it ever ran (systemd-measure(1), without phases: our init
// extends none).
#ifndef TOOLS_EFI_MEASURE_H_
#define TOOLS_EFI_MEASURE_H_

#include <string>

#include "absl/status/statusor.h"
#include "tools/efi/pe_writer.h"

namespace linuxkit {

// As `systemd-measure calculate --json=pretty` writes it: for each bank, "sha1" to "sha512", a list
// with the one value. Reads every section once, in small pieces. Signing the image changes nothing.
absl::StatusOr<std::string> ExpectedPcrJson(const PeImage& uki);

}  // namespace linuxkit

#endif  // TOOLS_EFI_MEASURE_H_
