#include "tools/base/args.h"

#include <cstdio>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "tools/base/param_file.h"

namespace linuxkit {

absl::StatusOr<Args> Args::Parse(int argc, const char* const* argv) {
  Args args;
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (absl::ConsumePrefix(&word, "@")) {
      ABSL_RETURN_IF_ERROR(args.AddFile(std::string(word)));
    } else {
      ABSL_RETURN_IF_ERROR(args.AddWord(word));
    }
  }
  return args;
}

absl::Status Args::AddFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> words, ReadParamFile(path));
  for (const std::string& word : words) ABSL_RETURN_IF_ERROR(AddWord(word));
  return absl::OkStatus();
}

absl::Status Args::AddWord(std::string_view word) {
  std::string_view rest = word;
  if (!absl::ConsumePrefix(&rest, "--") || rest.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument \"", word, "\"; expected --name=value"));
  }
  const size_t equals = rest.find('=');
  const bool bare = equals == std::string_view::npos;
  flags_.push_back({.name = std::string(rest.substr(0, equals)),
                    .value = bare ? "true" : std::string(rest.substr(equals + 1))});
  return absl::OkStatus();
}

void Args::Fail(std::string message) {
  if (status_.ok()) status_ = absl::InvalidArgumentError(std::move(message));
}

std::vector<std::string> Args::All(std::string_view name) {
  std::vector<std::string> values;
  for (Flag& flag : flags_) {
    if (flag.name != name) continue;
    flag.used = true;
    values.push_back(flag.value);
  }
  return values;
}

std::optional<std::string> Args::Optional(std::string_view name) {
  std::vector<std::string> values = All(name);
  if (values.empty()) return std::nullopt;
  return std::move(values.back());
}

std::string Args::Required(std::string_view name) {
  std::optional<std::string> value = Optional(name);
  if (!value) Fail(absl::StrCat("missing flag --", name));
  return value.value_or("");
}

std::string Args::OptionalOr(std::string_view name, std::string_view fallback) {
  return Optional(name).value_or(std::string(fallback));
}

bool Args::Bool(std::string_view name, bool fallback) {
  const std::optional<std::string> value = Optional(name);
  if (!value) return fallback;
  bool result = fallback;
  if (!absl::SimpleAtob(*value, &result)) {
    Fail(absl::StrCat("--", name, "=", *value, ": expected true or false"));
  }
  return result;
}

int64_t Args::IntOr(std::string_view name, int64_t fallback) {
  const std::optional<std::string> value = Optional(name);
  if (!value) return fallback;
  int64_t result = fallback;
  if (!absl::SimpleAtoi(*value, &result)) {
    Fail(absl::StrCat("--", name, "=", *value, ": expected a whole number"));
  }
  return result;
}

absl::Status Args::Finish() const {
  ABSL_RETURN_IF_ERROR(status_);
  for (const Flag& flag : flags_) {
    if (!flag.used) return absl::InvalidArgumentError(absl::StrCat("unknown flag --", flag.name));
  }
  return absl::OkStatus();
}

int RunMain(int argc, const char* const* argv, std::string_view program,
            const std::function<absl::Status(Args&)>& run) {
  absl::StatusOr<Args> args = Args::Parse(argc, argv);
  const absl::Status status = args.ok() ? run(*args) : args.status();
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", absl::StrCat(program, ": ", status.message()).c_str());
  return 1;
}

}  // namespace linuxkit
