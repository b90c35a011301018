// Both servers on the loopback address, for tests with real clients.
#ifndef TOOLS_NETBOOT_SERVE_TESTING_H_
#define TOOLS_NETBOOT_SERVE_TESTING_H_

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tools/base/file.h"
#include "tools/netboot/serve/http_server.h"
#include "tools/netboot/serve/served_files.h"
#include "tools/netboot/serve/tftp_server.h"

namespace linuxkit {

// A socket for a server, and its port.
FileDescriptor BindLoopback(int type, int& port);

// Serves in a thread from construction to destruction.
class ServerThread {
 public:
  explicit ServerThread(ServedFiles files, HttpLimits limits = {});
  ~ServerThread();

  int http_port() const { return http_port_; }
  int tftp_port() const { return tftp_port_; }
  // "http://127.0.0.1:PORT/NAME", "tftp://127.0.0.1:PORT/NAME".
  std::string Http(std::string_view name) const;
  std::string Tftp(std::string_view name) const;
  // All log lines so far.
  std::vector<std::string> log();

 private:
  ServedFiles files_;
  int http_port_ = 0;
  int tftp_port_ = 0;
  FileDescriptor stop_reader_;
  FileDescriptor stop_writer_;
  std::mutex mutex_;
  std::vector<std::string> log_;
  std::unique_ptr<HttpServer> http_;
  std::unique_ptr<TftpServer> tftp_;
  std::jthread thread_;
};

// A TCP connection from an address of this machine, 127.0.0.0/8, to a port of 127.0.0.1.
class TestClient {
 public:
  explicit TestClient(int port, const std::string& host = "127.0.0.1");

  int fd() const { return fd_.get(); }

  void Send(std::string_view bytes) const;
  // Reads until `size` bytes have come or the server has closed.
  std::string Read(size_t size) const;
  // Reads until the server closes.
  std::string ReadAll() const;

 private:
  FileDescriptor fd_;
};

// `size` bytes without a period.
std::string TestBytes(size_t size);

}  // namespace linuxkit

#endif  // TOOLS_NETBOOT_SERVE_TESTING_H_
