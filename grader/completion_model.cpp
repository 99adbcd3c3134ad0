#include "completion_model.hpp"

namespace wb::grader {
namespace {

/// "FOLDER|CSV" to DIR and FILE; a type name that is nobody's kind stays, and has nothing to offer.
std::vector<std::string> kinds_of(const CLI::Option& option) {
    std::vector<std::string> kinds;
    for (const std::string& word : CLI::detail::split(option.get_type_name(), '|')) {
        if (word == "FOLDER" || word == "CLASS") {
            kinds.emplace_back("DIR");
        } else if (word.starts_with("FILE") || word == "CSV" || word == "ARCHIVE") {
            kinds.emplace_back("FILE");
        } else if (!word.empty()) {
            kinds.push_back(word == "LIST" ? "CHAPTER" : word);
        }
    }
    return kinds;
}

void add_commands(const CLI::App& app, const std::string& path, std::vector<CompletedCommand>& commands) {
    CompletedCommand command{.path = path, .description = app.get_description()};
    for (const CLI::Option* option : app.get_options()) {
        if (option->get_positional()) {
            for (const std::string& kind : kinds_of(*option)) command.kinds.push_back(kind);
            continue;
        }
        CompletedCommand::Option named{.names = {}, .description = option->get_description(), .kinds = {}};
        for (const std::string& name : option->get_lnames()) named.names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) named.names.push_back("-" + name);
        if (option->get_items_expected_max() > 0) named.kinds = kinds_of(*option);
        if (named.kinds.empty() && option->get_items_expected_max() > 0) named.kinds = {"TEXT"};
        command.options.push_back(std::move(named));
    }
    std::vector<const CLI::App*> below;
    for (const CLI::App* part : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (part->get_group().empty()) continue;  // not for people
        command.parts.push_back(part->get_name());
        below.push_back(part);
    }
    commands.push_back(std::move(command));
    for (const CLI::App* part : below)
        add_commands(*part, path.empty() ? part->get_name() : path + " " + part->get_name(), commands);
}

}  // namespace

CompletionModel completion_model(const CLI::App& app, const Desk& desk) {
    CompletionModel model;
    add_commands(app, "", model.commands);
    for (const char* kind : {"EXERCISE", "CHAPTER", "DEMO", "BENCHMARK"}) model.words[kind];
    for (const Chapter& chapter : desk.course.chapters) {
        model.words["CHAPTER"].push_back(chapter.id.substr(0, 2));
        for (const Exercise& exercise : chapter.exercises) model.words["EXERCISE"].push_back(exercise.id);
    }
    for (const auto& [id, tools] : desk.toolchain.chapters) {
        for (const auto& [demo, objects] : tools.demos) model.words["DEMO"].push_back(demo);
    }
    for (const auto& [name, program] : desk.toolchain.benchmarks) model.words["BENCHMARK"].push_back(name);
    model.words["SHELL"] = {"bash", "zsh", "fish"};
    return model;
}

}  // namespace wb::grader
