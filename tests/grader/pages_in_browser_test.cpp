// The report pages as a browser shows them, on a phone and on a desk: nothing is cut off, nothing is fetched, nothing of a submission runs.
#include <nlohmann/json.hpp>
#include <set>

#include "files/files.hpp"
#include "gradebook/class_page.hpp"
#include "gradebook/student_page.hpp"
#include "html/page.hpp"
#include "sandbox/command.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

/// Measures each of $PAGES in a frame of each of $WIDTHS, and leaves what it found as the page's text. It may look into the frames as the
/// browser is told that files may; the pages themselves forbid scripts.
constexpr const char* wrapper = R"html(<!DOCTYPE html><meta charset="utf-8"><body><script>
const pages = $PAGES, widths = $WIDTHS, found = [];
let left = pages.length * widths.length;
for (const page of pages) for (const width of widths) {
  const frame = document.createElement('iframe');
  Object.assign(frame, {width, height: 800, src: $ADDRESS});
  frame.onload = () => {
    const page_of = frame.contentDocument, root = page_of.documentElement;
    const all = (what) => [...page_of.querySelectorAll(what)];
    found.push({page, width, sees: root.clientWidth, needs: root.scrollWidth,
      too_wide: all('body *').filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5)
        .map((one) => one.tagName + '.' + one.className).slice(0, 5),
      fetched: frame.contentWindow.performance.getEntriesByType('resource').map((one) => one.name),
      active: all('script, img, iframe, object, embed, link, form, video, audio, base, style:not(head style)').map((one) => one.outerHTML),
      handlers: all('*').filter((one) => [...one.attributes].some((a) => a.name.startsWith('on'))).length,
      ran: frame.contentWindow.ran === true,
      split_words: all('td, th, h3 span').filter((one) => {
        const range = page_of.createRange();
        range.selectNodeContents(one);
        const lines = new Set([...range.getClientRects()].filter((r) => r.width > 0).map((r) => Math.round(r.top)));
        return one.innerText.length <= 12 && !/[ \n]/.test(one.innerText) && lines.size > 1;
      }).map((one) => one.innerText),
      links: all('a').map((one) => one.getAttribute('href')),
      dead_anchors: all('a[href^="#"]').filter((one) => !page_of.getElementById(decodeURIComponent(one.hash.slice(1)))).length,
      smallest: Math.min(...all('body *').filter((one) => one.innerText && !one.closest('svg'))
        .map((one) => parseFloat(frame.contentWindow.getComputedStyle(one).fontSize))),
      text: page_of.body.innerText});
    if (--left == 0) {
      document.body.textContent = '';
      const result = document.body.appendChild(document.createElement('pre'));
      result.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(found))));
    }
  };
  document.body.append(frame);
}
</script>)html";

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    return text.replace(text.find(what), what.size(), by);
}

std::string from_base64(const std::string& text) {
    std::string bytes;
    unsigned value = 0, bits = 0;
    for (const char c : text) {
        const std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (c == '=') break;
        value = (value << 6U | static_cast<unsigned>(digits.find(c))) & 0xFFFFU;
        if ((bits += 6) >= 8) bytes += static_cast<char>(value >> (bits -= 8) & 0xFFU);
    }
    return bytes;
}

const std::string hostile =
    "<script>ran=true</script>\"'><img src=x onerror=ran=true><a href=javascript:alert(1)>&amp;";

/// A class with what is awkward to show: long names without a blank, hostile ones, many exercises, wide numbers.
std::vector<Standing> awkward_class() {
    std::vector<Standing> standings;
    for (int n = 0; n < 12; ++n) {
        Standing one;
        one.id = n == 0   ? "a\"><b>&lt;"
                 : n == 1 ? "index"
                 : n == 2 ? std::string(100, 'w')
                          : "student" + std::to_string(n);
        one.name = n == 0 ? hostile : n == 2 ? std::string(118, 'W') : "José García-Márquez";
        one.version = one.number = 1;
        one.state = n == 3 ? StandingState::refused : StandingState::graded;
        if (n == 3) one.remark = "it holds no file of an exercise: " + std::string(300, '/');
        one.left_out = n % 4 == 0 ? "starter/" + std::string(150, 'x') + ".cpp: no exercise asks for it" : "";
        one.submitted_at = 1'764'547'140 + n;
        one.late = {n == 5 ? 2 : 0, n == 5 ? 0.8 : 1.0};
        for (const char* chapter : {"01_paged_kv_cache", "02_attention"}) {
            ChapterReport part{chapter, "Attention", {}, {}};
            for (int e = 1; e <= 12; ++e) {
                const std::string id = std::string(chapter).substr(1, 1) + "." + std::to_string(e);
                TestReport failed{"Suite.TestWithAVeryLongNameThatSaysWhatItPinsWithoutABlank",
                                  TestStatus::failed,
                                  0,
                                  12.25,
                                  "visible",
                                  1234.5,
                                  n == 0 ? hostile : "scores [2, 3] is wrong\n\tat " + std::string(200, '0')};
                part.exercises.push_back({id,
                                          "Scores of additive attention (CUDA)",
                                          {failed, {"A.B", TestStatus::passed, 3, 3, "visible", 0.5, ""}}});
            }
            one.report.chapters.push_back(part);
        }
        one.answers = {{"2.1", "why", n == 0 ? hostile : std::string(400, 'y'), 3, false, 1.5,
                        "But " + std::string(200, 'z'), "eve", 0}};
        standings.push_back(one);
    }
    return standings;
}

class PagesInABrowser : public testing::Test {
 protected:
    void SetUp() override {
        chromium_ = find_program("chromium");
        if (chromium_.empty()) GTEST_SKIP() << "chromium is not installed: apt-get install chromium";
    }
    void page(const std::string& name, const std::string& bytes) {
        write_atomically(folder_ / name, bytes);
        names_.push_back(name);
    }
    /// A row for each page and width.
    /// @param address  of a page, in JavaScript: names are encoded, links are so already
    json measured(const std::vector<int>& widths, const std::string& address = "encodeURIComponent(page)") const {
        std::string text = replaced(replaced(wrapper, "$PAGES", json(names_).dump()), "$ADDRESS", address);
        write_atomically(folder_ / "wrapper.html", replaced(text, "$WIDTHS", json(widths).dump()));
        const ProcessResult result =
            run_process({.argv = {chromium_, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                                  "--no-first-run", "--disable-background-networking", "--disable-component-update",
                                  "--allow-file-access-from-files", "--user-data-dir=" + (folder_ / "profile").string(),
                                  "--window-size=1400,900", "--timeout=60000", "--dump-dom",
                                  "file://" + (folder_ / "wrapper.html").string()},
                         .environment = {{"HOME", folder_.string()}},
                         .time_limit = std::chrono::seconds(100),
                         .output_cap = 64 << 20});
        const std::size_t begin = result.output.find("<pre>"), end = result.output.find("</pre>");
        if (begin == std::string::npos || end == std::string::npos) {
            ADD_FAILURE() << "the browser found nothing and " << result.how_it_ended() << ":\n"
                          << result.output.substr(0, 2000);
            return json::array();
        }
        return json::parse(from_base64(result.output.substr(begin + 5, end - begin - 5)));
    }
    const fs::path folder_ = scratch_folder();
    std::string chromium_;
    std::vector<std::string> names_;
};

/// Of the measure itself: what it must not overlook.
TEST_F(PagesInABrowser, FaultsAreSeen) {
    page("wide.html", html_page({"Wide", "", "<div style=\"width:600px\">x</div>"}));
    page("fetch.html", "<!DOCTYPE html><img src=\"https://example.invalid/x.png\"><a href=\"#no\">x</a>");
    page("runs.html", "<!DOCTYPE html><p onclick=\"x\">" + hostile + "</p>");
    for (const json& one : measured({390})) {
        const std::string name = one["page"];
        EXPECT_EQ(one["needs"] > one["sees"], name == "wide.html") << one;
        EXPECT_EQ(one["fetched"].empty(), name != "fetch.html") << one;
        EXPECT_EQ(one["active"].empty(), name == "wide.html") << one;
        EXPECT_EQ(one["dead_anchors"] == 1, name == "fetch.html") << one;
        EXPECT_EQ(one["ran"], name == "runs.html") << one;
    }
}

TEST_F(PagesInABrowser, FitAPhoneAndADeskAndAreHarmless) {
    ClassFigures figures;
    for (const Standing& one : awkward_class()) {
        figures.add(one);
        if (figures.rows.size() <= 6) page(page_file_of(one.id), student_page(one));
    }
    page("index.html", class_page(figures, {}));
    const json found = measured({390, 1280});
    ASSERT_EQ(found.size(), 2 * names_.size());
    for (const json& one : found) {
        const std::string where = one["page"].get<std::string>().substr(0, 20) + " at " + one["width"].dump();
        EXPECT_LE(one["needs"], one["sees"]) << where << " scrolls sideways: " << one["too_wide"];
        EXPECT_EQ(one["too_wide"], json::array()) << where << ": cut off";
        EXPECT_EQ(one["fetched"], json::array()) << where;
        EXPECT_EQ(one["active"], json::array()) << where;
        EXPECT_EQ(one["handlers"], 0) << where;
        EXPECT_EQ(one["ran"], false) << where;
        EXPECT_EQ(one["dead_anchors"], 0) << where;
        EXPECT_EQ(one["split_words"], json::array()) << where << ": a short word goes on in the next line";
        EXPECT_GE(one["smallest"], 11) << where << ": too small to read";
        const std::string text = one["text"];
        if (one["page"] == "index.html") {
            EXPECT_THAT(text, testing::HasSubstr("Commonest mistakes")) << where;
            EXPECT_THAT(text, testing::HasSubstr("<script>ran=true</script>")) << where << ": names are text";
            EXPECT_GE(one["links"].size(), 12U) << where;
        } else {
            EXPECT_THAT(text, testing::HasSubstr("Scores of additive attention")) << where << ": read without scripts";
        }
        for (const json& link : one["links"]) EXPECT_THAT(link.get<std::string>(), testing::StartsWith("./")) << where;
    }
}

/// Links, whatever the ids are, lead to the files: followed by the browser.
TEST_F(PagesInABrowser, LinksOfTheClassLeadToItsStudents) {
    ClassFigures figures;
    for (const Standing& one : awkward_class()) {
        figures.add(one);
        write_atomically(folder_ / page_file_of(one.id), student_page(one));
    }
    page("index.html", class_page(figures, {}));
    std::set<std::string> links;
    for (const json& one : measured({1280})) {
        for (const json& link : one["links"]) links.insert(link.get<std::string>());
    }
    EXPECT_EQ(links.size(), 12U);
    names_.assign(links.begin(), links.end());
    int pages = 0;
    for (const json& one : measured({1280}, "page")) {
        EXPECT_THAT(one["text"].get<std::string>(), testing::StartsWith("Results of ")) << one["page"];
        ++pages;
    }
    EXPECT_EQ(pages, 12);
}

}  // namespace
}  // namespace wb::grader
