// A worker whose 'submission' answers honestly or does what its argument says.

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>

#include "probe/worker.hpp"
#include "probes.hpp"

namespace {

using wb::grader::FrameHeader;
using wb::grader::worker_channel;

void send(const FrameHeader& header, const std::string& payload) {
    (void)!::write(worker_channel, &header, sizeof header);
    (void)!::write(worker_channel, payload.data(), payload.size());
}

int misbehave(const std::string& how) {
    if (how == "crash") std::raise(SIGABRT);  // a signal that sanitizers leave alone
    if (how == "exit 0") ::_exit(0);
    if (how == "exit 7") std::exit(7);
    if (how == "hang") {
        volatile bool endless = true;
        while (endless) {
        }
    }
    if (how == "hang ignoring SIGTERM") {
        std::signal(SIGTERM, SIG_IGN);
        for (;;) ::pause();
    }
    if (how == "print 10 MB") {
        const std::string line(1023, 'x');
        for (int i = 0; i < 10 * 1024; ++i) (void)!::write(1, (line + "\n").data(), 1024);
    }
    if (how == "close stdout") {
        ::close(1);
        ::close(2);
    }
    if (how == "garbage") {
        const std::string text(64, 'g');
        (void)!::write(worker_channel, text.data(), text.size());
    }
    if (how == "forged nonce") send(FrameHeader{}, "");
    if (how == "close the channel") {
        ::close(worker_channel);
        for (;;) ::pause();
    }
    if (how == "leave a child") {
        if (::fork() == 0) {
            for (;;) ::pause();
        }
        ::_exit(0);
    }
    if (how == "throw") throw std::out_of_range("row 7 of 3");
    if (how == "throw ShapeError") throw wb::ShapeError("q and k differ");
    if (how == "throw an int") throw 42;
    if (how == "not implemented") throw wb::NotImplemented("9.9");
    if (how == "print PASSED") {
        (void)!::write(1, "[  PASSED  ] 1 test.\n", 21);
        ::_exit(0);
    }
    return 1;
}

}  // namespace

WB_BIND(judge_test) {
    worker.bind(wb::probes::echo, [](wb::probes::Everything e) { return e; });
    worker.bind(wb::probes::misbehave, &misbehave);
}
