// The site in a browser: what a reader sees on a wide screen and on a phone, in the light and in the dark, without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "browser.hpp"
#include "html_files.hpp"

namespace wb::site {
namespace {

namespace fs = std::filesystem;
constexpr Screen phone{.width = 390, .height = 844}, wide{.width = 1280, .height = 1000};

/// Pages that people read from top to bottom.
std::vector<std::string> read_by_people() {
    std::vector<std::string> names{"index.html"};
    for (const auto& file : fs::directory_iterator(site_folder())) {
        const std::string name = file.path().filename().string();
        if ((name.starts_with("chapters_0") || name.starts_with("docs_")) && name.find("_8") == std::string::npos &&
            !name.ends_with("_cu.html"))
            names.push_back(name);
    }
    return names;
}

class SiteBrowser : public testing::Test {
 protected:
    void SetUp() override {
        if (!fs::exists(site_folder() / "index.html")) GTEST_SKIP() << "no site: ./workbook docs could not make one";
        if (!Browser::is_there()) GTEST_SKIP() << "no /usr/bin/chromium";
        browser_.emplace(fs::path(WB_SITE) / "profiles" /
                         testing::UnitTest::GetInstance()->current_test_info()->name());
    }
    Browser& browser() { return *browser_; }
    void shoot(const std::string& name) { browser().screenshot(fs::path(WB_SITE) / "screenshots" / (name + ".png")); }

 private:
    std::optional<Browser> browser_;
};

TEST_F(SiteBrowser, NoPageScrollsSidewaysOnAPhone) {
    for (const std::string& page : read_by_people()) {
        browser().open(site_folder() / page, phone);
        EXPECT_LE(browser().evaluate("document.documentElement.scrollWidth").get<int>(), phone.width) << page;
        const auto wider = browser().evaluate(
            R"js([...document.querySelectorAll('.contents > *, .contents > .textblock > *, .contents p code, .contents li code, ' +
                                 '.contents p a, .contents p .mjx-chtml, .contents li .mjx-chtml')]
    .filter(e => !e.parentElement.closest('.formulaDsp, table') && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + ' ' + e.innerText.slice(0, 40)))js");
        EXPECT_TRUE(wider.empty()) << page << " cuts off " << wider.dump();
        shoot("phone_" + page);
    }
}

TEST_F(SiteBrowser, PagesShowTheirTextAndTreeOnAWideScreen) {
    for (const std::string& page : read_by_people()) {
        browser().open(site_folder() / page, wide);
        EXPECT_LE(browser().evaluate("document.documentElement.scrollWidth").get<int>(), wide.width) << page;
        EXPECT_GT(browser().evaluate("document.querySelector('.contents').getBoundingClientRect().width").get<int>(),
                  500)
            << page;
        shoot("wide_" + page);
    }
}

TEST_F(SiteBrowser, FormulasAreDrawnAndNothingComesFromANetwork) {
    for (const std::string& page : read_by_people()) {
        browser().open(site_folder() / page, wide);
        const int written =
            browser().evaluate("document.querySelectorAll('script[type^=\"math/tex\"]').length").get<int>();
        const int drawn =
            browser().evaluate("document.querySelectorAll('.MJXc-display, .mjx-chtml').length").get<int>();
        EXPECT_GE(drawn, written) << page;
        EXPECT_EQ(browser().evaluate("document.querySelectorAll('.mjx-merror, .MJXc-error').length"), 0) << page;
        EXPECT_GT(written, page.starts_with("chapters_0") ? 3 : -1) << page;
        EXPECT_EQ(
            browser()
                .evaluate("[...document.images].filter(i => i.src && i.complete && !i.naturalWidth).map(i => i.src)")
                .size(),
            0U)
            << page << " has pictures that cannot be shown";
    }
    for (const std::string& address : browser().requests())
        EXPECT_TRUE(address.starts_with("file://") || address.starts_with("data:") || address.starts_with("about:"))
            << address;
}

TEST_F(SiteBrowser, DarkModeFollowsTheSystem) {
    const auto lightness = [this] {
        const std::string colour = browser().evaluate("getComputedStyle(document.body).backgroundColor");
        return std::stoi(colour.substr(colour.find('(') + 1));  // the red of rgb(red, green, blue)
    };
    browser().open(site_folder() / "chapters_02_attention.html", wide);
    EXPECT_GT(lightness(), 200);
    browser().open(site_folder() / "chapters_02_attention.html", {.width = 1280, .height = 1000, .dark = true});
    EXPECT_LT(lightness(), 70);
    shoot("dark_chapter_2");
    browser().open(site_folder() / "chapters_02_attention.html", {.width = 390, .height = 844, .dark = true});
    EXPECT_LT(lightness(), 70);
    shoot("dark_phone_chapter_2");
}

TEST_F(SiteBrowser, SearchFindsAFunctionByPartOfItsName) {
    browser().open(site_folder() / "index.html", wide);
    browser().evaluate(R"js(
new Promise(done => {
  const type = () => {
    const field = document.getElementById('MSearchField');
    if (!field) return requestAnimationFrame(type);
    field.focus();
    field.value = 'scaled_dot';
    searchBox.OnSearchFieldChange({keyCode: 84});
    const look = () => document.getElementById('MSearchResultsWindow').getClientRects().length ? done() : requestAnimationFrame(look);
    look();
  };
  type();
}))js");
    const auto found = browser().evaluate_in_frame("search/all_", R"js(
new Promise(done => {
  const look = () => {
    const shown = [...document.querySelectorAll('.SRResult')].filter(r => r.getClientRects().length).map(r => r.innerText);
    if (shown.length) done(shown.join('\n')); else requestAnimationFrame(look);
  };
  look();
}))js");
    EXPECT_THAT(found.get<std::string>(), testing::HasSubstr("scaled_dot_product_attention"));
    EXPECT_THAT(found.get<std::string>(), testing::Not(testing::HasSubstr("BlockAllocator")));
    shoot("search");
}

TEST_F(SiteBrowser, TreeBeginsWithTheChaptersInOrder) {
    browser().open(site_folder() / "chapters_02_attention.html", wide);
    const auto labels =
        browser().evaluate("[...document.querySelectorAll('#nav-tree .label')].map(e => e.innerText.trim())");
    std::vector<std::string> seen;
    for (const auto& label : labels) seen.push_back(label.get<std::string>().substr(0, 9));
    EXPECT_THAT(seen, testing::IsSupersetOf(
                          {"The Atten", "Chapters", "Chapter 1", "Chapter 6", "Guides", "Kernel la", "Reference"}));
    const auto place = [&](const std::string& label) {
        return std::find(seen.begin(), seen.end(), label) - seen.begin();
    };
    for (const auto& [before, after] : {std::pair{"The Atten", "Chapters"},
                                        {"Chapter 1", "Chapter 2"},
                                        {"Chapter 5", "Chapter 6"},
                                        {"Chapter 6", "Guides"},
                                        {"Guides", "Kernel la"},
                                        {"Kernel la", "Reference"}})
        EXPECT_LT(place(before), place(after)) << before << ", " << after;
}

}  // namespace
}  // namespace wb::site
