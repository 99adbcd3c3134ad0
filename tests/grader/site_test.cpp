// Markdown and headers become what Doxygen reads, and what GitHub shows stays as it is written.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "site/header_comments.hpp"
#include "site/markdown.hpp"
#include "site/site.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_of(const std::string& text) {
    return doxygen_page({.name = "here",
                         .markdown = "# Title\n\n" + text,
                         .link = [](const std::string& link) { return "@ref to_" + link; },
                         .picture = [](const std::string& link) { return "pictures/" + link; }});
}

TEST(DoxygenPage, FormulasBecomeDoxygensOwn) {
    EXPECT_THAT(page_of("of $d_i$ terms"), HasSubstr("of \\f$d_i\\f$ terms"));
    EXPECT_THAT(page_of("$$\na + b\n$$"), HasSubstr("\\f[\na + b\n\\f]"));
}

TEST(DoxygenPage, DollarsThatAreNoFormulaStay) {
    EXPECT_THAT(page_of("it costs 5 $ or 6 $ a day"), HasSubstr("5 $ or 6 $ a day"));
    EXPECT_THAT(page_of("`$HOME` and `$PATH`"), HasSubstr("``$HOME`` and ``$PATH``"));
    EXPECT_THAT(page_of("```\n$ ./workbook list $\n```"), HasSubstr("\n$ ./workbook list $\n"));
}

TEST(DoxygenPage, UnderscoreInTheTextOfAFormulaLosesItsBackslash) {
    EXPECT_THAT(page_of("$j \\le \\text{kv\\_len}$"), HasSubstr("\\f$j \\le \\text{kv_len}\\f$"));
}

TEST(DoxygenPage, BarInAFormulaDoesNotEndATablesCell) {
    EXPECT_THAT(page_of("| a | $|x|$ |"), HasSubstr("| a | \\f$\\vert x\\vert \\f$ |"));
}

TEST(DoxygenPage, HeadingsRiseALevelAndGetTheNameThatGitHubGivesThem) {
    EXPECT_THAT(page_of("## 2.1 Scaled dot-product: why?"),
                HasSubstr("\n# 2.1 Scaled dot-product: why? {#here__21-scaled-dot-product-why}\n"));
}

TEST(DoxygenPage, SecondHeadingOfOneNameGetsANumber) {
    EXPECT_THAT(page_of("## Traps\n\n## Traps\n"), HasSubstr("{#here__traps-1}"));
}

TEST(DoxygenPage, LinksAndPicturesAreAskedFor) {
    EXPECT_THAT(page_of("see [the contract](a.hpp)"), HasSubstr("see [the contract](@ref to_a.hpp)"));
    EXPECT_THAT(page_of("![Four \"heads\"](h.png)"),
                HasSubstr("<img src=\"pictures/h.png\" alt=\"Four &quot;heads&quot;\"/>"));
}

TEST(DoxygenPage, NothingInTheTextIsACommand) {
    EXPECT_THAT(page_of("ends in \\n, by a@b, C#sharp"), HasSubstr("ends in \\\\n, by a\\@b, C\\#sharp"));
    EXPECT_THAT(page_of("\"46 %\" and 20 %x"), HasSubstr("\"46 %\" and 20 \\%x"));
    EXPECT_THAT(page_of("std::vector<int> and 1 < 2"), HasSubstr("std::vector&lt;int> and 1 < 2"));
}

TEST(DoxygenPage, ApostropheInACodeSpanIsNoQuote) {
    EXPECT_THAT(page_of("from `'a'` on"), HasSubstr("from ``'a'`` on"));
}

TEST(DoxygenPage, StrongWordsMayBeginWithCode) {
    EXPECT_THAT(page_of("**`auto` of an expression** keeps"), HasSubstr("<b>``auto`` of an expression</b> keeps"));
    EXPECT_THAT(page_of("2 ** 3, and **no end"), HasSubstr("2 ** 3, and **no end"));
}

TEST(DoxygenPage, PageWithoutATitleIsRefused) {
    EXPECT_THROW(page_title("words\n# Title"), Error);
}

TEST(PageName, ReadmeIsCalledAsItsFolder) {
    EXPECT_EQ(page_name("README.md"), "index");
    EXPECT_EQ(page_name("chapters/02_attention/README.md"), "chapters_02_attention");
    EXPECT_EQ(page_name("docs/kernel_lab.md"), "docs_kernel_lab");
    EXPECT_EQ(page_name("chapters/02_attention/ladder.cu"), "chapters_02_attention_ladder_cu");
}

TEST(HeaderComments, EachNameOfALineGetsItsComment) {
    EXPECT_EQ(with_every_comment("    std::size_t q_len = 1, kv_len = 2;  ///< of a sequence\n"),
              "    std::size_t q_len = 1; /**< of a sequence */     std::size_t kv_len = 2; /**< of a sequence */ \n");
    EXPECT_EQ(with_every_comment("const float *k, *v;  ///< [slots]\n"),
              "const float *k; /**< [slots] */ const float *v; /**< [slots] */ \n");
}

TEST(HeaderComments, CommaInATypeOrAValueDeclaresNothing) {
    for (const char* line : {"std::map<int, float> m;  ///< by number\n", "void f(int a, int b);  ///< adds\n",
                             "Shape s = {1, 2};  ///< to begin with\n"})
        EXPECT_EQ(with_every_comment(line), line);
}

TEST(HeaderComments, NoLineMoves) {
    const std::string header = with_every_comment("int a, b;  ///< one\n          ///< two\nint c;\n");
    EXPECT_EQ(std::count(header.begin(), header.end(), '\n'), 3);
    EXPECT_THAT(header, testing::EndsWith("\n\nint c;\n"));
    EXPECT_THAT(header, HasSubstr("int b; /**< one two */"));
}

TEST(HeaderComments, FriendsAreLeftOutAndTheirLinesStay) {
    EXPECT_EQ(with_every_comment("int a;\n    friend class Tape;\nint b;\n"), "int a;\n\nint b;\n");
}

TEST(HeaderComments, WhatIsLeftToTheCompilerIsSaid) {
    EXPECT_THAT(with_every_comment("bool operator==(const A&) const = default;\n"),
                HasSubstr("= default;  ///< As the compiler"));
    EXPECT_THAT(with_every_comment("~A() = default;\n"), Not(HasSubstr("///<")));
}

}  // namespace
}  // namespace wb::grader
