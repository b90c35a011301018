// Environment variables as an input that a test can choose.
#ifndef TOOLS_REGISTRY_ENVIRONMENT_H_
#define TOOLS_REGISTRY_ENVIRONMENT_H_

#include <cstdlib>
#include <functional>
#include <string>

namespace linuxkit {

// The value of a variable; empty if it is not set.
using Environment = std::function<std::string(const std::string& name)>;

inline std::string ProcessEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? "" : value;
}

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_ENVIRONMENT_H_
