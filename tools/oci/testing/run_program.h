// Runs the foreign programs that judge our images in tests.
#ifndef TOOLS_OCI_TESTING_RUN_PROGRAM_H_
#define TOOLS_OCI_TESTING_RUN_PROGRAM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace linuxkit {

// Runs words[0] (found on PATH) and waits for it. Returns its standard output and error together; a
// failure carries them.
absl::StatusOr<std::string> RunProgram(const std::vector<std::string>& words);

// A fresh directory below the test's temporary directory. Programs get it as TMPDIR and HOME from
// then on.
std::string MakeTestDirectory(const std::string& name);

}  // namespace linuxkit

#endif  // TOOLS_OCI_TESTING_RUN_PROGRAM_H_
