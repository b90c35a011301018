#include "tools/registry/testing/fault_proxy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace linuxkit {

void Exchange::PassOn(const TestRequest& asked) const {
  const RawAnswer answer = ask_registry(asked);
  client.Write(answer.head);
  client.Write(answer.body);
}

FaultProxy::FaultProxy(int registry_port)
    : registry_port_(registry_port),
      server_([this](const TestRequest& request, TestConnection& client) {
        Handle(request, client);
      }) {}

void FaultProxy::Inject(std::string part, int count, Fault fault) {
  const std::lock_guard lock(mutex_);
  rules_.push_back({.part = std::move(part), .left = count, .fault = std::move(fault)});
}

int FaultProxy::CountOf(const std::string& part) {
  const std::vector<TestRequest> all = requests();
  return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const TestRequest& request) {
    return absl::StrContains(request.target, part);
  }));
}

Fault FaultProxy::Match(const TestRequest& request) {
  const std::lock_guard lock(mutex_);
  for (Rule& rule : rules_) {
    if (rule.left == 0 || !absl::StrContains(request.target, rule.part)) continue;
    --rule.left;
    return rule.fault;
  }
  if (request.Header("range").ends_with("-")) return AnswerWith(416, {}, "");
  return [](const Exchange& exchange) { exchange.PassOn(exchange.request); };
}

void FaultProxy::Handle(const TestRequest& request, TestConnection& client) {
  Match(request)(
      {.request = request, .client = client, .ask_registry = [&](const TestRequest& asked) {
         return Forward(asked, registry_port_);
       }});
  // The registry's answers say "Connection: close".
  if (client.is_open()) client.Cut();
}

Fault CutAfter(size_t bytes) {
  return [bytes](const Exchange& exchange) {
    const RawAnswer answer = exchange.Answer();
    exchange.client.Write(answer.head);
    exchange.client.Write(answer.body.substr(0, bytes));
    exchange.client.Cut();
  };
}

Fault TruncateTo(size_t bytes) {
  return [bytes](const Exchange& exchange) {
    exchange.client.Respond(200, {}, exchange.Answer().body.substr(0, bytes));
  };
}

Fault AnswerWith(int status, std::map<std::string, std::string> headers, std::string body) {
  return [status, headers = std::move(headers), body = std::move(body)](const Exchange& exchange) {
    exchange.client.Respond(status, headers, body);
  };
}

Fault StallAfter(size_t bytes) {
  return [bytes](const Exchange& exchange) {
    const RawAnswer answer = exchange.Answer();
    exchange.client.Write(answer.head);
    exchange.client.Write(answer.body.substr(0, bytes));
    exchange.client.AwaitHangup();
  };
}

Fault PartOf(std::string range, std::string content_range) {
  return [range = std::move(range),
          content_range = std::move(content_range)](const Exchange& exchange) {
    TestRequest request = exchange.request;
    request.headers["range"] = absl::StrCat("bytes=", range);
    exchange.client.Respond(206, {{"Content-Range", content_range}},
                            exchange.ask_registry(request).body);
  };
}

Fault WithoutRequestHeader(std::string lower_case_name) {
  return [lower_case_name = std::move(lower_case_name)](const Exchange& exchange) {
    TestRequest request = exchange.request;
    request.headers.erase(lower_case_name);
    exchange.PassOn(request);
  };
}

}  // namespace linuxkit
