// Compilers and linkers talk at length; students read the first errors in their own lines.
#include "submission/diagnostics.hpp"

#include <algorithm>

#include "files/files.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

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

/// A folder with the student's a.cpp in it, for what is read from there.
std::filesystem::path with_source(const std::string& text) {
    const auto folder = scratch_folder();
    write_atomically(folder / "a.cpp", text);
    return folder;
}

TEST(CompilerErrors, LineThatLedIntoAHeaderIsQuotedAndTheTypesAreNamed) {
    const auto folder = with_source("int f() {\n    return a + text;\n}\n");
    const std::string file = (folder / "a.cpp").string();
    EXPECT_EQ(compiler_errors(
                  "/usr/include/xtensor/xoperation.hpp: In instantiation of ‘constexpr auto plus(T1&&)’:\n"
                  "/usr/include/xtensor/xfunction.hpp:145:83:   required from ‘struct xt::xfunction<int>’\n" +
                      file + ":2:14:   required from here\n" +
                      "/usr/include/xtensor/xoperation.hpp:107:9: error: no match for ‘operator+’ (operand types are "
                      "‘xt::xtensor_container<xt::uvector<float, xsimd::aligned_allocator<float, 32> >, 2, "
                      "xt::layout_type::row_major, xt::xtensor_expression_tag>’ and "
                      "‘std::__cxx11::basic_string<char>’)\n"
                      "  107 |         BINARY_OPERATOR_FUNCTOR(plus, +);\n"
                      "      |         ^\n"
                      "/usr/include/xtensor/xoperation.hpp:86:9: note: candidate: ‘template<class T1> plus’\n"
                      "/usr/include/xtensor/xoperation.hpp:86:9: note:   template argument deduction failed:\n",
                  folder),
              "a.cpp:2:14: error: no match for ‘operator+’ (operand types are ‘Tensor<2>’ and ‘std::string’)\n"
              "    2 |     return a + text;\n"
              "      |              ^\n"
              "    (inside /usr/include/xtensor/xoperation.hpp:107:9)");
}

TEST(CompilerErrors, LaunchIsQuotedWithoutTheColumnsThatTheRewriterMoved) {
    EXPECT_EQ(compiler_errors("/s/ch/a.cu:9:67: error: invalid conversion\n"
                              "    9 |     f<<<\"x\", block>>>(args);\n"
                              "      |                                                   ^\n"
                              "/w/kernels/cpu/wb_cuda/vector_types.h:49:33: note: initializing argument 1 of ‘dim3’\n",
                              "/s/ch"),
              "a.cu:9: error: invalid conversion\n"
              "    9 |     f<<<\"x\", block>>>(args);\n"
              "    wb_cuda/vector_types.h:49:33: initializing argument 1 of ‘dim3’");
}

TEST(CompilerErrors, ErrorsThatOneLineLedToAreOne) {
    std::string output;
    for (int i = 0; i < 9; ++i)
        output += "/s/ch/a.cpp:7:5:   required from here\n/usr/include/x.hpp:" + std::to_string(i + 1) +
                  ":3: error: no match\n";
    EXPECT_EQ(compiler_errors(output, "/s/ch"), "a.cpp:7:5: error: no match\n    (inside /usr/include/x.hpp:1:3)");
}

TEST(CompilerErrors, WhatLedToANoteIsNotTakenForWhatLedToTheNextError) {
    EXPECT_EQ(compiler_errors("/s/ch/a.cpp:3:5: error: no matching function\n"
                              "/s/ch/a.cpp:3:5:   required from here\n"
                              "/w/library/wb/matmul.hpp:25:18: note: no operand of the disjunction is satisfied\n"
                              "/usr/include/x.hpp:1:3: error: another\n",
                              "/s/ch"),
              "a.cpp:3:5: error: no matching function\n"
              "    wb/matmul.hpp:25:18: no operand of the disjunction is satisfied\n"
              "... and 1 more error")
        << "the other one is not line 3's";
}

TEST(CompilerErrors, OfTheNotesTheFirstTwoAboutTheCoursesHeadersAreKept) {
    std::string output =
        "/s/ch/a.cpp:28:53: error: no matching function for call to ‘exp_in_place(int&)’\n"
        "   28 |     exp_in_place(ps);\n";
    for (const char* words : {"candidate: ‘void wb::exp_in_place(std::span<float>)’", "no known conversion",
                              "candidate: ‘void wb::exp_in_place(std::span<double>)’"})
        output += std::string("/w/library/wb/vector_math.hpp:16:6: note: ") + words + "\n   16 | void exp_in_place\n";
    EXPECT_EQ(compiler_errors(output, "/s/ch"),
              "a.cpp:28:53: error: no matching function for call to ‘exp_in_place(int&)’\n"
              "   28 |     exp_in_place(ps);\n"
              "    wb/vector_math.hpp:16:6: candidate: ‘void wb::exp_in_place(std::span<float>)’\n"
              "    wb/vector_math.hpp:16:6: no known conversion");
}

TEST(CompilerErrors, LineWithoutItsSemicolonIsShownAboveTheOneThatIsBlamed) {
    const auto folder = with_source("void f(int a) {\n    int b = a\n\n    // then\n    if (b) f(b);\n}\n");
    EXPECT_EQ(compiler_errors((folder / "a.cpp").string() + ":5:5: error: expected ‘,’ or ‘;’ before ‘if’\n" +
                                  "    5 |     if (b) f(b);\n      |     ^~\n",
                              folder),
              "a.cpp:5:5: error: expected ‘,’ or ‘;’ before ‘if’\n"
              "    2 |     int b = a\n"
              "    5 |     if (b) f(b);\n"
              "      |     ^~");
}

TEST(CompilerErrors, MissingBraceIsSaidOnceWithTheFunctionThatLacksIt) {
    EXPECT_EQ(compiler_errors("/s/ch/a.cpp: In function ‘int wb::f()’:\n"
                              "/s/ch/a.cpp:9:11: error: expected identifier before ‘{’ token\n"
                              "/s/ch/a.cpp:12:9: error: a function-definition is not allowed here before ‘{’ token\n"
                              "/s/ch/a.cpp:15:9: error: a function-definition is not allowed here before ‘{’ token\n"
                              "/s/ch/a.cpp: At global scope:\n"
                              "/s/ch/a.cpp:20:2: error: expected ‘}’ at end of input\n",
                              "/s/ch"),
              "a.cpp:9:11: error: expected identifier before ‘{’ token\n"
              "a.cpp:20:2: error: expected ‘}’ at end of input\n"
              "a } is missing above: to the compiler this is still inside ‘int wb::f()’");
}

TEST(CompilerErrors, ClangTellsAfterwardsWhatLedThere) {
    EXPECT_EQ(compiler_errors("/usr/include/x.hpp:99:3: error: no match\n"
                              "/s/ch/a.cpp:7:5: note: in instantiation of function template specialization 'g' "
                              "requested here\n",
                              "/s/ch"),
              "a.cpp:7:5: error: no match\n    (inside /usr/include/x.hpp:99:3)");
}

TEST(CompilerErrors, HundredErrorsTakeNoMoreLinesThanAReportShows) {
    std::string output;
    for (int i = 1; i <= 100; ++i) {
        output += "/s/ch/a.cpp:" + std::to_string(i) + ":1: error: no\n";
        for (int k = 0; k < 9; ++k) output += "    1 | quoted\n";
        for (int k = 0; k < 9; ++k) output += "/w/library/wb/x.hpp:1:1: note: candidate\n    1 | quoted\n";
    }
    const std::string text = compiler_errors(output, "/s/ch");
    EXPECT_LE(std::count(text.begin(), text.end(), '\n') + 1, 13) << text;
    EXPECT_THAT(text, HasSubstr("a.cpp:2:1: error: no\n")) << "without its notes there is room for a second";
    EXPECT_THAT(text, testing::EndsWith("... and 98 more errors"));
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

TEST(LinkFault, FunctionWithOtherParametersOrInAnotherNamespaceIsShownBesideIt) {
    const auto defined = defined_functions(
        "0000000000000a10 T wb::softmax(xt::xtensor_container<xt::uvector<float, xsimd::aligned_allocator<float, 32ul> "
        ">, "
        "4ul, (xt::layout_type)1, xt::xtensor_expression_tag>, wb::Mask&)\n"
        "0000000000000b10 t wb::(anonymous namespace)::helper(int)\n"
        "0000000000000c10 T scale(float)\n"
        "0000000000000d10 r wb::constant\n"
        "0000000000000e10 t wb::softmax(int)::{lambda(auto:1)#1}::operator()(int) const\n");
    EXPECT_THAT(defined, ElementsAre("wb::softmax(Tensor<4>, wb::Mask&)", "wb::(anonymous namespace)::helper(int)",
                                     "scale(float)"));
    const LinkFault fault{{"wb::softmax(Tensor<4>, wb::Mask const&)", "wb::helper(int)", "wb::scale(float)", "wb::g()"},
                          {}};
    EXPECT_THAT(link_message(fault, "", {"a.cpp"}, defined),
                testing::EndsWith(":\n"
                                  "    wb::softmax(Tensor<4>, wb::Mask const&)\n"
                                  "      yours: wb::softmax(Tensor<4>, wb::Mask&)\n"
                                  "    wb::helper(int)\n"
                                  "      yours: wb::(anonymous namespace)::helper(int)\n"
                                  "    wb::scale(float)\n"
                                  "      yours: scale(float)\n"
                                  "    wb::g()"));
}

TEST(LinkFault, UnknownTroubleIsQuoted) {
    EXPECT_THAT(link_message({}, "ld: disk full\n", {"a.cpp", "b.cu"}),
                testing::StrEq("a.cpp and b.cu compile, but do not link:\nld: disk full"));
}

}  // namespace
}  // namespace wb::grader
