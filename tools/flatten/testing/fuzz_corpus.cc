// Writes the first inputs of the fuzz target: fuzz_corpus --directory=DIR.
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "tools/base/args.h"
#include "tools/base/file.h"
#include "tools/tar/testing/tar_builder.h"

namespace linuxkit {
namespace {

std::vector<std::pair<std::string, std::string>> Images() {
  const std::string tree = TarBuilder()
                               .Dir("usr")
                               .Dir("usr/lib")
                               .File("usr/lib/x", "content")
                               .Link("lib", "usr/lib")
                               .HardLink("y", "usr/lib/x")
                               .Finish();
  return {
      {TarBuilder().File("etc/hosts", "x").Finish(), TarBuilder().File("etc/.wh.hosts").Finish()},
      {tree, TarBuilder().File("lib/z").File("usr/.wh..wh..opq").Finish()},
      {tree, TarBuilder().Dir("lib").File("lib/.wh..wh..opq").File("lib/a").Finish()},
      {TarBuilder().File(std::string(200, 'n')).Finish(),
       TarBuilder().Pax({{"path", "p"}, {"SCHILY.xattr.user.x", "1"}}).File("q").Finish()},
      {TarBuilder()
           .Pax({{"GNU.sparse.size", "4000"},
                 {"GNU.sparse.numblocks", "2"},
                 {"GNU.sparse.map", "1000,2,3000,1"}})
           .File("x", "abc")
           .Finish(),
       TarBuilder().Add({.name = "c", .type = '3', .major = 1}).Finish()},
  };
}

absl::Status Run(Args& args) {
  const std::string directory = args.Required("directory");
  ABSL_RETURN_IF_ERROR(args.Finish());
  int kind = 0;
  for (const auto& [lower, upper] : Images()) {
    const std::string head = {static_cast<char>(kind), static_cast<char>(lower.size() / 512)};
    ABSL_RETURN_IF_ERROR(
        WriteFile(absl::StrCat(directory, "/image", kind++), head + lower + upper));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace linuxkit

int main(int argc, char** argv) {
  return linuxkit::RunMain(argc, argv, "fuzz_corpus", linuxkit::Run);
}
