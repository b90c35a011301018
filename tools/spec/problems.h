// What is wrong with a document, all of it in one run: each problem with its place, reported in the
// order of the text.
//
//   Problems problems({.name = "os/web.yml", .positions = true});
//   problems.Add(value.position(), "services \"web\": capabilities", "found a string; expected a
//   list of strings"); return problems.ToStatus();
//
// gives `os/web.yml:3:17: services "web": capabilities: found a string; expected a list of
// strings`.
#ifndef TOOLS_SPEC_PROBLEMS_H_
#define TOOLS_SPEC_PROBLEMS_H_

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace linuxkit {

// A place in a text, both counted from 1.
struct Position {
  int line = 1;
  int column = 1;
  auto operator<=>(const Position&) const = default;
};

// Where a text came from, as its author knows it.
struct DocumentSource {
  // A file or a label; begins every message unless empty.
  std::string name;
  // Whether line and column mean something to the reader: not in a text that a rule wrote from
  // attributes.
  bool positions = false;
};

class Problems {
 public:
  explicit Problems(DocumentSource source) : source_(std::move(source)) {}

  // `path` says which part of which entry; may be empty.
  void Add(Position position, std::string_view path, std::string_view message);
  // Whether something was said of the value at `path` or of an item of it.
  bool Mentions(std::string_view path) const;
  size_t size() const { return problems_.size(); }
  // OK, or every problem on a line of its own, sorted by position.
  absl::Status ToStatus() const;

 private:
  struct Problem {
    Position position;
    std::string path;
    std::string text;
  };
  DocumentSource source_;
  std::vector<Problem> problems_;
};

}  // namespace linuxkit

#endif  // TOOLS_SPEC_PROBLEMS_H_
