#include "tests/perf/build_report.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace linuxkit {
namespace {

using Json = nlohmann::json;

// Protobuf's JSON has 64-bit integers as texts.
int64_t Integer(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end()) return 0;
  if (found->is_number()) return found->get<int64_t>();
  int64_t number = 0;
  return found->is_string() && absl::SimpleAtoi(found->get<std::string>(), &number) ? number : 0;
}

std::string Text(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& Object(const Json& object, std::string_view key) {
  static const Json* const kNone = new Json(Json::object());
  const auto found = object.find(key);
  return found != object.end() && found->is_object() ? *found : *kNone;
}

// A piece of a thread's time, in microseconds.
struct Span {
  int64_t thread = 0;
  int64_t start = 0;
  int64_t duration = 0;

  bool Holds(const Span& other) const {
    return thread == other.thread && start <= other.start &&
           other.start + other.duration <= start + duration;
  }
};

struct Trace {
  std::vector<std::pair<std::string, Span>> actions;  // with their mnemonics
  std::vector<Span> programs;
};

Trace ReadTrace(const Json& events) {
  Trace trace;
  for (const Json& event : events) {
    const std::string category = Text(event, "cat");
    const Span span = {.thread = Integer(event, "tid"),
                       .start = Integer(event, "ts"),
                       .duration = Integer(event, "dur")};
    if (category == "action processing") {
      trace.actions.emplace_back(Text(Object(event, "args"), "mnemonic"), span);
    } else if (Text(event, "name") == "subprocess.run") {
      trace.programs.push_back(span);
    }
  }
  return trace;
}

void AddAction(const std::string& mnemonic, const Span& action, const std::vector<Span>& programs,
               BuildReport& report) {
  constexpr double kMicro = 1e-6;
  bool ran = false;
  double time = 0;
  for (const Span& program : programs) {
    if (!action.Holds(program)) continue;
    ran = true;
    time += static_cast<double>(program.duration) * kMicro;
  }
  if (!mnemonic.starts_with("Linuxkit")) {
    report.others_ran += ran ? 1 : 0;
    return;
  }
  report.action_seconds += static_cast<double>(action.duration) * kMicro;
  report.program_seconds += time;
  ++(ran ? report.ran[mnemonic] : report.from_cache);
}

}  // namespace

std::string BuildReport::Ran() const {
  std::string text;
  for (const auto& [mnemonic, times] : ran) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", times, " ",
                    absl::StripPrefix(mnemonic, "Linuxkit"));
  }
  if (text.empty()) text = "none";
  if (others_ran > 0) absl::StrAppend(&text, " and ", others_ran, " not ours");
  if (from_cache > 0) absl::StrAppend(&text, "; ", from_cache, " from the cache");
  return text;
}

absl::Status AddProfile(std::string_view json, BuildReport& report) {
  const Json profile = Json::parse(json, nullptr, false);
  if (!profile.is_object() || !profile.contains("traceEvents")) {
    return absl::DataLossError(
        "found no trace events in a profile; expected what --profile writes");
  }
  const Trace trace = ReadTrace(profile.at("traceEvents"));
  for (const auto& [mnemonic, span] : trace.actions) {
    AddAction(mnemonic, span, trace.programs, report);
  }
  return absl::OkStatus();
}

absl::Status AddMetrics(std::string_view events, BuildReport& report) {
  for (const std::string_view line : absl::StrSplit(events, '\n')) {
    if (!line.starts_with("{\"id\":{\"buildMetrics\"")) continue;
    const Json event = Json::parse(line, nullptr, false);
    const Json& metrics = Object(event, "buildMetrics");
    report.actions = Integer(Object(metrics, "actionSummary"), "actionsCreated");
    report.targets = Integer(Object(metrics, "targetMetrics"), "targetsConfigured");
    report.analysis_seconds =
        static_cast<double>(Integer(Object(metrics, "timingMetrics"), "analysisPhaseTimeInMs")) /
        1000;
    return absl::OkStatus();
  }
  return absl::DataLossError("found no buildMetrics among a build's events; expected one");
}

}  // namespace linuxkit
