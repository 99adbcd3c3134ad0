/// `./workbook gradebook show | export | regrade | comment | policy`.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>
#include <set>
#include <sstream>

#include "commands/commands.hpp"
#include "files/files.hpp"
#include "gradebook/canvas.hpp"
#include "gradebook/class_page.hpp"
#include "gradebook/costs.hpp"
#include "gradebook/export.hpp"
#include "gradebook/standing.hpp"
#include "gradebook/student_page.hpp"
#include "report/terminal.hpp"
#include "text/nearest.hpp"
#include "text/utf8.hpp"

namespace wb::grader {
namespace {

void show_class(const Gradebook& book) {
    const Paint paint(style_of_stdout());
    std::vector<std::vector<std::string>> rows{{"id", "name", "state", "automatic", "manual", "total", "remarks"}};
    for_each_standing(book, [&](const Standing& standing) {
        rows.push_back({standing.id, shown_name(standing.name), std::string(name_of(standing.state)),
                        points_text(standing.report.score()), points_text(standing.manual()),
                        fmt::format("{} / {}", points_text(standing.total()), points_text(standing.max_total())),
                        remarks_of(standing)});
    });
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i + 1 < row.size(); ++i) line += padded(row[i], widths[i] + 2);
        line += row.back();
        line.erase(line.find_last_not_of(' ') + 1);
        std::cout << (&row == &rows.front() ? paint.bold(line) : line) << "\n";
    }
    std::cout << policy_in_words(book.late_policy()) << "\n";
}

void show_submission(const Gradebook& book, const std::string& id) {
    const Standing standing = standing_of(book, id);
    TerminalStyle style = style_of_stdout();
    style.live = false;
    TerminalReport terminal(std::cout, style, standing.report);
    for (const ChapterReport& chapter : standing.report.chapters) {
        for (const ExerciseReport& exercise : chapter.exercises) terminal.update(standing.report, exercise);
    }
    terminal.finish(standing.report, "");
    for (const MarkedAnswer& one : standing.answers) {
        if (one.answer.empty() && one.marked_by.empty()) continue;
        std::cout << fmt::format("\n{} {}: {} of {} points\n", one.exercise, one.question,
                                 one.points ? points_text(*one.points) : "?", points_text(one.max_points));
        std::istringstream lines(clean_text(one.answer));
        for (std::string line; std::getline(lines, line);) std::cout << "    " << line << "\n";
        if (!one.marked_by.empty())
            std::cout << fmt::format("  {}, {}: {}\n", shown_name(one.marked_by), time_text(one.marked_at),
                                     clean_text(one.comment));
    }
    std::cout << "\n"
              << fmt::format("{} {}: {}. {} automatic and {} manual points{} make {} of {}.\n", standing.id,
                             shown_name(standing.name), name_of(standing.state), points_text(standing.report.score()),
                             points_text(standing.manual()),
                             standing.late.days > 0 ? ", " + late_in_words(standing.late) + "," : "",
                             points_text(standing.total()), points_text(standing.max_total()));
    if (const std::string sandbox = standing.report.sandbox(); !sandbox.empty())
        std::cout << "Sandbox: " << sandbox << ".\n";
    if (!standing.remark.empty()) std::cout << clean_text(standing.remark) << "\n";
    std::cout << clean_text(standing.left_out) << (standing.left_out.empty() ? "" : "\n");
    for (const AttemptSummary& one : history_of(book, id)) {
        std::cout << fmt::format("version {}, attempt {} ({}): {} of {} exercises, {} points, {}{}{}\n", one.version,
                                 one.attempt, shown_name(one.reason), one.graded, one.exercises, points_text(one.score),
                                 one.state, one.last_graded_at ? ", " + time_text(*one.last_graded_at) : "",
                                 one.version == standing.number ? " (this version counts)" : "");
    }
}

std::filesystem::path folder_for(const GradebookOptions& options, const char* what) {
    if (options.file.empty())
        throw UsageError(fmt::format(
            "gradebook export {0}: expected a folder for the {1}. Try: ./workbook gradebook export BOOK {0} "
            "{1}/",
            options.format, what));
    return options.file;
}

/// FOLDER/ID.json for each submission.
void export_for_gradescope(const Gradebook& book, const std::filesystem::path& folder) {
    for_each_standing(book, [&](const Standing& standing) {
        write_atomically(folder / (standing.id + ".json"), gradescope_text(standing));
    });
}

/// Removes pages that an earlier export left, of submissions that are not in the book. Other files stay.
void remove_other_pages(const std::filesystem::path& folder, const std::set<std::string>& files) {
    std::vector<std::filesystem::path> others;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::filesystem::path& path = entry.path();
        if (path.extension() == ".html" && entry.symlink_status().type() == std::filesystem::file_type::regular &&
            !files.contains(path.filename().string()) && is_student_page(read_text(path)))
            others.push_back(path);
    }
    for (const std::filesystem::path& path : others) std::filesystem::remove(path);
    if (!others.empty())
        std::cout << fmt::format("Removed {} of submissions that are not in this book.\n",
                                 others.size() == 1 ? "a page" : std::to_string(others.size()) + " pages");
}

/// FOLDER/index.html for those who teach, and a page for each student.
void export_as_html(const Gradebook& book, const std::filesystem::path& folder) {
    ClassFigures figures;
    std::set<std::string> files{"index.html"};
    for_each_standing(book, [&](const Standing& standing) {
        figures.add(standing);
        const std::string file = page_file_of(standing.id);
        write_atomically(folder / file, student_page(standing));
        files.insert(file);
    });
    write_atomically(folder / "index.html", class_page(figures, book.late_policy()));
    remove_other_pages(folder, files);
}

std::string merged_for_canvas(const Gradebook& book, const GradebookOptions& options) {
    if (options.into.empty() || options.column.empty())
        throw UsageError(
            "gradebook export canvas: expected --into EXPORT.csv, which Canvas wrote, and --column with the "
            "assignment's name");
    const CanvasMerge merge =
        merge_into_canvas(book, read_text(options.into), options.into.string(), options.column, options.match);
    const auto say = [](const char* what, const std::vector<std::string>& ids) {
        if (!ids.empty()) std::cerr << what << listed(ids) << "\n";
    };
    say("In Canvas only, and left as they were: ", merge.without);
    say("In the book only: ", merge.unknown);
    if (!merge.remark.empty()) std::cerr << merge.remark << "\n";
    return merge.csv;
}

std::string this_user() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

}  // namespace

int show_gradebook_command(const GradebookOptions& options) {
    const Gradebook book(options.book, Database::Missing::is_an_error);
    if (options.costs && !options.submission.empty())
        throw UsageError("gradebook show: --costs are those of the class. Leave " + options.submission + " out");
    if (options.costs)
        write_costs(costs_of(book), std::cout);
    else if (options.submission.empty())
        show_class(book);
    else
        show_submission(book, options.submission);
    return 0;
}

int export_gradebook_command(const GradebookOptions& options) {
    const std::vector<std::string> formats{"csv", "json", "junit", "gradescope", "canvas", "html"};
    if (std::find(formats.begin(), formats.end(), options.format) == formats.end())
        throw UsageError("gradebook export: expected " + listed(formats, "or") + ", got \"" + options.format + "\"." +
                         did_you_mean(options.format, formats));
    const Gradebook book(options.book, Database::Missing::is_an_error);
    if (options.format == "gradescope") {
        export_for_gradescope(book, folder_for(options, "results"));
        return 0;
    }
    if (options.format == "html") {
        export_as_html(book, folder_for(options, "pages"));
        return 0;
    }
    std::ostringstream text;
    if (options.format == "csv") write_csv(book, text);
    if (options.format == "json") write_json(book, text);
    if (options.format == "junit") write_junit(book, text);
    if (options.format == "canvas") text << merged_for_canvas(book, options);
    if (options.file.empty()) {
        std::cout << text.str() << std::flush;
        return 0;
    }
    if (options.file.has_parent_path() && !std::filesystem::is_directory(options.file.parent_path()))
        throw FileError("cannot write " + options.file.string() + ": there is no folder " +
                        options.file.parent_path().string());
    write_atomically(options.file, text.str());
    return 0;
}

int regrade_command(const GradebookOptions& options) {
    Gradebook book(options.book, Database::Missing::is_an_error);
    const int asked = book.ask_again(options.submissions, options.exercises,
                                     clean_text(options.reason.empty() ? "regrade" : options.reason, 500));
    std::cout << fmt::format("{} {} to be graded again, by: ./workbook grade --class FOLDER --book {} --resume\n",
                             asked, asked == 1 ? "submission is" : "submissions are", options.book.string());
    return 0;
}

int comment_command(const GradebookOptions& options) {
    if (!options.points && options.comment.empty())
        throw UsageError("gradebook comment: nothing to write down. Try: --points 2 --text \"True, but why?\"");
    Gradebook book(options.book, Database::Missing::is_an_error);
    const std::string& id = options.submission;
    const Standing standing = standing_of(book, id);
    if (standing.version == 0)
        throw UsageError("submission \"" + id + "\" has no answers: it is " + std::string(name_of(standing.state)));
    book.mark(standing.version, options.exercise, options.question, options.points, clean_text(options.comment),
              options.by.empty() ? this_user() : clean_text(options.by, 100));
    return 0;
}

int policy_command(const GradebookOptions& options) {
    Gradebook book(options.book, Database::Missing::is_an_error);
    LatePolicy policy = book.late_policy();
    if (options.due) {
        policy.due = time_of(*options.due);
        if (!policy.due && *options.due != "none")
            throw UsageError("--due: expected a time such as 2026-11-30T23:59+01:00, or none, got \"" + *options.due +
                             "\"");
    }
    if (options.grace_minutes) policy.grace = static_cast<std::int64_t>(60 * *options.grace_minutes);
    if (options.percent_per_day) policy.percent_per_day = *options.percent_per_day;
    if (options.days) {
        std::int64_t days = 0;
        const auto& text = *options.days;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
        if (text == "any")
            policy.days.reset();
        else if (error == std::errc() && end == text.data() + text.size() && days >= 0)
            policy.days = days;
        else
            throw UsageError("--days: expected a whole number >= 0, or any, got \"" + text + "\"");
    }
    if (options.counts) {
        if (*options.counts != "last" && *options.counts != "best")
            throw UsageError("--counts: expected last or best, got \"" + *options.counts + "\"." +
                             did_you_mean(*options.counts, {"last", "best"}));
        policy.best = *options.counts == "best";
    }
    book.set_late_policy(policy);
    std::cout << policy_in_words(policy) << "\n";
    return 0;
}

}  // namespace wb::grader
