// What is wrong with a page is said with its name, before Doxygen runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "site/site.hpp"

namespace wb::site {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A workbook of one page.
fs::path workbook_with(const std::string& markdown) {
    const fs::path root =
        fs::path(WB_SITE) / "refusals" / testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(root / "docs/site");
    std::ofstream(root / "README.md") << markdown;
    std::ofstream(root / "docs/site/pages.toml") << "[[section]]\npages = [\"README.md\"]\n";
    return root;
}

std::string refusal(const fs::path& root) {
    try {
        grader::make_site(grader::read_site_plan(root), root / "out");
    } catch (const std::exception& error) {
        return error.what();
    }
    return "(no error)";
}

TEST(Refusals, LinkToNoFileIsNamedWithItsPage) {
    if (!fs::exists("/usr/share/doxygen-awesome-css")) GTEST_SKIP() << "no site can be made here";
    EXPECT_EQ(refusal(workbook_with("# A\n\nSee [b](b.md).\n")),
              "README.md: the link to \"b.md\" leads nowhere: there is no file b.md");
}

TEST(Refusals, LinkToNoHeadingIsNamedWithItsPage) {
    if (!fs::exists("/usr/share/doxygen-awesome-css")) GTEST_SKIP() << "no site can be made here";
    EXPECT_EQ(refusal(workbook_with("# A\n\nSee [b](#b).\n\n## C\n")),
              "README.md: the link to \"#b\" leads nowhere: README.md has no heading #b");
}

TEST(Refusals, LinkOutOfTheWorkbookIsNoPage) {
    if (!fs::exists("/usr/share/doxygen-awesome-css")) GTEST_SKIP() << "no site can be made here";
    EXPECT_THAT(refusal(workbook_with("# A\n\nSee [b](../../../../../../etc/passwd).\n")), HasSubstr("leads nowhere"));
}

TEST(Refusals, PageThatIsNotThereIsNamedWithItsLine) {
    const fs::path root = workbook_with("# A\n");
    fs::remove(root / "README.md");
    EXPECT_THAT(refusal(root), HasSubstr("docs/site/pages.toml:1: there is no page README.md"));
}

}  // namespace
}  // namespace wb::site
