#include "runtime/container/runtime_json.h"

#include <functional>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "runtime/base/file.h"

namespace linuxkit {
namespace {

using Json = nlohmann::json;

// Walks a document and keeps the first error, so that the code below reads like the format.
class Reader {
 public:
  using Visit = std::function<void(const Json&, const std::string&)>;

  const absl::Status& status() const { return status_; }

  // The member, or a null value if it is missing.
  const Json& Member(const Json& object, const std::string& where, const char* key) {
    static const Json kNull;
    if (!object.is_object()) {
      Fail(where, object, "an object");
      return kNull;
    }
    const auto found = object.find(key);
    return found == object.end() ? kNull : *found;
  }
  void Text(const Json& object, const std::string& where, const char* key, std::string& out) {
    const Json& value = Member(object, where, key);
    if (value.is_null()) return;
    if (!value.is_string()) return Fail(Path(where, key), value, "a string");
    out = value.get<std::string>();
  }
  void Bool(const Json& object, const std::string& where, const char* key, bool& out) {
    const Json& value = Member(object, where, key);
    if (value.is_null()) return;
    if (!value.is_boolean()) return Fail(Path(where, key), value, "a boolean");
    out = value.get<bool>();
  }
  void Number(const Json& object, const std::string& where, const char* key, uint32_t& out) {
    const Json& value = Member(object, where, key);
    if (value.is_null()) return;
    if (!value.is_number_unsigned() || value > std::numeric_limits<uint32_t>::max()) {
      return Fail(Path(where, key), value, "a number from 0 to 4294967295");
    }
    out = value.get<uint32_t>();
  }
  void Each(const Json& object, const std::string& where, const char* key, const Visit& visit) {
    const Json& value = Member(object, where, key);
    if (value.is_null()) return;
    if (!value.is_array()) return Fail(Path(where, key), value, "an array");
    for (size_t i = 0; i < value.size(); ++i) {
      visit(value[i], absl::StrCat(Path(where, key), "[", i, "]"));
    }
  }
  void Texts(const Json& object, const std::string& where, const char* key,
             std::vector<std::string>& out) {
    Each(object, where, key, [&](const Json& item, const std::string& at) {
      if (!item.is_string()) return Fail(at, item, "a string");
      out.push_back(item.get<std::string>());
    });
  }

 private:
  static std::string Path(const std::string& where, const char* key) {
    return where.empty() ? key : absl::StrCat(where, ".", key);
  }
  void Fail(const std::string& where, const Json& found, std::string_view expected) {
    status_.Update(
        absl::InvalidArgumentError(absl::StrCat(where.empty() ? "the document" : where, ": found ",
                                                found.type_name(), ", expected ", expected)));
  }

  absl::Status status_;
};

BundleMount ReadMount(Reader& reader, const Json& item, const std::string& at) {
  BundleMount mount;
  reader.Text(item, at, "destination", mount.destination);
  reader.Text(item, at, "type", mount.type);
  reader.Text(item, at, "source", mount.source);
  reader.Texts(item, at, "options", mount.options);
  return mount;
}

Interface ReadInterface(Reader& reader, const Json& item, const std::string& at) {
  Interface interface;
  reader.Text(item, at, "name", interface.name);
  reader.Text(item, at, "add", interface.add);
  reader.Text(item, at, "peer", interface.peer);
  reader.Bool(item, at, "createInRoot", interface.create_in_root);
  return interface;
}

void ReadNamespaces(Reader& reader, const Json& document, RuntimeConfig& config) {
  const Json& binds = reader.Member(document, "", "bindNS");
  if (binds.is_null()) return;
  for (const char* key : {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"}) {
    NamespaceBind bind{key, ""};
    reader.Text(binds, "bindNS", key, bind.path);
    if (!bind.path.empty()) config.bind_namespaces.push_back(bind);
  }
}

std::vector<IdMapping> ReadIds(Reader& reader, const Json& document, const char* key) {
  std::vector<IdMapping> mappings;
  reader.Each(document, "", key, [&](const Json& item, const std::string& at) {
    IdMapping mapping;
    reader.Number(item, at, "containerID", mapping.container);
    reader.Number(item, at, "hostID", mapping.host);
    reader.Number(item, at, "size", mapping.size);
    mappings.push_back(mapping);
  });
  return mappings;
}

}  // namespace

absl::StatusOr<RuntimeConfig> ParseRuntimeJson(std::string_view text) {
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) return absl::InvalidArgumentError("found text that is not JSON");
  RuntimeConfig config;
  Reader reader;
  reader.Texts(document, "", "cgroups", config.cgroups);
  reader.Each(document, "", "mounts", [&](const Json& item, const std::string& at) {
    config.mounts.push_back(ReadMount(reader, item, at));
  });
  reader.Texts(document, "", "mkdir", config.mkdir);
  reader.Each(document, "", "interfaces", [&](const Json& item, const std::string& at) {
    config.interfaces.push_back(ReadInterface(reader, item, at));
  });
  ReadNamespaces(reader, document, config);
  config.mappings = {.users = ReadIds(reader, document, "uidMappings"),
                     .groups = ReadIds(reader, document, "gidMappings")};
  if (!reader.status().ok()) return reader.status();
  return config;
}

absl::StatusOr<RuntimeConfig> ReadRuntimeJson(const std::string& bundle) {
  const std::string path = bundle + "/runtime.json";
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return RuntimeConfig();
  if (!text.ok()) return text.status();
  absl::StatusOr<RuntimeConfig> config = ParseRuntimeJson(*text);
  if (config.ok()) return config;
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", config.status().message()));
}

}  // namespace linuxkit
