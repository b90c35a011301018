// Says something and crashes.
#include <unistd.h>

int main() {
  constexpr char kText[] = "about to crash\n";
  if (write(STDOUT_FILENO, kText, sizeof kText - 1) < 0) return 1;
  volatile int* volatile nowhere = nullptr;
  *nowhere = 1;
  return 0;
}
