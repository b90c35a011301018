#include "tools/initrd/launch_check.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/initrd/container_root.h"

namespace linuxkit {
namespace {

constexpr uint32_t kExecutable = 0111;
// As many interpreters of interpreters as the kernel follows.
constexpr int kMostInterpreters = 4;

using Kind = Place::Kind;

std::string Quoted(std::string_view text) {
  return absl::StrCat("\"", absl::Utf8SafeCEscape(text), "\"");
}

bool IsProgram(const Place& place) {
  return place.kind == Kind::kFound && place.node != nullptr &&
         place.node->type == SegmentEntry::FILE && place.node->entry != nullptr &&
         (place.node->entry->mode() & kExecutable) != 0;
}

// The program that env runs by the argument of its script line; empty where that takes more than a
// look at the line.
std::string ProgramOfEnv(std::string_view argument) {
  if (absl::ConsumePrefix(&argument, "-S")) {
    argument = absl::StripLeadingAsciiWhitespace(argument);
    argument = argument.substr(0, argument.find_first_of(" \t"));
  }
  const bool is_name = std::all_of(argument.begin(), argument.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("_-.+", c);
  });
  return is_name && !absl::StartsWith(argument, "-") ? std::string(argument) : "";
}

// The interpreter of a script and its one argument, by the line "#!INTERPRETER ARGUMENT".
struct ScriptLine {
  std::string_view interpreter, argument;
};
ScriptLine ParseScriptLine(std::string_view line) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  line.remove_prefix(2);
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  const size_t end =
      static_cast<size_t>(std::find_if(line.begin(), line.end(), is_blank) - line.begin());
  std::string_view argument = line.substr(end);
  while (!argument.empty() && is_blank(argument.front())) argument.remove_prefix(1);
  return {line.substr(0, end), argument};
}

class LaunchChecker {
 public:
  LaunchChecker(const Launch& launch, const Tree& tree) : launch_(launch), root_(launch, tree) {}

  std::vector<std::string> Check() {
    if (!root_.IsKnown()) return {};
    CheckProgram();
    CheckWorkingDirectory();
    if (launch_.readonly()) CheckMountPoints();
    return std::move(problems_);
  }

 private:
  void CheckProgram() {
    const std::string& program = launch_.program();
    if (!absl::StrContains(program, '/')) return CheckInPath(program);
    const bool absolute = absl::StartsWith(program, "/");
    const std::string path =
        absolute ? program
                 : absl::StrCat(absl::StripSuffix(launch_.working_directory(), "/"), "/", program);
    CheckFile(path, Quoted(path), 0);
  }

  void Say(std::string_view problem) { problems_.emplace_back(problem); }

  // The file at `path` is executed; `name` is how messages call it.
  void CheckFile(const std::string& path, const std::string& name, int depth) {
    const Place place = root_.Find(path);
    if (place.kind == Kind::kUnknown) return;
    if (place.kind == Kind::kMissing) {
      return Say(absl::StrCat("found no ", name, Via(path, place), " in the image ",
                              launch_.image(),
                              depth == 0 ? "; correct the command, or add the program to the image"
                                         : "; add it to the image"));
    }
    if (CheckKind(place, name)) CheckInterpreter(place, name, depth);
  }

  // Whether what there is at a place can be executed; says what keeps it from that.
  bool CheckKind(const Place& place, const std::string& name) {
    const std::string found = KindProblem(place);
    if (found.empty()) return true;
    Say(absl::StrCat(name, " ", found));
    return false;
  }

  std::string KindProblem(const Place& place) const {
    const std::string in_image = absl::StrCat(" in the image ", launch_.image());
    if (place.kind == Kind::kCircle) {
      return absl::StrCat("is a circle of symlinks", in_image, "; expected a program");
    }
    if (place.node->type == SegmentEntry::DIRECTORY) {
      return absl::StrCat("is a directory", in_image, "; expected a program");
    }
    if (place.node->type != SegmentEntry::FILE) {
      return absl::StrCat("is a device or a named pipe", in_image, "; expected a program");
    }
    if (!IsProgram(place)) {
      return absl::StrFormat(
          "has the mode %04o%s, so it cannot be executed; expected a program, with a mode such as "
          "0755",
          place.node->entry->mode(), in_image);
    }
    if (place.node->entry->size() == 0) {
      return absl::StrCat("is an empty file", in_image, "; expected a program");
    }
    return "";
  }

  // One that is missing is made by runc.
  void CheckWorkingDirectory() {
    const std::string& directory = launch_.working_directory();
    const Place place = root_.Find(directory);
    if (place.kind != Kind::kFound || place.node->type == SegmentEntry::DIRECTORY) return;
    Say(absl::StrCat("the working directory ", Quoted(directory), " is a file in the image ",
                     launch_.image(), "; set cwd to a directory"));
  }

  // Where a path leads that is not itself missing, nor a directory above it.
  static std::string Via(std::string_view path, const Place& place) {
    return absl::StartsWith(absl::StrCat(path, "/"), absl::StrCat(place.path, "/"))
               ? ""
               : absl::StrCat(" (it leads to ", Quoted(place.path), ")");
  }

  void CheckInterpreter(const Place& place, const std::string& name, int depth) {
    const std::string& interpreter = place.node->entry->interpreter();
    if (interpreter.empty() || depth >= kMostInterpreters) return;
    if (absl::StartsWith(interpreter, "#!")) {
      return CheckScript(ParseScriptLine(interpreter), name, depth);
    }
    if (!absl::StartsWith(interpreter, "/")) return;
    const Place loader = root_.Find(interpreter);
    if (loader.kind == Kind::kUnknown) return;
    if (loader.kind != Kind::kMissing) {
      CheckKind(loader, absl::StrCat(Quoted(interpreter), ", the loader of ", name, ","));
      return;
    }
    Say(absl::StrCat(name, " needs the loader ", Quoted(interpreter), ", which the image ",
                     launch_.image(), " lacks", Via(interpreter, loader),
                     "; link the program statically, or add the loader and its libraries to the "
                     "image"));
  }

  void CheckScript(const ScriptLine& line, const std::string& name, int depth) {
    const std::string interpreter(line.interpreter);
    if (absl::EndsWith(interpreter, "\r") || absl::EndsWith(line.argument, "\r")) {
      return Say(absl::StrCat(name,
                              " is a script whose first line ends with a carriage return; "
                              "expected lines that end with a line feed alone"));
    }
    if (interpreter.empty()) {
      return Say(absl::StrCat(name,
                              " is a script whose first line names no interpreter; expected a "
                              "line such as \"#!/bin/sh\""));
    }
    if (!absl::StartsWith(interpreter, "/")) return;
    CheckFile(interpreter, absl::StrCat(Quoted(interpreter), ", which runs the script ", name, ","),
              depth + 1);
    const bool is_env = absl::EndsWith(interpreter, "/env");
    const std::string program = ProgramOfEnv(line.argument);
    if (is_env && !program.empty() && problems_.empty()) CheckOfEnv(program, name);
  }

  void CheckOfEnv(const std::string& program, const std::string& script) {
    if (!launch_.has_path_variable()) return;
    const std::optional<Place> place = FindInPath(program);
    if (place && place->kind == Kind::kMissing) {
      Say(absl::StrCat("found no ", Quoted(program), ", which runs the script ", script,
                       ", in PATH ", Quoted(launch_.path_variable()), " of the image ",
                       launch_.image(), "; add it to the image, or extend PATH in env"));
    }
  }

  void CheckInPath(const std::string& program) {
    if (!launch_.has_path_variable()) {
      return Say(absl::StrCat("found the command ", Quoted(program),
                              " and no variable PATH; expected an absolute path, or PATH in env"));
    }
    const std::optional<Place> place = FindInPath(program);
    if (!place) return;
    if (place->kind == Kind::kFound) {
      const std::string name = Quoted(place->path);
      if (CheckKind(*place, name)) CheckInterpreter(*place, name, 0);
      return;
    }
    Say(absl::StrCat("found no program ", Quoted(program), " in PATH ",
                     Quoted(launch_.path_variable()), " of the image ", launch_.image(),
                     "; correct the command, or add the program to the image"));
  }

  // The first program of that name; kMissing if there is none, nothing if the tree does not tell.
  std::optional<Place> FindInPath(const std::string& program) const {
    for (const std::string_view directory : absl::StrSplit(launch_.path_variable(), ':')) {
      if (!absl::StartsWith(directory, "/")) return std::nullopt;
      const Place place = root_.Find(absl::StrCat(directory, "/", program));
      if (place.kind == Kind::kUnknown) return std::nullopt;
      if (IsProgram(place)) return place;
    }
    return Place{.kind = Kind::kMissing};
  }

  void CheckMountPoints() {
    for (const std::string& destination : launch_.mounts()) {
      const Place place = root_.FindMountPoint(destination);
      if (place.kind != Kind::kMissing) continue;
      Say(absl::StrCat("found a mount on ", Quoted(destination), " and nothing there in the image ",
                       launch_.image(),
                       ", whose root is read-only, so it cannot be made; add that ",
                       "file or directory to the image, or set readonly to false"));
    }
  }

  const Launch& launch_;
  const ContainerRoot root_;
  std::vector<std::string> problems_;
};

bool SomeoneChangesOthers(absl::Span<const SegmentIndex> segments) {
  return std::any_of(segments.begin(), segments.end(), [](const SegmentIndex& segment) {
    return std::any_of(segment.launches().begin(), segment.launches().end(),
                       [](const Launch& launch) { return launch.changes_others(); });
  });
}

}  // namespace

absl::Status CheckLaunches(absl::Span<const SegmentIndex> segments, const Tree& tree) {
  if (SomeoneChangesOthers(segments)) return absl::OkStatus();
  std::vector<std::string> problems;
  for (const SegmentIndex& segment : segments) {
    for (const Launch& launch : segment.launches()) {
      for (const std::string& problem : LaunchChecker(launch, tree).Check()) {
        problems.push_back(absl::StrCat(segment.owner(), ": ", problem));
      }
    }
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrJoin(problems, "\n"));
}

}  // namespace linuxkit
