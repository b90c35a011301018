// The line with which //runtime:init says on the console which services run, found among everything
// else that a console shows.
//
//   ServicesLine line;
//   line.See("[ 1.0] up\r\ninit: 1 service run");   // nothing
//   line.See("ning: web\r\n");                      // "1 service running: web"
#ifndef TOOLS_QEMU_SERVICES_LINE_H_
#define TOOLS_QEMU_SERVICES_LINE_H_

#include <optional>
#include <string>
#include <string_view>

namespace linuxkit {

class ServicesLine {
 public:
  // The next bytes of the console. What the first such line says of the services, printable, once
  // it is complete.
  std::optional<std::string> See(std::string_view bytes);

 private:
  std::string line_;  // the unfinished one
  bool found_ = false;
};

}  // namespace linuxkit

#endif  // TOOLS_QEMU_SERVICES_LINE_H_
