#include "site/markdown.hpp"

#include <cctype>
#include <map>
#include <sstream>
#include <vector>

#include "text/utf8.hpp"
#include "wb/errors.hpp"

namespace wb::grader {
namespace {

std::size_t run_of(std::string_view text, std::size_t at, char c) {
    std::size_t end = at;
    while (end < text.size() && text[end] == c) ++end;
    return end - at;
}

bool is_space_at(std::string_view text, std::size_t at) {
    return at >= text.size() || std::isspace(static_cast<unsigned char>(text[at])) != 0;
}

bool is_letter_at(std::string_view text, std::size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
}

/// Where the formula that begins at `at` with one or two dollars ends, or npos where it is no formula.
std::size_t end_of_formula(std::string_view text, std::size_t at, std::size_t dollars) {
    if (dollars == 2) return text.find("$$", at + 2);
    if (is_space_at(text, at + 1)) return std::string_view::npos;
    for (std::size_t end = at + 2; end < text.size(); ++end) {
        if (text[end] == '\n' && end + 1 < text.size() && text[end + 1] == '\n') return std::string_view::npos;
        if (text[end] == '\\') {
            ++end;
        } else if (text[end] == '$' && !is_space_at(text, end - 1)) {
            return end;
        }
    }
    return std::string_view::npos;
}

/// In \text{..}, MathJax shows a backslash before an underscore; GitHub's Markdown has taken it away by then. A bar would end a table's cell.
std::string formula(std::string_view tex) {
    std::string out;
    bool in_text = false;
    for (std::size_t i = 0; i < tex.size(); ++i) {
        if (tex.substr(i).starts_with("\\text{") || tex.substr(i).starts_with("\\mathrm{")) in_text = true;
        if (tex[i] == '}') in_text = false;
        if (in_text && tex.substr(i, 2) == "\\_") continue;
        if (tex[i] == '|') {
            out += i > 0 && tex[i - 1] == '\\' ? "|" : "\\vert ";
        } else {
            out += tex[i];
        }
    }
    return out;
}

/// A stretch of Markdown between fenced blocks.
class Prose {
 public:
    Prose(const PageSource& page, std::string_view text) : page_(page), text_(text) {}

    std::string translated() {
        while (at_ < text_.size()) step();
        return std::move(out_);
    }

 private:
    void step() {
        const char c = text_[at_];
        if (c == '`') return code_span();
        if (c == '$') return math();
        if (text_.substr(at_, 2) == "![") return picture();
        if (text_.substr(at_, 2) == "](") return link();
        if (text_.substr(at_, 4) == "<!--") return comment();
        if (text_.substr(at_, 2) == "**" && strong()) return;
        if (c == '\\' &&
            at_ + 1 < text_.size()) {  // an escape of Markdown's, or else a backslash: no command of Doxygen's
            const char next = text_[at_ + 1];
            out_ += std::ispunct(static_cast<unsigned char>(next)) != 0 ? std::string{'\\', next}
                                                                        : std::string{'\\', '\\', next};
            at_ += 2;
            return;
        }
        if (c == '@' || (c == '%' && is_letter_at(text_, at_ + 1))) out_ += '\\';
        if (c == '#' && at_ > 0 && text_[at_ - 1] != '\n' && text_[at_ - 1] != '#' && !is_space_at(text_, at_ + 1))
            out_ += '\\';
        if (c == '<' && !is_space_at(text_, at_ + 1)) {
            out_ += "&lt;";
        } else {
            out_ += c;
        }
        ++at_;
    }
    /// As tags: Doxygen sees no emphasis in `**` that stands before a code span.
    bool strong() {
        if (at_ == end_of_strong_) {
            out_ += "</b>";
        } else {
            const std::size_t end = text_.find("**", at_ + 2), paragraph = text_.find("\n\n", at_);
            if (is_space_at(text_, at_ + 2) || end == std::string_view::npos || end > paragraph) return false;
            end_of_strong_ = end;
            out_ += "<b>";
        }
        at_ += 2;
        return true;
    }
    /// With two marks at least: between single ones an apostrophe means something to Doxygen.
    void code_span() {
        const std::size_t marks = run_of(text_, at_, '`');
        std::size_t end = at_ + marks;
        while ((end = text_.find('`', end)) != std::string_view::npos && run_of(text_, end, '`') != marks)
            end += run_of(text_, end, '`');
        if (end == std::string_view::npos) {
            out_.append(marks, '`');
            at_ += marks;
            return;
        }
        std::string code(text_.substr(at_ + marks, end - at_ - marks));
        for (char& c : code)
            if (c == '\n') c = ' ';
        const std::string mark(std::max<std::size_t>(marks, 2), '`');
        out_ += mark + code + mark;
        at_ = end + marks;
    }
    void math() {
        const std::size_t dollars = std::min<std::size_t>(run_of(text_, at_, '$'), 2);
        const std::size_t end = end_of_formula(text_, at_, dollars);
        if (end == std::string_view::npos) {
            out_ += '$';
            ++at_;
            return;
        }
        const std::string tex = formula(text_.substr(at_ + dollars, end - at_ - dollars));
        out_ += dollars == 2 ? "\\f[" + tex + "\\f]" : "\\f$" + tex + "\\f$";
        at_ = end + dollars;
    }
    void picture() {
        const std::size_t middle = text_.find("](", at_), end = text_.find(')', middle);
        if (middle == std::string_view::npos || end == std::string_view::npos) throw Error("a picture without an end");
        const std::string alt(text_.substr(at_ + 2, middle - at_ - 2)),
            source(text_.substr(middle + 2, end - middle - 2));
        out_ += "@htmlonly <img src=\"" + html_text(page_.picture(source)) + "\" alt=\"" + html_text(alt) +
                "\"/> @endhtmlonly";
        at_ = end + 1;
    }
    void link() {
        const std::size_t end = text_.find(')', at_);
        if (end == std::string_view::npos) throw Error("a link without an end");
        out_ += "](" + page_.link(std::string(text_.substr(at_ + 2, end - at_ - 2))) + ")";
        at_ = end + 1;
    }
    void comment() {
        const std::size_t end = text_.find("-->", at_);
        at_ = end == std::string_view::npos ? text_.size() : end + 3;
    }

    const PageSource& page_;
    std::string_view text_;
    std::size_t at_ = 0, end_of_strong_ = std::string_view::npos;
    std::string out_;
};

/// A heading a level higher, with a name: the title is the page's own.
std::string heading(const PageSource& page, const std::string& line, std::map<std::string, int>& seen) {
    const std::size_t level = run_of(line, 0, '#');
    const std::string text = line.substr(line.find_first_not_of(' ', level));
    std::string anchor = heading_anchor(text);
    if (const int before = seen[anchor]++; before > 0) anchor += "-" + std::to_string(before);
    return std::string(level - 1, '#') + " " + Prose(page, text).translated() + " {#" +
           section_name(page.name, anchor) + "}\n";
}

/// What Doxygen colours a fenced block as.
std::string fence(const std::string& language) {
    for (const char* known : {"cpp", "cuda"})
        if (language == known) return "```{.cpp}\n";
    return "```{.unparsed}\n";
}

}  // namespace

std::string heading_anchor(std::string_view heading) {
    std::string anchor;
    for (const char c : heading) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || byte >= 0x80 || c == '-' || c == '_')
            anchor += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
        if (c == ' ') anchor += '-';
    }
    return anchor;
}

std::string section_name(std::string_view page, std::string_view anchor) {
    return std::string(page) + "__" + std::string(anchor);
}

std::string page_title(std::string_view markdown) {
    if (!markdown.starts_with("# ")) throw Error("a page begins with its title, \"# \" and some words");
    return std::string(markdown.substr(2, markdown.find('\n') - 2));
}

std::string doxygen_page(const PageSource& page) {
    std::string out = "# " + page_title(page.markdown) + " {#" + page.name + "}\n\n[TOC]\n", prose;
    const auto flush = [&] {
        out += Prose(page, prose).translated();
        prose.clear();
    };
    std::istringstream lines(page.markdown);
    std::map<std::string, int> seen;
    std::string line;
    bool fenced = false, indented = false, after_blank = true;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        if (line.starts_with("```")) {
            flush();
            out += fenced ? "```\n" : fence(line.substr(3));
            fenced = !fenced;
            continue;
        }
        indented = line.starts_with("    ") && (after_blank || indented);
        after_blank = line.empty();
        if (fenced || indented) {
            flush();
            out += line + "\n";
        } else if (line.starts_with("##")) {
            flush();
            out += heading(page, line, seen);
        } else {
            prose += line + "\n";
        }
    }
    flush();
    if (fenced) throw Error("a fenced block without an end");
    return out;
}

}  // namespace wb::grader
