/// @file
/// What a submission that means harm can do: each attack prints what came of it.
#pragma once

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace attacker {

using Arguments = std::vector<std::string>;
using Attacks = std::map<std::string, std::function<void(const Arguments&)>>;

Attacks greedy();  ///< take more than their share
Attacks prying();  ///< reach for what is not theirs

/// One line an attempt: "connect: ENETUNREACH", or "connect: DONE" when it was let.
inline void report(const std::string& what, bool done) {
    const int error = errno;
    std::cout << what << ": " << (done ? "DONE" : ::strerrorname_np(error)) << "\n";
}

[[noreturn]] inline void spin() {
    const volatile bool endless = true;
    while (endless) {
    }
    ::abort();
}

[[noreturn]] inline void wait_forever() {
    for (;;) ::pause();
}

inline void ignore_signals() {
    for (int number = 1; number < SIGRTMAX; ++number) ::signal(number, SIG_IGN);
}

}  // namespace attacker
