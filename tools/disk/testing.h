// For tests of image writers: images in files, bytes as text, and the programs that judge them.
#ifndef TOOLS_DISK_TESTING_H_
#define TOOLS_DISK_TESTING_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/disk/extents.h"

namespace linuxkit {

// A path in the test's own directory, named after the running test.
std::string TestPath(std::string_view name);

// Writes a file to TestPath(name) and returns that path.
std::string TestFile(std::string_view name, std::string_view bytes);

// Writes the image to TestPath(name) and returns that path.
absl::StatusOr<std::string> WriteTestImage(std::string_view name, const Extents& extents);

// As hexdump -C prints it; lines that repeat the one before are left out, which "*" shows.
std::string Hexdump(std::string_view bytes);

// What a shell command prints, both streams, and its exit status if that is not 0.
std::string OutputOf(const std::string& command);

// Replaces bytes of a file.
void Overwrite(const std::string& path, uint64_t offset, std::string_view bytes);

}  // namespace linuxkit

#endif  // TOOLS_DISK_TESTING_H_
