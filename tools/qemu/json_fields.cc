#include "tools/qemu/json_fields.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linuxkit {

JsonFields::JsonFields(std::string where, const nlohmann::json& object)
    : where_(std::move(where)), object_(object) {
  if (object.is_object()) return;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(where_, ": found ", object.type_name(), ", expected an object"));
}

bool JsonFields::Has(const char* key) const { return object_.is_object() && object_.contains(key); }

std::string JsonFields::Where(const char* key) const { return absl::StrCat(where_, ": ", key); }

void JsonFields::Fail(const char* key, std::string_view problem) {
  Note(absl::InvalidArgumentError(absl::StrCat(Where(key), ": ", problem)));
}

const nlohmann::json* JsonFields::Find(const char* key) {
  known_.insert(key);
  if (!status_.ok() || !Has(key)) return nullptr;
  return &object_[key];
}

void JsonFields::Read(const char* key, std::string& target) {
  const nlohmann::json* const value = Find(key);
  if (value == nullptr) return;
  if (!value->is_string()) {
    return Fail(key, absl::StrCat("found ", value->type_name(), ", expected a string"));
  }
  target = value->get<std::string>();
}

void JsonFields::Read(const char* key, bool& target) {
  const nlohmann::json* const value = Find(key);
  if (value == nullptr) return;
  if (!value->is_boolean()) {
    return Fail(key, absl::StrCat("found ", value->type_name(), ", expected true or false"));
  }
  target = value->get<bool>();
}

void JsonFields::Read(const char* key, double& target) {
  const nlohmann::json* const value = Find(key);
  if (value == nullptr) return;
  if (!value->is_number()) {
    return Fail(key, absl::StrCat("found ", value->type_name(), ", expected a number"));
  }
  target = value->get<double>();
}

void JsonFields::Read(const char* key, int64_t& target) {
  const nlohmann::json* const value = Find(key);
  if (value == nullptr) return;
  if (!value->is_number_integer()) {
    return Fail(key, absl::StrCat("found ", value->dump(), ", expected a whole number"));
  }
  target = value->get<int64_t>();
}

void JsonFields::Read(const char* key, std::vector<std::string>& target) {
  Each(key, [&](const std::string& where, const nlohmann::json& item) {
    if (!item.is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ": found ", item.type_name(), ", expected a string"));
    }
    target.push_back(item.get<std::string>());
    return absl::OkStatus();
  });
}

void JsonFields::Each(
    const char* key,
    const std::function<absl::Status(const std::string& where, const nlohmann::json&)>& read) {
  const nlohmann::json* const value = Find(key);
  if (value == nullptr) return;
  if (!value->is_array()) {
    return Fail(key, absl::StrCat("found ", value->type_name(), ", expected a list"));
  }
  for (size_t i = 0; i < value->size(); ++i) {
    Note(read(absl::StrCat(Where(key), "[", i, "]"), (*value)[i]));
  }
}

absl::Status JsonFields::Finish() {
  if (!status_.ok()) return status_;
  for (const auto& item : object_.items()) {
    if (known_.contains(item.key())) continue;
    return absl::InvalidArgumentError(absl::StrCat(where_, ": unknown key \"", item.key(),
                                                   "\"; expected one of ",
                                                   absl::StrJoin(known_, ", ")));
  }
  return absl::OkStatus();
}

}  // namespace linuxkit
