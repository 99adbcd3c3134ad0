#include "gradebook_words.hpp"

#include <charconv>
#include <cmath>

namespace wb::grader {
namespace {

/// A number >= 0, or one line that says what was got.
void add_number(CLI::App* command, const std::string& name, std::optional<double>& number, const std::string& help) {
    command
        ->add_option_function<std::string>(
            name,
            [name, &number](const std::string& text) {
                double value = 0;
                const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
                if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
                    throw UsageError(name + ": expected a number >= 0, got \"" + text + "\"");
                number = value;
            },
            help)
        ->type_name("N");
}

}  // namespace

void add_gradebook(CLI::App& app, GradebookOptions& options, const OnCommand& on) {
    auto* gradebook =
        app.add_subcommand("gradebook", "what grade --class has written down, and what persons add to it");
    gradebook->require_subcommand(1);
    const auto part = [&](const char* name, const char* help, int (*command)(const GradebookOptions&)) {
        auto* one = gradebook->add_subcommand(name, help);
        one->add_option("book", options.book, "the gradebook")->required()->type_name("BOOK");
        on(one, [&options, command](const Desk&) { return command(options); });
        return one;
    };
    auto* show = part("show", "a line for each submission; or all about one", show_gradebook_command);
    show->add_option("submission", options.submission, "its id")->type_name("ID");
    show->add_flag("--costs", options.costs, "what grading the class took: time, workers, memory, bytes");

    auto* exported = part("export", "for other programs", export_gradebook_command);
    exported
        ->add_option("format", options.format,
                     "csv, json, junit, gradescope (a folder of results), canvas or html (a folder of pages)")
        ->required();
    exported->add_option("file", options.file, "where to (default: standard output)")->type_name("FILE");
    exported->add_option("--into", options.into, "canvas: the gradebook as Canvas exported it")->type_name("CSV");
    exported->add_option("--column", options.column, "canvas: the assignment whose points these are")
        ->type_name("NAME");
    exported->add_option("--match", options.match, "canvas: the column with this book's ids (default: SIS Login ID)")
        ->type_name("NAME");

    auto* plan = part("plan", "what a larger class would take, by this one's costs: cores, hours, gigabytes",
                      plan_gradebook_command);
    plan->add_option("--per-week", options.per_week, "submissions, such as 1000,100000 (default)")
        ->delimiter(',')
        ->type_name("LIST");
    add_number(plan, "--wait", options.wait_minutes, "minutes that 95 % may wait at most (default: 10)");
    add_number(plan, "--rush", options.rush_hours,
               "hours before the deadline in which the rush is at its height (default: 1)");

    auto* regrade = part("regrade", "have submissions graded again by grade --resume; what they had stays written down",
                         regrade_command);
    regrade->add_option("submissions", options.submissions, "their ids (default: all)")->type_name("ID");
    regrade->add_option("--exercises", options.exercises, "only these, such as 2.1,2.3")
        ->delimiter(',')
        ->type_name("LIST");
    regrade->add_option("--reason", options.reason, "for the history")->type_name("TEXT");

    auto* comment = part("comment", "points and words for an answer that a person marks", comment_command);
    comment->add_option("submission", options.submission, "its id")->required()->type_name("ID");
    comment->add_option("exercise", options.exercise, "such as 2.9")->required();
    comment->add_option("question", options.question, "the question's id")->required();
    add_number(comment, "--points", options.points, "for the answer");
    comment->add_option("--text", options.comment, "what the student reads")->type_name("TEXT");
    comment->add_option("--by", options.by, "who says so (default: the user)")->type_name("NAME");

    auto* policy =
        part("policy", "what lateness costs, and which version counts; without options: say it", policy_command);
    policy->add_option("--due", options.due, "a time such as 2026-11-30T23:59+01:00, or none")->type_name("TIME");
    add_number(policy, "--grace", options.grace_minutes, "minutes that are forgiven");
    add_number(policy, "--percent", options.percent_per_day, "of the points earned, off for each day begun");
    policy->add_option("--days", options.days, "after these nothing is left, or any")->type_name("N");
    policy->add_option("--counts", options.counts, "of several versions: last or best")->type_name("WORD");
}

}  // namespace wb::grader
