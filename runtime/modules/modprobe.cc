#include "runtime/modules/modprobe.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "runtime/base/console.h"
#include "runtime/modules/module_loader.h"

namespace linuxkit {
namespace {

struct Request {
  bool all = false;
  bool use_blacklist = false;
  bool quiet = false;
  bool verbose = false;
  std::vector<std::string> names;
  std::vector<std::string> parameters;
};

bool ApplyFlag(char flag, Request& request) {
  switch (flag) {
    case 'a':
      return request.all = true;
    case 'b':
      return request.use_blacklist = true;
    case 'q':
      return request.quiet = true;
    case 'v':
      return request.verbose = true;
    default:
      return false;
  }
}

std::optional<Request> Parse(std::span<char*> arguments) {
  Request request;
  bool flags = true;
  std::vector<std::string> words;
  for (const std::string_view word : arguments) {
    if (flags && word == "--") {
      flags = false;
    } else if (flags && word.size() > 1 && word.starts_with('-')) {
      for (const char flag : word.substr(1)) {
        if (!ApplyFlag(flag, request)) return std::nullopt;
      }
    } else {
      words.emplace_back(word);
    }
  }
  if (words.empty()) return std::nullopt;
  // Without -a the first word is the module and the others are its parameters.
  const auto names_end = request.all ? words.end() : words.begin() + 1;
  request.names.assign(words.begin(), names_end);
  request.parameters.assign(names_end, words.end());
  return request;
}

// Parameters go to the module asked for, not to those it depends on. They are said to the index as
// an `options` line.
ModuleLoader LoaderFor(const Request& request) {
  ModuleIndex index = IndexOfRunningKernel();
  if (!request.parameters.empty()) {
    index.AddConfiguration(
        absl::StrCat("options ", request.names[0], " ", absl::StrJoin(request.parameters, " ")));
  }
  return ModuleLoader(std::move(index), [verbose = request.verbose](const Module& module) {
    if (verbose) Say(absl::StrCat("insert ", module.path, " ", module.options));
    return InsertModule(module);
  });
}

}  // namespace

int ModprobeMain(std::span<char*> arguments) {
  const std::optional<Request> request = Parse(arguments);
  if (!request.has_value()) {
    Say("usage: modprobe [-abqv] [--] MODULE [PARAMETER=VALUE...], or with -a: modprobe -a "
        "MODULE...");
    return 1;
  }
  ModuleLoader loader = LoaderFor(*request);
  int result = 0;
  for (const std::string& name : request->names) {
    const absl::Status status = loader.Load(name, request->use_blacklist);
    if (status.ok()) continue;
    result = 1;
    if (!request->quiet || !absl::IsNotFound(status)) SayIfError(status);
  }
  return result;
}

}  // namespace linuxkit
