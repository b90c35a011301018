#include "tools/qemu/qmp.h"

#include <algorithm>

#include "absl/status/status_macros.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace linuxkit {
namespace {

using nlohmann::json;

// QEMU's longest line here has some kilobytes.
constexpr size_t kLineLimit = 64 << 10;
// Of a text that goes into a message.
constexpr size_t kTextLimit = 200;

absl::Status NotQmp(std::string_view problem, std::string_view line) {
  return absl::DataLossError(absl::StrCat("QEMU's monitor sent ", problem, ": ",
                                          absl::CHexEscape(line.substr(0, kTextLimit))));
}

// `object[key]` if it is a text, else nothing. Fit for one line of a message.
std::string Text(const json& object, const char* key) {
  if (!object.is_object()) return "";
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return "";
  return absl::CHexEscape(found->get_ref<const std::string&>().substr(0, kTextLimit));
}

// The sum of one statistic over all processors: [{"stats": [{"name": ..., "value": 1}]}, ...].
uint64_t SumOf(const json& processors, std::string_view name) {
  uint64_t sum = 0;
  for (const json& processor : processors) {
    if (!processor.is_object() || !processor.contains("stats")) continue;
    for (const json& statistic : processor["stats"]) {
      if (Text(statistic, "name") != name || !statistic.contains("value")) continue;
      const json& value = statistic["value"];
      if (value.is_number_unsigned()) sum += value.get<uint64_t>();
    }
  }
  return sum;
}

std::string DetailOf(const std::string& event, const json& data) {
  if (event == "GUEST_PANICKED") return "the guest's kernel panicked";
  if (event == "WATCHDOG") return "the guest's watchdog expired";
  if (event != "BLOCK_IO_ERROR") return "";
  return absl::StrCat(Text(data, "device"), ": ", Text(data, "operation"), ": ",
                      Text(data, "reason"));
}

}  // namespace

absl::Status Qmp::Receive(std::string_view bytes) {
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    line_.append(bytes.substr(0, end));
    if (line_.size() > kLineLimit) return NotQmp("an endless line", line_);
    if (end == bytes.size()) break;
    bytes.remove_prefix(end + 1);
    ABSL_RETURN_IF_ERROR(OnLine(absl::StripAsciiWhitespace(line_)));
    line_.clear();
  }
  return absl::OkStatus();
}

absl::Status Qmp::OnLine(std::string_view line) {
  const json message = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!message.is_object()) return NotQmp("a line that is not JSON", line);
  if (message.contains("QMP")) {
    Execute("qmp_capabilities");
    Execute("query-status");
  } else if (message.contains("event")) {
    OnEvent(Text(message, "event"), message.value("data", json::object()));
  } else if (message.contains("return")) {
    OnAnswer(message["return"]);
  }
  // An error answers a question that this version of QEMU does not know.
  return absl::OkStatus();
}

void Qmp::OnEvent(const std::string& event, const json& data) {
  if (event == "SHUTDOWN") shutdown_reason_ = Text(data, "reason");
  if (const std::string detail = DetailOf(event, data); !detail.empty()) stop_detail_ = detail;
  // The events of a stop do not say why.
  for (const std::string_view change : {"STOP", "RESUME", "GUEST_PANICKED", "SUSPEND", "WAKEUP"}) {
    if (event != change) continue;
    Execute("query-status");
  }
}

void Qmp::OnAnswer(const json& answer) {
  if (const std::string state = Text(answer, "status"); !state.empty()) run_state_ = state;
  if (answer.is_array()) halts_ = std::max(halts_, SumOf(answer, "halt_exits"));
}

void Qmp::Execute(std::string_view command) {
  absl::StrAppend(&outgoing_, R"({"execute": ")", command, "\"}\n");
}

void Qmp::AskHalts() {
  outgoing_ += R"({"execute": "query-stats", "arguments": {"target": "vcpu", )"
               R"("providers": [{"provider": "kvm", "names": ["halt_exits"]}]}})"
               "\n";
}

}  // namespace linuxkit
