// A password, token or header that carries one. Its value goes nowhere by accident: printing it or
// putting it into a message shows a placeholder, and whoever needs the value asks for it by name.
#ifndef TOOLS_REGISTRY_SECRET_H_
#define TOOLS_REGISTRY_SECRET_H_

#include <string>
#include <utility>

namespace linuxkit {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;

  template <typename Sink>
  friend void AbslStringify(Sink& sink, const Secret&) {
    sink.Append("(secret)");
  }

 private:
  std::string value_;
};

}  // namespace linuxkit

#endif  // TOOLS_REGISTRY_SECRET_H_
