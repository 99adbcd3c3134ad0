// The profile as a page: it says all that the terminal says, and nothing in it becomes markup.
#include "profile/profile_page.hpp"

#include <gmock/gmock.h>

#include "profile/advice.hpp"
#include "profile/profile_file.hpp"
#include "profile/profile_text.hpp"

namespace wb::grader {
namespace {

using kernels::LineProfile;
using testing::HasSubstr;
using testing::Not;

/// Line 3 loads column-wise, line 4 reads shared memory without conflicts, line 9 stores as it should.
ProfiledKernel sum_rows() {
    ProfiledKernel kernel;
    kernel.profile.kernel = "sum_rows";
    kernel.profile.file = "/w/02/rows.cu.cpp";
    kernel.profile.line = 12;
    kernel.profile.launches = kernel.profile.blocks = 1;
    kernel.profile.threads = 32;
    kernel.profile.least_read = 4096;
    const auto add = [&](int line) -> LineProfile& {
        kernel.profile.lines.emplace_back();
        kernel.profile.lines.back().file = kernel.profile.file;
        kernel.profile.lines.back().line = line;
        return kernel.profile.lines.back();
    };
    LineProfile& loads = add(3);
    loads.count.loads = {32, 1024, 1024, 128, 4096};
    loads.loads = {128, true, 4};
    loads.addresses.emplace_back();
    loads.addresses[0].lanes = ~0u;
    loads.addresses[0].bytes = 4;
    for (std::size_t lane = 0; lane < 32; ++lane)
        loads.addresses[0].offset[lane] = 128 * static_cast<std::int64_t>(lane);
    add(4).count.shared_loads = {64, 2048, 64, 64};
    add(9).count.stores = {1, 32, 4, 4, 128};
    for (const LineProfile& line : kernel.profile.lines) kernel.profile.total += line.count;
    kernel.sources["rows.cu"] = {"kernel {", "  for", "    sum += x[i * n];", "    sum *= tile[i];", "  a", "  b",
                                 "  c",      "  d",   "  out[i] = sum;"};
    return kernel;
}

std::string page_of(const ProfiledKernel& kernel) {
    return profile_page({"rows.cu", {kernel}, {}, ""});
}

std::string page_without_style(const ProfiledKernel& kernel) {
    const std::string page = page_of(kernel);
    return page.substr(page.find("</style>"));
}

TEST(ProfilePage, HoldsTheSummaryOfTheTerminal) {
    const ProfiledKernel kernel = sum_rows();
    const std::string page = page_of(kernel);
    EXPECT_THAT(page, HasSubstr("rows.cu:12  1 launch: 1 block of 32 threads"));
    for (const SummaryRow& row : summary_rows(kernel.profile))
        EXPECT_THAT(page, HasSubstr("<dd>" + row.words + "</dd>"));
}

TEST(ProfilePage, HoldsTheFiguresOfEveryLineBesideItsSource) {
    const std::string page = page_of(sum_rows());
    const auto row_of = [&](int line) {
        const std::size_t begin = page.find("<td class=\"number\">" + std::to_string(line) + "</td>");
        return begin == std::string::npos ? "no row" : page.substr(begin, page.find("</tr>", begin) - begin);
    };
    EXPECT_THAT(row_of(3), HasSubstr(">    sum += x[i * n];</td>"));
    EXPECT_THAT(row_of(3), HasSubstr("data-label=\"global share\" style=\"--h:1.00\">100 %</td>"))
        << "1024 of 1028 sectors";
    EXPECT_THAT(row_of(3), HasSubstr("data-label=\"loads\">32 x 32</td>"));
    EXPECT_THAT(row_of(4), HasSubstr("class=\"code heat shared\" style=\"--h:1.00\""));
    EXPECT_THAT(row_of(4), HasSubstr("data-label=\"shared\">64 x 1</td>"));
    EXPECT_THAT(row_of(9), HasSubstr("data-label=\"global share\" style=\"--h:0.06\">&lt; 1 %</td>"))
        << "a root: 4 of 1028";
    EXPECT_THAT(row_of(9), HasSubstr("data-label=\"stores\">1 x 4</td>"));
    EXPECT_THAT(row_of(1), HasSubstr(">kernel {</td>")) << "what lies close is shown";
}

TEST(ProfilePage, AdviceAndThePictureStandBeneathTheirLine) {
    const ProfiledKernel kernel = sum_rows();
    const std::string page = page_without_style(kernel),
                      sentence = advice(kernel.profile.lines[0], kernel.profile.total).at(0);
    const std::size_t line = page.find("sum += x[i * n];"), said = page.find(sentence), drawn = page.find("<svg"),
                      next = page.find("sum *= tile[i];");
    EXPECT_LT(line, said);
    EXPECT_LT(said, drawn);
    EXPECT_LT(drawn, next);
    EXPECT_EQ(page.find("<svg", drawn + 1), std::string::npos) << "no picture of what is as it should be";
    EXPECT_THAT(page, Not(HasSubstr("Nothing to mend")));
}

TEST(ProfilePage, AKernelWithNothingToMendSaysSo) {
    ProfiledKernel kernel = sum_rows();
    kernel.profile.lines.erase(kernel.profile.lines.begin());
    EXPECT_THAT(page_of(kernel), HasSubstr("Nothing to mend that these counters show."));
}

TEST(ProfilePage, NamesAndSourceAreTextAndNotMarkup) {
    ProfiledKernel kernel = sum_rows();
    const std::string hostile = "<script>alert('1' & \"2\")</script>",
                      escaped = "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;";
    kernel.profile.kernel = "k" + hostile;
    kernel.profile.file = "/w/" + hostile.substr(0, 20) + ".cu";
    kernel.profile.lines[0].file = kernel.profile.file;
    kernel.profile.lines[0].addresses[0].shared = true;
    kernel.profile.lines[0].count.shared_loads = {1, 32, 32, 1};
    kernel.profile.lines[0].addresses[0].array = "a" + hostile;
    kernel.profile.lines[1].file = "/w/other" + hostile.substr(0, 8) + ".cuh";
    kernel.sources[source_name(kernel.profile.file)] = {"", "", "s" + hostile};
    kernel.side = "b" + hostile;
    const std::string page =
        profile_page({"t" + hostile, {kernel, kernel}, {{"c" + hostile, "d" + hostile, {}}}, "n" + hostile});
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    for (const char* const place : {"k", "a", "s", "b", "t", "c", "d", "n"})
        EXPECT_THAT(page, HasSubstr(place + escaped)) << place;
    EXPECT_THAT(page, HasSubstr("other&lt;script&gt;.cuh"));
}

TEST(ProfilePage, BytesThatAreNoTextAreShownAsSuch) {  // also those that turn the direction of what follows
    ProfiledKernel kernel = sum_rows();
    kernel.profile.kernel = "bad\xff\x1b[31m\xe2\x80\xaename";
    EXPECT_THAT(page_of(kernel), HasSubstr("bad\\xff\\x1b[31m\\xe2\\x80\\xaename"));
    kernel.sources["rows.cu"][2] = "\tx = 1;";
    EXPECT_THAT(page_of(kernel), HasSubstr(">\tx = 1;</td>")) << "a tab is text";
}

TEST(ProfilePage, NeedsNothingElse) {
    const std::string page = page_of(sum_rows());
    for (const char* const reference : {"http:", "https:", "src=", "<link", "<script", "url(", "@import", " onclick"})
        EXPECT_THAT(page, Not(HasSubstr(reference)));
    EXPECT_THAT(page, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
    EXPECT_THAT(page, HasSubstr("width=device-width"));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(page, HasSubstr("@media print"));
}

TEST(ProfilePage, EstimatesStandInTheirLines) {
    ProfiledKernel kernel = sum_rows();
    kernel.estimates = "  occupancy  A100: 8 blocks\n             H100: <9> blocks\n";
    const std::string page = profile_page({"rows.cu", {kernel}, {}, "", "Times are estimates\nfrom data sheets.\n"});
    EXPECT_THAT(page, HasSubstr("<pre>  occupancy  A100: 8 blocks\n             H100: &lt;9&gt; blocks\n</pre>"));
    EXPECT_THAT(page, HasSubstr("<p class=\"quiet\">Times are estimates\nfrom data sheets.\n</p>"));
}

TEST(ProfilePage, LinesOfOtherFilesAreShownToo) {
    ProfiledKernel kernel = sum_rows();
    kernel.profile.lines[1].file = "/w/02/tiles.cuh";
    EXPECT_THAT(page_of(kernel), HasSubstr("tiles.cuh (its source is not at hand)"));
    EXPECT_THAT(page_of(kernel), HasSubstr("data-label=\"shared\">64 x 1</td>"));
    kernel.sources["tiles.cuh"] = {"", "", "", "    return tile[i];"};
    EXPECT_THAT(page_of(kernel), HasSubstr("    return tile[i];"));
}

TEST(ProfilePage, IsTheSameEachTime) {
    EXPECT_EQ(page_of(sum_rows()), page_of(sum_rows()));
}

}  // namespace
}  // namespace wb::grader
