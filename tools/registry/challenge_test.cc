#include "tools/registry/challenge.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace linuxkit {
namespace {

// "scheme{name=value,…} …", or the error.
std::string Dump(std::string_view header) {
  const auto challenges = ParseChallenges(header);
  if (!challenges.ok()) return std::string(challenges.status().message());
  std::string dump;
  for (const Challenge& challenge : *challenges) {
    absl::StrAppend(&dump, dump.empty() ? "" : " ", challenge.scheme, "{");
    for (const auto& [name, value] : challenge.parameters) {
      absl::StrAppend(&dump, name, "=[", value, "]");
    }
    absl::StrAppend(&dump, "}");
  }
  return dump;
}

struct Case {
  std::string header;
  std::string expected;
};

class Challenges : public testing::TestWithParam<Case> {};

TEST_P(Challenges, Parsed) {
  EXPECT_EQ(Dump(GetParam().header), GetParam().expected) << GetParam().header;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Challenges,
    testing::Values(
        Case{"", ""},                                                                       //
        Case{"Basic", "basic{}"},                                                           //
        Case{"Basic realm=\"a b\"", "basic{realm=[a b]}"},                                  //
        Case{"BASIC REALM=x", "basic{realm=[x]}"},                                          //
        Case{"Bearer realm=\"u\",service=\"s\"", "bearer{realm=[u]service=[s]}"},           //
        Case{"Bearer  realm = \"u\" , service = s", "bearer{realm=[u]service=[s]}"},        //
        Case{"Bearer a=\"x,y=\\\"z\\\"\"", "bearer{a=[x,y=\"z\"]}"},                        //
        Case{"Bearer a=1,a=2", "bearer{a=[1]}"},                                            //
        Case{"Basic realm=x, Bearer realm=y", "basic{realm=[x]} bearer{realm=[y]}"},        //
        Case{"Negotiate, Basic realm=x", "negotiate{} basic{realm=[x]}"},                   //
        Case{"Negotiate dG9rZW4=, Basic realm=x", "negotiate{} basic{realm=[x]}"},          //
        Case{"Negotiate dG9rZW4==", "negotiate{}"},                                         //
        Case{",, Basic ,", "basic{}"},                                                      //
        Case{"Bearer realm=\"u", "WWW-Authenticate: byte 16: expected a closing quote"},    //
        Case{"Bearer realm=\"u\\", "WWW-Authenticate: byte 17: expected a closing quote"},  //
        Case{"Bearer realm=\"u\"x", "WWW-Authenticate: byte 17: expected a comma"},         //
        Case{"Bearer realm=@", "WWW-Authenticate: byte 14: expected a value"},              //
        Case{"\"x\"", "WWW-Authenticate: byte 1: expected an authentication scheme"},       //
        Case{"Bearer=x", "WWW-Authenticate: byte 7: expected a space"}));

}  // namespace
}  // namespace linuxkit
