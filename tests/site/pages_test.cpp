// The site's files: links, pictures, what the search knows, and that nothing needs a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "html_files.hpp"

namespace wb::site {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

bool is_outside(const std::string& target) {
    return target.find("://") != std::string::npos || target.starts_with("//") || target.starts_with("mailto:");
}

/// A link of Doxygen 1.9.4's own to a section that it leaves out, as all members of it are private.
bool is_doxygens_own(const std::string& target) {
    return target == "#nested-classes";
}

class SitePages : public testing::Test {
 protected:
    void SetUp() override {
        if (!fs::exists(site_folder() / "index.html")) GTEST_SKIP() << "no site: ./workbook docs could not make one";
    }
};

TEST_F(SitePages, EveryLinkAndPictureLeadsSomewhere) {
    const auto pages = read_pages();
    std::size_t links = 0;
    for (const auto& [name, page] : pages)
        for (const Reference& reference : page.references) {
            if (is_outside(reference.target) || reference.target.starts_with("javascript:")) continue;
            if (is_doxygens_own(reference.target)) continue;
            ++links;
            const std::size_t hash = reference.target.find('#');
            const std::string file = reference.target.substr(0, hash), to = file.empty() ? name : file;
            ASSERT_TRUE(fs::exists(site_folder() / to)) << name << " has a link to " << reference.target;
            if (hash == std::string::npos || !pages.contains(to) || hash + 1 == reference.target.size()) continue;
            EXPECT_TRUE(pages.at(to).names.contains(reference.target.substr(hash + 1)))
                << name << " has a link to " << reference.target << ", and " << to << " has no such place";
        }
    EXPECT_GT(links, 1000U) << "the pages were not read";
}

TEST_F(SitePages, EveryPageOfDocsIsInTheTree) {
    const std::string tree = content_of(site_folder() / "navtreedata.js");
    int pages = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(WB_ROOT) / "docs")) {
        if (entry.path().extension() != ".md") continue;
        ++pages;
        EXPECT_THAT(tree, HasSubstr("\"docs_" + entry.path().stem().string() + ".html\""))
            << "see docs/site/pages.toml";
    }
    EXPECT_GT(pages, 5);
}

TEST_F(SitePages, MenuAndTreeLeadSomewhere) {
    for (const char* list : {"menudata.js", "navtreedata.js"}) {
        const std::string text = content_of(site_folder() / list);
        const std::regex target(R"re((?:url:|", )"([^"]+)")re");
        int targets = 0;
        for (std::sregex_iterator one(text.begin(), text.end(), target), end; one != end; ++one) {
            const std::string file = (*one)[1].str().substr(0, (*one)[1].str().find('#'));
            if (file.empty() || (file.find(".html") == std::string::npos && !file.starts_with("@"))) continue;
            EXPECT_TRUE(fs::exists(site_folder() / file)) << list << " leads to " << (*one)[1];
            ++targets;
        }
        EXPECT_GT(targets, 20) << list;
    }
}

TEST_F(SitePages, NothingIsLoadedFromElsewhere) {
    for (const auto& [name, page] : read_pages())
        for (const Reference& reference : page.references) {
            if (reference.tag == "a") continue;
            EXPECT_FALSE(is_outside(reference.target)) << name << " loads " << reference.target;
        }
    for (const auto& file : fs::recursive_directory_iterator(site_folder())) {
        if (file.path().extension() != ".css") continue;
        EXPECT_THAT(content_of(file.path()), Not(testing::ContainsRegex("url\\([\"']?http"))) << file.path();
    }
}

TEST_F(SitePages, SearchKnowsFunctionsPagesAndHeadings) {
    std::string index;
    for (const auto& file : fs::directory_iterator(site_folder() / "search"))
        if (file.path().extension() == ".js") index += content_of(file.path());
    for (const char* name :
         {"scaled_dot_product_attention", "BlockAllocator", "read_safetensors", "Measured results", "Chapter 1"})
        EXPECT_THAT(index, HasSubstr(name));
}

TEST_F(SitePages, CommentsInCodeStay) {
    EXPECT_THAT(content_of(site_folder() / "docs_instructors_guide.html"), HasSubstr("/// Mean distance, in tokens"));
}

TEST_F(SitePages, EveryHandoutHasItsFormulasAndPictures) {
    const auto pages = read_pages();
    for (const char* chapter :
         {"01_paged_kv_cache", "02_attention", "03_head_pruning", "04_vit", "05_pig_latin", "06_time_series"}) {
        const std::string name = std::string("chapters_") + chapter + ".html", html = content_of(site_folder() / name);
        EXPECT_THAT(html, HasSubstr("\\(")) << name;
        EXPECT_THAT(html, HasSubstr("<img src=\"pictures/chapters_")) << name;
        EXPECT_THAT(html, HasSubstr(std::string(chapter) + "/ladder.cu")) << "the link to a file that is no page";
        EXPECT_THAT(html, Not(testing::ContainsRegex("[^\\\\]\\$[a-zA-Z\\\\][^<$]*\\$")))
            << "a formula that nobody translated: " << name;
    }
}

}  // namespace
}  // namespace wb::site
