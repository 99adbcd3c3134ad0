/// @file
/// Exercise 2.1's reference against two yardsticks in one run: what the same two matrix products alone take on this machine
/// (OpenBLAS, one call a thread, heads split over the threads as in the solution), and PyTorch on the same sizes and threads.
///
///     attention_forward [--threads N] [--rounds R] [--rival PATH]
///
/// The three take turns, R rounds, and each counts with its fastest: neighbours on a shared machine only ever slow one down.
/// Goals: at least 50 % of the products' rate, and no slower than PyTorch. Without PyTorch that line is left out, and said so.
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "attention.hpp"
#include "wb/matmul.hpp"

namespace {

using namespace wb;

constexpr std::size_t batch = 8, heads = 8, length = 256, dim = 64;
constexpr double flops = 2.0 * batch * heads * length * length * (dim + dim);

Tensor<4> numbers(float step) {
    Tensor<4> x = zeros<4>({batch, heads, length, dim});
    for (std::size_t n = 0; n < x.size(); ++n) x.data()[n] = std::sin(step * static_cast<float>(n));
    return x;
}

/// Seconds of the fastest of `repeats` calls.
template <class Call>
double fastest(int repeats, Call call) {
    double best = std::numeric_limits<double>::infinity();
    for (int n = 0; n < repeats; ++n) {
        const auto start = std::chrono::steady_clock::now();
        call();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

/// The two products of every head and nothing else, into memory that is there already.
void products(const Tensor<4>& q, const Tensor<4>& k, const Tensor<4>& v, Tensor<4>& scores, Tensor<4>& output) {
#pragma omp parallel for
    for (std::size_t head = 0; head < batch * heads; ++head) {
        const std::size_t at = head * length * dim;
        float* s = scores.data() + head * length * length;
        gemm(Transpose::no, Transpose::yes, length, length, dim, 1.0F, q.data() + at, k.data() + at, 0.0F, s);
        gemm(Transpose::no, Transpose::no, length, dim, length, 1.0F, s, v.data() + at, 0.0F, output.data() + at);
    }
}

/// Runs the rival, which prints its fastest time in seconds. @return infinity when it cannot run
double rival_seconds(const std::string& path, int threads) {
    const std::string command = "/usr/bin/python3 '" + path + "' --threads " + std::to_string(threads) + " 2>/dev/null";
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) return std::numeric_limits<double>::infinity();
    double seconds = 0;
    const int found = std::fscanf(pipe, "%lf", &seconds);
    const int status = pclose(pipe);
    return found == 1 && status == 0 ? seconds : std::numeric_limits<double>::infinity();
}

void print_line(const char* what, double seconds) {
    std::printf("%-34s %8.2f ms %8.1f GFLOP/s\n", what, seconds * 1e3, flops / seconds / 1e9);
}

}  // namespace

int main(int argc, char** argv) {
    int threads = omp_get_max_threads(), rounds = 5;
    std::string rival = WB_ATTENTION_RIVAL;
    for (int n = 1; n + 1 < argc; n += 2) {
        if (std::strcmp(argv[n], "--threads") == 0) threads = std::max(1, std::atoi(argv[n + 1]));
        if (std::strcmp(argv[n], "--rounds") == 0) rounds = std::max(1, std::atoi(argv[n + 1]));
        if (std::strcmp(argv[n], "--rival") == 0) rival = argv[n + 1];
    }
    omp_set_num_threads(threads);
    const Tensor<4> q = numbers(0.7F), k = numbers(0.3F), v = numbers(0.9F);
    Tensor<4> scores = zeros<4>({batch, heads, length, length}), output = zeros<4>({batch, heads, length, dim});

    double ours = std::numeric_limits<double>::infinity(), gemms = ours, theirs = ours;
    for (int round = 0; round < rounds; ++round) {
        ours = std::min(ours, fastest(20, [&] { (void)scaled_dot_product_attention(q, k, v, {}); }));
        gemms = std::min(gemms, fastest(20, [&] { products(q, k, v, scores, output); }));
        theirs = std::min(theirs, rival_seconds(rival, threads));
    }
    std::printf(
        "attention forward, batch %zu, heads %zu, length %zu, head_dim %zu, %d threads, fastest of %d rounds of 20\n",
        batch, heads, length, dim, threads, rounds);
    print_line("scaled_dot_product_attention", ours);
    print_line("the two products alone (sgemm)", gemms);
    if (theirs < std::numeric_limits<double>::infinity()) {
        print_line("PyTorch", theirs);
    } else {
        std::printf("PyTorch: skipped, '/usr/bin/python3 %s' did not run (Debian: python3-torch)\n", rival.c_str());
    }
    std::printf("share of the products' rate        %8.0f %%  (goal: at least 50)\n", 100 * gemms / ours);
    if (theirs < std::numeric_limits<double>::infinity()) {
        std::printf("PyTorch's time / ours              %8.2f    (goal: at least 1)\n", theirs / ours);
    }
    return 0;
}
