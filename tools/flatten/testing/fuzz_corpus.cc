// The first inputs of the fuzz target.
#include <string>
#include <utility>
#include <vector>

#include "tools/fuzz/seeds.h"
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
      {TarBuilder().File(".wh..wh.plnk/1", "x").HardLink("a", ".wh..wh.plnk/1").Finish(),
       TarBuilder().File(".wh..wh.aufs").Finish()},
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

}  // namespace

std::vector<std::string> FuzzSeeds() {
  std::vector<std::string> seeds;
  char kind = 0;
  for (const auto& [lower, upper] : Images()) {
    const std::string head = {kind++, static_cast<char>(lower.size() / 512)};
    seeds.push_back(head + lower + upper);
  }
  return seeds;
}

}  // namespace linuxkit
