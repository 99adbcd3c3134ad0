// Links of a page in an edition that lacks some chapters.
#include "edition/page_links.hpp"

#include <gtest/gtest.h>

namespace wb::grader {
namespace {

const EditionFiles& files() {
    static const EditionFiles some{{"README.md", {}}, {"chapters/02_attention/README.md", {}}, {"docs/guide.md", {}}};
    return some;
}

TEST(PageLinks, LinkToWhatIsThereStays) {
    for (const std::string line :
         {"See [two](../chapters/02_attention/README.md#why), [here](#why) and [out](https://a.b/c.md).\n",
          "A folder: [all](../chapters).\n", "No link: [x] (y)\n"})
        EXPECT_EQ(with_links_that_lead(line, "docs/guide.md", files()), line);
}

TEST(PageLinks, OfALinkToNothingTheWordsStay) {
    EXPECT_EQ(with_links_that_lead(
                  "See [five](../chapters/05_pig_latin/README.md) and [two](../chapters/02_attention/README.md).\n",
                  "docs/guide.md", files()),
              "See five and [two](../chapters/02_attention/README.md).\n");
    EXPECT_EQ(with_links_that_lead("![A report](pictures/report.svg)\n", "README.md", files()), "A report\n");
}

TEST(PageLinks, RowOfAChapterGoesWithIt) {
    EXPECT_EQ(with_links_that_lead(
                  "| 1 | [a cache](chapters/01_paged_kv_cache/README.md): blocks |\n"
                  "| 2 | [attention](chapters/02_attention/README.md), see [5](chapters/05_pig_latin/README.md) |\n",
                  "README.md", files()),
              "| 2 | [attention](chapters/02_attention/README.md), see 5 |\n");
}

TEST(PageLinks, FencedBlocksStay) {
    const std::string page = "```\n[x](no.md)\n```\n";
    EXPECT_EQ(with_links_that_lead(page, "README.md", files()), page);
}

}  // namespace
}  // namespace wb::grader
