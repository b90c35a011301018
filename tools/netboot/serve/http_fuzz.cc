// Feeds bytes as requests to the HTTP parser and answers them: nothing may crash, what comes out is
// from the files that are served, and lengths agree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/fuzz/memory_file.h"
#include "tools/fuzz/seeds.h"
#include "tools/netboot/serve/http_answer.h"
#include "tools/netboot/serve/http_request.h"
#include "tools/netboot/serve/served_files.h"

namespace linuxkit {
namespace {

constexpr std::string_view kContent = "#!ipxe\nboot\n";

void Check(const HttpAnswer& answer) {
  const size_t end = answer.bytes.find("\r\n\r\n");
  if (!answer.bytes.starts_with("HTTP/1.1 ") || end == std::string::npos) std::abort();
  if (answer.file_offset + answer.file_size > kContent.size()) std::abort();
  if (answer.file_size > 0 &&
      answer.bytes.find(absl::StrCat("Content-Length: ", answer.file_size, "\r\n")) > end) {
    std::abort();
  }
}

}  // namespace

std::vector<std::string> FuzzSeeds() {
  return {
      "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      "HEAD /boot.ipxe HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
      "GET http://a/boot.ipxe?x HTTP/1.1\r\nHost: a\r\nRange: bytes=1-2\r\n\r\n",
      "GET /%62oot.ipxe HTTP/1.1\r\nHost: a\r\nRange: bytes=-5\r\nIf-Range: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: x\r\n\r\n",
  };
}

}  // namespace linuxkit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const linuxkit::MemoryFile file(linuxkit::kContent);
  static const linuxkit::ServedFiles files = [] {
    linuxkit::ServedFiles served("fuzz");
    if (!served.Add("boot.ipxe", file.path()).ok()) std::abort();
    return served;
  }();
  const auto request =
      linuxkit::ParseHttpRequest(std::string_view(reinterpret_cast<const char*>(data), size));
  linuxkit::Check(request.ok() ? linuxkit::AnswerHttp(*request, files, 0)
                               : linuxkit::AnswerHttpError(request.status(), 0));
  return 0;
}
