// Curves as an SVG image, one panel beside the other, readable on light and dark pages.
#ifndef TESTS_PERF_SCALE_PLOT_H_
#define TESTS_PERF_SCALE_PLOT_H_

#include <string>
#include <utility>
#include <vector>

namespace linuxkit {

struct PlotPanel {
  std::string title;
  std::string unit;  // behind the numbers
  int decimals = 0;
  std::vector<std::pair<double, double>> points;  // ascending
};

// `x_title` is what all horizontal axes count.
std::string PlotSvg(const std::string& x_title, const std::vector<PlotPanel>& panels);

}  // namespace linuxkit

#endif  // TESTS_PERF_SCALE_PLOT_H_
