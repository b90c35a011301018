// Images and lock files for tests, made up without a registry.
#ifndef TOOLS_LOCK_TESTING_TEST_LOCK_H_
#define TOOLS_LOCK_TESTING_TEST_LOCK_H_

#include <string>
#include <vector>

#include "tools/config/skeleton.pb.h"
#include "tools/lock/lock_file.h"

namespace linuxkit {

// An image with one layer for each of `platforms`; `version` makes its digests.
LockedImage MakeTestImage(const std::string& name, const std::string& reference,
                          const std::vector<std::string>& platforms = {"linux/amd64"},
                          const std::string& version = "1");

// The same with an index of these platforms, as volumes of format oci need it.
LockedImage MakeTestLayout(const std::string& name, const std::string& reference,
                           const std::vector<std::string>& platforms);

// The skeleton of //os:my.yml when it has this text.
Skeleton TestSkeleton(const std::string& text);

}  // namespace linuxkit

#endif  // TOOLS_LOCK_TESTING_TEST_LOCK_H_
