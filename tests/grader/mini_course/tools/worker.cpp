/// @file
/// Answers one test by name: its first line is the status, the rest the message.
#include <cstdio>
#include <string>

#include "numbers.hpp"

static void expect(int got, int wanted) {
    if (got == wanted) {
        std::puts("passed");
    } else {
        std::printf("failed\nexpected %d, got %d", wanted, got);
    }
}

int main(int argc, char** argv) {
    const std::string test = argc > 1 ? argv[1] : "";
    try {
        if (test == "Twice.DoublesThree") expect(wb::twice(3), 6);
        if (test == "Twice.KeepsTheSign") expect(wb::twice(-3), -6);
        if (test == "FourTimes.OfFive") expect(wb::four_times(5), 20);
        if (test == "RowSum.Numbers" || test == "RowSum.NoRace") expect(wb::row_sum(4), 10);
    } catch (const wb::NotImplemented& missing) {
        std::printf("not_implemented\n%s", missing.what());
    }
    return 0;
}
