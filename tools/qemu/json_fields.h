// Typed reading of a JSON object whose keys are all known. The first problem is kept; a key nobody
// asked for is one.
//
//   JsonFields fields("plan.json", object);
//   fields.Read("cpus", plan.cpus);
//   ABSL_RETURN_IF_ERROR(fields.Finish());
#ifndef TOOLS_QEMU_JSON_FIELDS_H_
#define TOOLS_QEMU_JSON_FIELDS_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"

namespace linuxkit {

class JsonFields {
 public:
  // `where` begins every error; `object` must outlive this.
  JsonFields(std::string where, const nlohmann::json& object);

  // Each leaves `target` alone if the key is absent, and reports a value of another type.
  void Read(const char* key, std::string& target);
  void Read(const char* key, bool& target);
  void Read(const char* key, double& target);
  void Read(const char* key, int64_t& target);
  void Read(const char* key, std::vector<std::string>& target);
  // Calls `read` with the name and value of each element of an array.
  void Each(
      const char* key,
      const std::function<absl::Status(const std::string& where, const nlohmann::json&)>& read);

  bool Has(const char* key) const;
  void Fail(const char* key, std::string_view problem);
  void Note(const absl::Status& status) { status_.Update(status); }
  std::string Where(const char* key) const;
  absl::Status Finish();

 private:
  // The value, if there is one and the status is still good.
  const nlohmann::json* Find(const char* key);

  std::string where_;
  const nlohmann::json& object_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_JSON_FIELDS_H_
