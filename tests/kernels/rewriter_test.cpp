/// @file
/// What the rewriter replaces, what it leaves alone, what it refuses, and that no input harms it. tutorial/language.cu runs the results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "rewriter/rewrite.hpp"

namespace wb::rewriter {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The rewritten text after the two lines that every file begins with.
std::string rewritten(const std::string& source) {
    const std::string head = "#include <cuda_runtime.h>\n#line 1 \"a.cu\"\n", text = rewrite(source, "a.cu");
    EXPECT_EQ(text.substr(0, head.size()), head);
    return text.substr(head.size());
}

std::string refused(const std::string& source) {
    try {
        rewrite(source, "a.cu");
    } catch (const RewriteError& error) {
        return error.what();
    }
    ADD_FAILURE() << "not refused: " << source;
    return "";
}

TEST(RewriteLaunch, KernelConfigurationAndArgumentsStayInPlace) {
    EXPECT_EQ(rewritten("void f() { k<<<grid, 32>>>(a, b); }"),
              "void f() { WB_SIMT_KERNEL(\"k\", k).at(grid, 32)(a, b); }");
}

TEST(RewriteLaunch, TemplateArgumentsMayHoldAnything) {
    EXPECT_THAT(
        rewritten("void f() { ns::k<A<B<int>>, (x > 2), g(1, 2)><<<1, 2>>>(p); }"),
        HasSubstr("WB_SIMT_KERNEL(\"ns::k<A<B<int>>,(x>2),g(1,2)>\", ns::k<A<B<int>>, (x > 2), g(1, 2)>).at(1, 2)(p)"));
}

TEST(RewriteLaunch, ShiftsAndTemplatesInTheConfiguration) {
    EXPECT_THAT(rewritten("void f() { k<<<n >> 5, dim3(min<int>(a, b), 1 << 3)>>>(p); }"),
                HasSubstr(".at(n >> 5, dim3(min<int>(a, b), 1 << 3))(p)"));
}

TEST(RewriteLaunch, AfterElseReturnAndAClosedCondition) {
    EXPECT_THAT(rewritten("void f() { if (x) k<<<1, 1>>>(); else ::k<<<1, 1>>>(); }"),
                HasSubstr("if (x) WB_SIMT_KERNEL(\"k\", k).at(1, 1)(); else WB_SIMT_KERNEL(\"::k\", ::k).at(1, 1)()"));
    EXPECT_THAT(rewritten("void f() { if (x) (k)<<<1, 1>>>(); }"),
                HasSubstr("if (x) WB_SIMT_KERNEL(\"(k)\", (k)).at(1, 1)()"));
    EXPECT_THAT(rewritten("void f() { table.kernels[3]<<<1, 1>>>(); }"),
                HasSubstr("WB_SIMT_KERNEL(\"table.kernels[3]\""));
    EXPECT_THAT(rewritten("template <class T> void f() { S<T>::template k<int><<<1, 1>>>(); }"),
                HasSubstr("WB_SIMT_KERNEL(\"S<T>::template k<int>\", S<T>::template k<int>)"));
}

TEST(RewriteLaunch, InAMacroWithContinuedLines) {
    EXPECT_EQ(rewritten("#define RUN(k, n) \\\n    k<<<(n), \\\n 32>>>(p)\n"),
              "#define RUN(k, n) \\\n    WB_SIMT_KERNEL(\"k\", k).at((n), \\\n 32)(p)\n");
}

TEST(RewriteLaunch, CommentsStringsAndOrdinaryAnglesAreLeftAlone) {
    for (const std::string same :
         {"// k<<<1, 1>>>(p)\n", "/* k<<<1, 1>>>(p)\n */", "auto s = \"k<<<1, 1>>>(p)\";",
          "auto s = R\"x(k<<<1, 1>>>(p))\" )x\";", "int x = a << b >> c; bool y = a < b && c > d;",
          "std::map<int, std::map<int, std::vector<int>>> m;", "char c = '\"'; int x = 1'000'000;",
          "#pragma unroll\n#error k<<<1, 1>>>(p)\n"}) {
        EXPECT_EQ(rewritten(same), same);
    }
}

TEST(RewriteLaunch, LinesStayWhereTheyAre) {
    const std::string source =
        "void f() {\n    k<<<\n        1,\n        2  // threads\n    >>>(\n        p);\n    __LINE__;\n}\n";
    const std::string result = rewritten(source);
    EXPECT_EQ(std::count(result.begin(), result.end(), '\n'), std::count(source.begin(), source.end(), '\n'));
    EXPECT_THAT(result, HasSubstr("p);\n    __LINE__;"));
}

TEST(RewriteLaunch, FaultyLaunchesAreRefusedWithTheirPlace) {
    EXPECT_THAT(refused("\n\nvoid f() { k<<<1, 1; }"), HasSubstr("a.cu:3:13: error: this <<< has no >>>( of its own"));
    EXPECT_THAT(refused("void f() { + <<<1, 1>>>(p); }"), HasSubstr("no kernel before <<<"));
    EXPECT_THAT(refused("void f() { k<<<>>>(p); }"), HasSubstr("needs a grid and a block"));
    EXPECT_THAT(refused("__global__ void f() { k<<<1, 1>>>(p); }"), HasSubstr("dynamic parallelism"));
}

TEST(RewriteShared, EachArrayGetsStorageAndAReference) {
    const std::string text = rewritten("__global__ void k() { __shared__ float a[4][N + 1], *p, b; }");
    EXPECT_THAT(text, HasSubstr("typedef float wb_type_a[4][N+1];"));
    EXPECT_THAT(text, HasSubstr("typedef float *wb_type_p;"));
    EXPECT_THAT(text, HasSubstr("typedef float wb_type_b;"));
    EXPECT_THAT(text, HasSubstr("enter_shared(wb_storage_b);"));
}

TEST(RewriteShared, DynamicMemoryOfAnyTypeAndAlignment) {
    EXPECT_THAT(
        rewritten("__global__ void k() { extern __shared__ __align__(16) unsigned char s[]; }"),
        HasSubstr(
            "typedef unsigned char wb_type_s; [[maybe_unused]] wb_type_s* const s = reinterpret_cast<wb_type_s*>"));
    EXPECT_THAT(rewritten("extern __shared__ std::pair<int, float> s[][4];"),
                HasSubstr("extern std::pair<int,float> s[][4] __asm__(\"wb_simt_dynamic_shared\");"));
}

TEST(RewriteShared, WhatCannotBeReadIsRefused) {
    EXPECT_THAT(refused("__global__ void k() { __shared__ float x = 0; }"), HasSubstr("without an initialiser"));
    EXPECT_THAT(refused("__global__ void k() { extern __shared__ float x[4]; }"),
                HasSubstr("gives its size at the launch"));
    EXPECT_THAT(refused("__shared__"), HasSubstr("cannot be read"));
}

TEST(RewriteLinkage, DeviceFunctionsAndVariablesStayInTheirFile) {
    EXPECT_EQ(rewritten("__device__ float f(float x) { return x; }"),
              "[[maybe_unused]] static __device__ float f(float x) { return x; }");
    EXPECT_EQ(rewritten("namespace a { __constant__ float c[4]; }"),
              "namespace a { [[maybe_unused]] static __constant__ float c[4]; }");
    for (const std::string same : {"__host__ __device__ float f();", "template <class T> __device__ T f(T x);",
                                   "__forceinline__ __device__ float f();", "struct S { __device__ float f(); };",
                                   "__device__ float S::f() { return 0; }", "extern __device__ int n;"}) {
        EXPECT_EQ(rewritten(same), same);
    }
}

TEST(RewriteRefusals, WhatTheEngineLacksIsNamedWithAdvice) {
    EXPECT_THAT(refused("#include <mma.h>\n"), HasSubstr("a.cu:1:1: error: mma.h: tensor cores"));
    EXPECT_THAT(refused("using namespace nvcuda;"), HasSubstr("tensor cores"));
    EXPECT_THAT(refused("__global__ void k() { __pipeline_memcpy_async(a, b, 16); }"),
                HasSubstr("load with plain assignments"));
    EXPECT_THAT(refused("__global__ void k() { asm(\"bar.sync 0;\"); }"), HasSubstr("inline PTX"));
    EXPECT_THAT(refused("namespace cg = cooperative_groups;"), HasSubstr("end the kernel and launch another"));
    EXPECT_THAT(refused("__global__ void k(cudaTextureObject_t t) {}"), HasSubstr("read the array through a pointer"));
    EXPECT_THAT(refused("__global__ void k() { __activemask(); }"), HasSubstr("__ballot_sync"));
    EXPECT_THAT(refused("__global__ void k() { __shfl_xor(v, 1); }"),
                HasSubstr("__shfl_xor_sync(0xffffffff, value, 16)"));
    EXPECT_THAT(rewritten("// asm wmma\nconst char* s = \"asm\";"), Not(HasSubstr("error")));
}

TEST(RewriteRefusals, AtMostTenFaultsAreListed) {
    std::string source;
    for (int i = 0; i < 40; ++i) source += i % 2 ? "asm();\n" : "__activemask();\n";
    const std::string text = refused(source);
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 9);
}

TEST(RewriteHostile, RandomTokensNeitherCrashNorHang) {
    const std::string words[] = {
        "<<<",  ">>>",       "<",          ">",       "(", ")",          "{",    "}",        "[",          "]",
        ";",    ",",         "__shared__", "extern",  "k", "::",         ".",    "\"",       "'",          "R\"(",
        "//",   "/*",        "*/",         "#define", "#", "\n",         "\\\n", "\\",       "__device__", "template",
        "0x1p", "namespace", "struct",     "float",   "=", "__align__(", "->",   "operator", "\xff",       " "};
    std::mt19937 random(7);
    for (int round = 0; round < 3000; ++round) {
        std::string source;
        for (int i = static_cast<int>(random() % 60); i > 0; --i)
            source += words[random() % std::size(words)] + (random() % 2 ? " " : "");
        try {
            rewrite(source, "a.cu");
        } catch (const RewriteError& error) {
            EXPECT_THAT(error.what(), HasSubstr("error: "));
        }
    }
}

TEST(RewriteHostile, DeepNestingAndManyLaunchesAreLinear) {
    EXPECT_NO_THROW(rewrite(std::string(1 << 20, '('), "a.cu"));
    EXPECT_NO_THROW(rewrite(std::string(1 << 20, '{'), "a.cu"));
    std::string launches = "void f() {";
    for (int i = 0; i < 10000; ++i) launches += "k<<<1, 1>>>(p);\n";
    EXPECT_NO_THROW(rewrite(launches + "}", "a.cu"));
    std::string shared;
    for (int i = 0; i < 100000; ++i) shared += "__shared__ ";
    EXPECT_THAT(refused(shared), HasSubstr("cannot be read"));
    EXPECT_THAT(refused(std::string((16 << 20) + 1, ' ')), HasSubstr("16 MiB"));
}

}  // namespace
}  // namespace wb::rewriter
