// A small HTTP/1.1 server on the loopback address, for tests that need a server to misbehave. The
// handler sees each request and writes what it likes.
//
//   TestServer server([](const TestRequest& request, TestConnection& connection) {
//     connection.Respond(200, {}, "hello");
//   });
//   client.Get("http://" + server.authority() + "/");
#ifndef TOOLS_REGISTRY_TESTING_HTTP_SERVER_H_
#define TOOLS_REGISTRY_TESTING_HTTP_SERVER_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tools/base/file.h"

namespace linuxkit {

struct TestRequest {
  std::string method;
  // As in the request line: "/path?query", or a whole URL if we are a proxy.
  std::string target;
  // Names in lower case.
  std::map<std::string, std::string> headers;
  std::string body;

  std::string Header(const std::string& lower_case_name) const;
};

class TestConnection {
 public:
  explicit TestConnection(int fd) : fd_(fd) {}

  // False once the client has gone.
  bool Write(std::string_view bytes);
  // A whole answer with Content-Length. The connection stays open.
  void Respond(int status, const std::map<std::string, std::string>& headers,
               std::string_view body);
  // Status line and headers alone.
  void Begin(int status, const std::map<std::string, std::string>& headers);
  // Ends the connection, in order or with a reset.
  void Cut();
  void Reset();
  // Reads until the client hangs up.
  void AwaitHangup();
  bool is_open() const { return is_open_; }

 private:
  int fd_;
  bool is_open_ = true;
};

class TestServer {
 public:
  using Handler = std::function<void(const TestRequest&, TestConnection&)>;

  explicit TestServer(Handler handler);
  ~TestServer();

  int port() const { return port_; }
  // "127.0.0.1:PORT".
  std::string authority() const;
  // All so far, in the order in which they came.
  std::vector<TestRequest> requests();
  int connections();

 private:
  void Accept();
  void Serve(int fd);

  Handler handler_;
  FileDescriptor listener_;
  int port_ = 0;
  std::mutex mutex_;
  bool is_stopping_ = false;
  std::vector<int> open_;
  std::vector<TestRequest> requests_;
  std::vector<std::jthread> threads_;
  int connections_ = 0;
  std::jthread acceptor_;
};

// A connection to a server on this machine; tests have nothing to do without one.
FileDescriptor ConnectTo(int port);
// One request and its answer, head and body apart.
struct RawAnswer {
  std::string head;
  std::string body;
};
RawAnswer Forward(const TestRequest& request, int port);

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_TESTING_HTTP_SERVER_H_
