// A proxy before a real registry that passes on everything, but for the faults that a test asks
// for. Like some registries, it refuses a range without an end ("bytes=1000-").
//
//   FaultProxy proxy(registry.port());
//   proxy.Inject("/blobs/", 1, CutAfter(1000));
#ifndef TOOLS_REGISTRY_TESTING_FAULT_PROXY_H_
#define TOOLS_REGISTRY_TESTING_FAULT_PROXY_H_

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "tools/registry/testing/http_server.h"

namespace linuxkit {

// What a fault has to work with: the request, and a way to the registry.
struct Exchange {
  const TestRequest& request;
  TestConnection& client;
  std::function<RawAnswer(const TestRequest&)> ask_registry;

  // What the registry says to the request.
  RawAnswer Answer() const { return ask_registry(request); }
  // The same to the client.
  void PassOn(const TestRequest& asked) const;
};
using Fault = std::function<void(const Exchange&)>;

class FaultProxy {
 public:
  explicit FaultProxy(int registry_port);

  // The next `count` requests whose target contains `part` get the fault.
  void Inject(std::string part, int count, Fault fault);
  std::string authority() const { return server_.authority(); }
  std::vector<TestRequest> requests() { return server_.requests(); }
  // How many requests had `part` in their target.
  int CountOf(const std::string& part);

 private:
  struct Rule {
    std::string part;
    int left;
    Fault fault;
  };
  void Handle(const TestRequest& request, TestConnection& client);
  Fault Match(const TestRequest& request);

  int registry_port_;
  std::mutex mutex_;
  std::vector<Rule> rules_;
  TestServer server_;
};

// More than any test sends.
inline constexpr int kAlways = 1 << 30;

// The answer is cut after so many bytes of its body.
Fault CutAfter(size_t bytes);
// The answer ends there, as if that had been all.
Fault TruncateTo(size_t bytes);
// This answer instead.
Fault AnswerWith(int status, std::map<std::string, std::string> headers, std::string body);
// A part of the body, and then nothing until the client hangs up.
Fault StallAfter(size_t bytes);
// A part of the blob, which the request need not have asked for: the bytes of the registry's answer
// to "Range: bytes=FIRST-LAST", with this Content-Range.
Fault PartOf(std::string range, std::string content_range);
// The registry does not see the header.
Fault WithoutRequestHeader(std::string lower_case_name);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_FAULT_PROXY_H_
