#include "numbers.hpp"

namespace wb {

// SOLUTION BEGIN 1.1 removed
namespace {
int sum(int a, int b) { return a + b; }
}  // namespace

// SOLUTION END
// TODO(1.1): double x.
int twice(int x) {
    // SOLUTION BEGIN 1.1
    return sum(x, x);
    // SOLUTION END
}

}  // namespace wb
