/// @file
/// kernel-rewriter IN.cu OUT.cpp: makes a CUDA source into C++ for the CPU engine.
/// Exit status: 0 written; 1 the source has something that the engine cannot run; 2 usage, or a file that cannot be read or written.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "rewriter/rewrite.hpp"

int main(int argc, char** argv) {
    if (argc != 3 || argv[1][0] == '-') {
        std::fprintf(stderr, "usage: kernel-rewriter IN.cu OUT.cpp\n");
        return 2;
    }
    std::ifstream in(argv[1], std::ios::binary);
    std::string source{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
        std::fprintf(stderr, "kernel-rewriter: cannot read %s\n", argv[1]);
        return 2;
    }
    try {
        const std::string result = wb::rewriter::rewrite(source, argv[1]);
        std::ofstream out(argv[2], std::ios::binary);
        if (!(out << result) || !out.flush()) {
            std::fprintf(stderr, "kernel-rewriter: cannot write %s\n", argv[2]);
            return 2;
        }
    } catch (const wb::rewriter::RewriteError& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
