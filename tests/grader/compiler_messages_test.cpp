// Compilers and linkers talk at length; students read the first errors in their own lines.
#include "submission/diagnostics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wb::grader {
namespace {

using testing::ElementsAre;

TEST(CompilerErrors, PathIsShortenedAndTheSourceLineKept) {
    EXPECT_EQ(compiler_errors("/s/02_attention/attention.cpp: In function 'f':\n"
                              "/s/02_attention/attention.cpp:14:21: error: expected ';' before '}' token\n"
                              "   14 |     return 1\n"
                              "      |             ^\n",
                              "/s/02_attention"),
              "attention.cpp:14:21: error: expected ';' before '}' token\n"
              "   14 |     return 1\n"
              "      |             ^");
}

TEST(CompilerErrors, ErrorInAHeaderIsShownAtTheStudentsLine) {
    EXPECT_EQ(compiler_errors("In file included from /usr/include/x.hpp:1,\n"
                              "/usr/include/x.hpp: In instantiation of 'void g(T)':\n"
                              "/s/ch/a.cpp:7:5:   required from here\n"
                              "/usr/include/x.hpp:99:3: error: static assertion failed: rank\n",
                              "/s/ch"),
              "a.cpp:7:5: error: static assertion failed: rank\n    (inside /usr/include/x.hpp:99:3)");
}

TEST(CompilerErrors, WarningsAreLeftOutAndFurtherErrorsCounted) {
    std::string output = "/s/ch/a.cpp:1:1: warning: unused\n";
    for (int i = 1; i <= 5; ++i)
        output += "/s/ch/a.cpp:" + std::to_string(i) + ":1: error: number " + std::to_string(i) + "\n";
    EXPECT_EQ(
        compiler_errors(output, "/s/ch"),
        "a.cpp:1:1: error: number 1\na.cpp:2:1: error: number 2\na.cpp:3:1: error: number 3\n... and 2 more errors");
}

TEST(CompilerErrors, WordsThatAreNotUnderstoodAreKept) {
    EXPECT_EQ(compiler_errors("g++: internal trouble\nmore\n", "/s/ch"), "g++: internal trouble\nmore");
}

TEST(LinkFault, EveryLinkersWordsAreUnderstood) {
    EXPECT_THAT(link_fault("w.o:w.cpp:(.text+0x1): undefined reference to `wb::f(int)'\n").undefined,
                ElementsAre("wb::f(int)"));
    EXPECT_THAT(link_fault("mold: error: undefined symbol: wb::f(int)\n>>> referenced by w.cpp\n").undefined,
                ElementsAre("wb::f(int)"));
    EXPECT_THAT(link_fault("ld.lld: error: undefined symbol: wb::f(int)\n").undefined, ElementsAre("wb::f(int)"));
    EXPECT_THAT(link_fault("/usr/bin/ld: b.o: in function `wb::f(int)':\nb.cpp:(.text+0x0): multiple definition of "
                           "`wb::f(int)'; a.o:a.cpp:(.text+0x0): first defined here\n")
                    .duplicated,
                ElementsAre("wb::f(int)"));
    EXPECT_THAT(link_fault("mold: error: duplicate symbol: a.o: b.o: wb::f(int)\n").duplicated,
                ElementsAre("wb::f(int)"));
    EXPECT_THAT(link_fault("ld.lld: error: duplicate symbol: wb::f(int)\n").duplicated, ElementsAre("wb::f(int)"));
}

TEST(LinkFault, TypesAreNamedAsTheContractsNameThem) {
    EXPECT_THAT(
        link_fault(
            "mold: error: undefined symbol: wb::f(xt::xtensor_container<xt::uvector<float, "
            "xsimd::aligned_allocator<float, 32ul> >, 4ul, (xt::layout_type)1, xt::xtensor_expression_tag> const&, "
            "xt::xtensor_container<xt::uvector<double, xsimd::aligned_allocator<double, 32ul> >, 2ul, "
            "(xt::layout_type)1, xt::xtensor_expression_tag>, std::__cxx11::basic_string<char, "
            "std::char_traits<char>, std::allocator<char> >)\n")
            .undefined,
        ElementsAre("wb::f(Tensor<4> const&, Tensor<2, double>, std::string)"));
}

TEST(LinkFault, MissingFunctionIsSaidToTheStudent) {
    const LinkFault fault{{"wb::softmax(wb::Tensor)"}, {}};
    EXPECT_EQ(link_message(fault, "", {"attention.cpp"}),
              "attention.cpp compiles, but does not define what the contract promises (compare the signature, const "
              "and & included):\n"
              "    wb::softmax(wb::Tensor)");
}

TEST(LinkFault, UnknownTroubleIsQuoted) {
    EXPECT_THAT(link_message({}, "ld: disk full\n", {"a.cpp", "b.cu"}),
                testing::StrEq("a.cpp and b.cu compile, but do not link:\nld: disk full"));
}

}  // namespace
}  // namespace wb::grader
