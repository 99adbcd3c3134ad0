// A submission that means harm: does what its first argument says, and prints what came of it. Its second argument is a mark by which
// a test finds it, and whatever it starts, in the table of processes.

#include "attacker.hpp"

#include <new>

int main(int argc, char** argv) {
    attacker::Attacks attacks = attacker::greedy();
    attacks.merge(attacker::prying());
    const auto found = argc > 2 ? attacks.find(argv[1]) : attacks.end();
    if (found == attacks.end()) return 2;
    try {
        found->second(attacker::Arguments(argv + 3, argv + argc));
    } catch (const std::bad_alloc&) {
        std::cout << "no memory\n";
        return 3;
    }
    std::cout.flush();
    return 0;
}
