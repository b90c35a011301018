// The channel that a plan asks for.
#ifndef TOOLS_QEMU_MAKE_CHANNEL_H_
#define TOOLS_QEMU_MAKE_CHANNEL_H_

#include <memory>
#include <string>

#include "tools/qemu/channel.h"
#include "tools/qemu/test_plan.h"

namespace linuxkit {

// `plan` must outlive the channel. `logs_directory`: for what containers have written; empty for
// none.
std::unique_ptr<Channel> MakeChannel(const TestPlan& plan, const std::string& nonce,
                                     const std::string& logs_directory);

}  // namespace linuxkit

#endif  // TOOLS_QEMU_MAKE_CHANNEL_H_
