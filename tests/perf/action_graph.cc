#include "tests/perf/action_graph.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linuxkit {
namespace {

using Json = nlohmann::json;

// The lists of the document; a list that would be empty is not there.
const Json& List(const Json& object, const char* key) {
  static const Json* const kNone = new Json(Json::array());
  const auto found = object.find(key);
  return found == object.end() ? *kNone : *found;
}

// Paths are given as a tree of fragments.
class Paths {
 public:
  explicit Paths(const Json& root) {
    for (const Json& fragment : List(root, "pathFragments")) {
      fragments_[fragment.value("id", int64_t{0})] = {fragment.value("label", ""),
                                                      fragment.value("parentId", int64_t{0})};
    }
    for (const Json& artifact : List(root, "artifacts")) {
      artifacts_[artifact.value("id", int64_t{0})] = artifact.value("pathFragmentId", int64_t{0});
    }
    for (const auto& [id, fragment] : artifacts_) {
      const std::string path = OfArtifact(id);
      stripped_.emplace(Stripped(path), path);
    }
  }

  // A word with the path that a file has, where it has the one that an action sees: without a
  // configuration, if --experimental_output_paths=strip left it out.
  std::string Restored(const std::string& word) const {
    const size_t start = word.find(kStripped);
    if (start == word.npos) return word;
    const auto found = stripped_.find(word.substr(start));
    return found == stripped_.end() ? word : absl::StrCat(word.substr(0, start), found->second);
  }

  std::string OfArtifact(int64_t id) const {
    const auto found = artifacts_.find(id);
    std::string path;
    for (int64_t at = found == artifacts_.end() ? 0 : found->second; at != 0;) {
      const auto fragment = fragments_.find(at);
      if (fragment == fragments_.end()) break;
      path =
          path.empty() ? fragment->second.first : absl::StrCat(fragment->second.first, "/", path);
      at = fragment->second.second;
    }
    return path;
  }

 private:
  static constexpr std::string_view kOutputs = "bazel-out/", kStripped = "bazel-out/cfg/";

  static std::string Stripped(const std::string& path) {
    const size_t slash = path.find('/', kOutputs.size());
    if (!path.starts_with(kOutputs) || slash == path.npos) return path;
    return absl::StrCat(kStripped, path.substr(slash + 1));
  }

  std::map<std::string, std::string> stripped_;
  std::map<int64_t, std::pair<std::string, int64_t>> fragments_;  // label and parent
  std::map<int64_t, int64_t> artifacts_;
};

Action ReadAction(const Json& json, const Paths& paths) {
  Action action = {.mnemonic = json.value("mnemonic", ""),
                   .program = paths.Restored(List(json, "arguments").at(0).get<std::string>())};
  const Json& words = List(json, "arguments");
  for (size_t i = 1; i < words.size(); ++i) {
    action.flags.push_back(paths.Restored(words[i].get<std::string>()));
  }
  for (const Json& id : List(json, "outputIds")) {
    action.outputs.push_back(paths.OfArtifact(id.get<int64_t>()));
  }
  return action;
}

}  // namespace

bool Action::HasRun(const std::string& execution_root) const {
  return std::all_of(outputs.begin(), outputs.end(), [&](const std::string& output) {
    return std::filesystem::exists(absl::StrCat(execution_root, "/", output));
  });
}

std::vector<std::string> Action::FlagsWithOutputsIn(const std::string& directory) const {
  std::vector<std::string> moved;
  for (const std::string& flag : flags) {
    const size_t equals = flag.find('=');
    const std::string value = equals == flag.npos ? "" : flag.substr(equals + 1);
    const auto output = std::find(outputs.begin(), outputs.end(), value);
    moved.push_back(output == outputs.end() ? flag
                                            : absl::StrCat(flag.substr(0, equals), "=", directory,
                                                           "/", output - outputs.begin()));
  }
  return moved;
}

absl::StatusOr<std::vector<Action>> ParseActionGraph(std::string_view json) {
  const Json root = Json::parse(json, nullptr, false);
  if (!root.is_object()) {
    return absl::DataLossError("found no action graph; expected what bazel aquery writes as JSON");
  }
  const Paths paths(root);
  std::vector<Action> actions;
  for (const Json& action : List(root, "actions")) {
    if (!List(action, "arguments").empty()) actions.push_back(ReadAction(action, paths));
  }
  return actions;
}

}  // namespace linuxkit
