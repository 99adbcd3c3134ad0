/// @file
/// ptxas-table: reads what `nvcc -Xptxas -v` printed from standard input and writes one line a kernel and GPU.
/// Exit status: 0 no kernel spills; 1 one does, or there is no kernel at all.
#include <cstdio>
#include <iostream>
#include <iterator>

#include "nvcc/ptxas_report.hpp"

int main() {
    const std::string output{std::istreambuf_iterator<char>(std::cin), {}};
    const auto kernels = wb::nvcc::read_ptxas(output);
    if (kernels.empty()) {
        std::fprintf(stderr, "ptxas-table: no kernel in what nvcc printed. Was it called with -Xptxas -v?\n%s",
                     output.c_str());
        return 1;
    }
    std::printf("%s", wb::nvcc::table(kernels).c_str());
    return wb::nvcc::has_fault(kernels) ? 1 : 0;
}
