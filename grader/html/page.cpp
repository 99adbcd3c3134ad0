#include "html/page.hpp"

#include "text/utf8.hpp"

namespace wb::grader {
namespace {

/// On a desk, on a phone, in the dark and on paper.
constexpr const char* base_style = R"css(:root {
  color-scheme: light dark;
  --ink: #1d2228; --quiet: #59636e; --paper: #fff; --card: #f5f6f8; --rule: #d5dae0;
  --global: 235 120 20; --shared: 60 125 235; --bad: #a33a08; --good: #1a6b35;
  --used: #2b66ad; --on-used: #fff; --nobody: #c2751b;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e9ee; --quiet: #9aa5b0; --paper: #101418; --card: #191f25; --rule: #333c45;
    --bad: #ffa064; --good: #6fd08c; --used: #6aa7ef; --on-used: #08121f; --nobody: #d79a4e;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 1rem clamp(.75rem, 3vw, 2rem) 3rem; }
h1 { font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
p { margin: .4rem 0; max-width: 60rem; }
a { color: var(--used); overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.good { color: var(--good); }
dl { margin: .75rem 0 1rem; padding: .6rem .9rem; background: var(--card); border-radius: .5rem; font-size: .9rem; }
dl div { display: grid; grid-template-columns: 9rem 1fr; }
dl .sub dt { padding-left: 1rem; color: var(--quiet); }
dt, dd { margin: 0; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
summary { cursor: pointer; color: var(--quiet); }
figure { margin: .5rem 0; }
figcaption { font-size: .85rem; max-width: 44rem; }
@media (max-width: 56rem) {
  dl div { grid-template-columns: 1fr; padding: .15rem 0; }
  dl dt { color: var(--quiet); font-size: .8rem; }
  dl .sub dd { padding-left: 1rem; }
}
@media print {
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr, figure, dl { break-inside: avoid; }
}
)css";

}  // namespace

std::string html_page(const HtmlPage& page) {
    return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>\n"
           "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>" +
           html_text(page.title) + "</title>\n<style>\n" + base_style + page.style +
           "</style></head>\n<body><main>\n<h1>" + html_text(page.title) + "</h1>\n" + page.body +
           "</main></body></html>\n";
}

std::string html_lines(std::string_view text) {
    std::string lines;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (begin > 0) lines += '\n';
        lines += html_text(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return lines;
}

std::string html_link(std::string_view file) {
    static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string link = "./";
    for (const char c : file) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain.find(c) != std::string_view::npos)
            link += c;
        else
            link += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return link;
}

}  // namespace wb::grader
