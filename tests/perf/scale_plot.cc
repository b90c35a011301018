#include "tests/perf/scale_plot.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace linuxkit {
namespace {

constexpr double kWidth = 270, kHeight = 220;                       // of a panel
constexpr double kLeft = 24, kTop = 44, kRight = 36, kBottom = 44;  // around its curve

constexpr char kStyle[] = R"(<style>
text { font: 12px sans-serif; fill: #1f2328; }
.title { font-weight: bold; }
.axis { stroke: #6e7781; fill: none; }
.curve { stroke: #0969da; stroke-width: 2; fill: none; }
.point { fill: #0969da; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .axis { stroke: #8b949e; }
  .curve { stroke: #58a6ff; }
  .point { fill: #58a6ff; }
}
</style>
)";

std::string Label(double x, double y, const char* anchor, const std::string& text) {
  return absl::StrFormat("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y, anchor,
                         text);
}

class Panel {
 public:
  Panel(const PlotPanel& panel, double left) : panel_(panel), left_(left) {
    for (const auto& [x, y] : panel.points) {
      max_x_ = std::max(max_x_, x);
      max_y_ = std::max(max_y_, y);
    }
  }

  std::string Draw(const std::string& x_title) const {
    std::string line, marks;
    for (const auto& [x, y] : panel_.points) {
      absl::StrAppendFormat(&line, "%.1f,%.1f ", X(x), Y(y));
      absl::StrAppendFormat(&marks, "<circle class=\"point\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n",
                            X(x), Y(y));
      absl::StrAppend(&marks, Value(x, y));
    }
    return absl::StrCat(absl::StrFormat("<text class=\"title\" x=\"%.1f\" y=\"18\">%s</text>\n",
                                        left_ + kLeft, panel_.title),
                        absl::StrFormat("<path class=\"axis\" d=\"M%.1f %.1f V%.1f H%.1f\"/>\n",
                                        X(0), Y(max_y_), Y(0), X(max_x_)),
                        absl::StrFormat("<polyline class=\"curve\" points=\"%s\"/>\n", line), marks,
                        Label((X(0) + X(max_x_)) / 2, kHeight - 8, "middle", x_title));
  }

 private:
  // The point's numbers, as far as there is room: small ones would stand on each other.
  std::string Value(double x, double y) const {
    if (x < max_x_ / 6) return "";
    return absl::StrCat(
        Label(X(x), Y(y) - 9, "end", absl::StrFormat("%.*f%s", panel_.decimals, y, panel_.unit)),
        Label(X(x), Y(0) + 16, "middle", absl::StrFormat("%.0f", x)));
  }

  double X(double x) const { return left_ + kLeft + x / max_x_ * (kWidth - kLeft - kRight); }
  double Y(double y) const { return kHeight - kBottom - y / max_y_ * (kHeight - kTop - kBottom); }

  const PlotPanel& panel_;
  double left_;
  double max_x_ = 1e-9, max_y_ = 1e-9;
};

}  // namespace

std::string PlotSvg(const std::string& x_title, const std::vector<PlotPanel>& panels) {
  std::string svg = absl::StrFormat(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n%s",
      kWidth * static_cast<double>(panels.size()), kHeight, kStyle);
  double left = 0;
  for (const PlotPanel& panel : panels) {
    absl::StrAppend(&svg, Panel(panel, left).Draw(x_title));
    left += kWidth;
  }
  return absl::StrCat(svg, "</svg>\n");
}

}  // namespace linuxkit
