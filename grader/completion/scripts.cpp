#include "completion/scripts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "course/course.hpp"

namespace wb::grader {
namespace {

std::string spaced(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

/// As one word of a shell: bash, zsh and fish agree on it but for the apostrophe, which is left out of descriptions.
std::string shell_word(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '`');
    return "'" + text + "'";
}

/// "--jobs --json .."
std::string option_names(const CompletedCommand& command) {
    std::string text;
    for (const auto& option : command.options) text += (text.empty() ? "" : " ") + spaced(option.names);
    return text;
}

/// The tables that bash and zsh share, as functions that set variables.
std::string shared_tables(const CompletionModel& model) {
    std::string text = "_workbook_command() {  # what may follow the command $1\n    case $1 in\n";
    for (const CompletedCommand& command : model.commands)
        text += fmt::format("        {}) parts={} options={} kinds={} ;;\n", shell_word(command.path),
                            shell_word(spaced(command.parts)), shell_word(option_names(command)),
                            shell_word(spaced(command.kinds)));
    text +=
        "    esac\n}\n_workbook_option() {  # what the option \"$2\" of the command $1 takes\n    case \"$1 $2\" in\n";
    for (const CompletedCommand& command : model.commands) {
        for (const auto& option : command.options) {
            for (const std::string& name : option.names) {
                if (!option.kinds.empty())
                    text += fmt::format("        {}) kinds={} ;;\n", shell_word(command.path + " " + name),
                                        shell_word(spaced(option.kinds)));
            }
        }
    }
    text += "        *) return 1 ;;\n    esac\n}\n_workbook_words() {\n    case $1 in\n";
    for (const auto& [kind, words] : model.words)
        text += fmt::format("        {}) echo {} ;;\n", kind, shell_word(spaced(words)));
    return text + "    esac\n}\n";
}

std::string bash_script(const CompletionModel& model) {
    return "# Completion of ./workbook in bash: source <(./workbook completion bash)\n" + shared_tables(model) +
           R"sh(_workbook() {
    local command= parts options kinds word i cur=${COMP_WORDS[COMP_CWORD]}
    _workbook_command ''
    for ((i = 1; i < COMP_CWORD; ++i)); do
        word=${COMP_WORDS[i]}
        case " $parts " in *" $word "*) command=${command:+$command }$word; _workbook_command "$command" ;; esac
    done
    COMPREPLY=()
    if ! _workbook_option "$command" "${COMP_WORDS[COMP_CWORD - 1]}"; then
        case $cur in
            -*) COMPREPLY=($(compgen -W "$options" -- "$cur")); return ;;
        esac
        COMPREPLY=($(compgen -W "$parts" -- "$cur"))
    fi
    for word in $kinds; do
        case $word in
            FILE | DIR)
                compopt -o filenames 2>/dev/null
                mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen $([ "$word" = DIR ] && echo -d || echo -f) -- "$cur") ;;
            *) COMPREPLY+=($(compgen -W "$(_workbook_words "$word")" -- "$cur")) ;;
        esac
    done
}
complete -F _workbook workbook ./workbook
)sh";
}

std::string zsh_script(const CompletionModel& model) {
    std::string described = "_workbook_described=(\n";
    for (const CompletedCommand& command : model.commands) {
        if (!command.path.empty() && command.path.find(' ') == std::string::npos)
            described += "    " + shell_word(command.path + ":" + command.description) + "\n";
    }
    return "#compdef workbook\n# Completion of ./workbook in zsh, after compinit: source <(./workbook completion "
           "zsh)\n" +
           shared_tables(model) + described + ")\n" +
           R"sh(_workbook() {
    local command= parts= options= kinds= word
    _workbook_command ''
    for word in "${(@)words[2,CURRENT-1]}"; do
        case " $parts " in (*" $word "*) command=${command:+$command }$word; _workbook_command "$command" ;; esac
    done
    if ! _workbook_option "$command" "${words[CURRENT-1]}"; then
        if [[ ${words[CURRENT]} = -* ]]; then
            compadd -- ${=options}
            return
        elif [[ -z $command ]]; then
            _describe command _workbook_described
            return
        fi
        compadd -- ${=parts}
    fi
    for word in ${=kinds}; do
        case $word in
            (FILE) _files ;;
            (DIR) _files -/ ;;
            (*) compadd -- $(_workbook_words "$word") ;;
        esac
    done
}
compdef _workbook workbook
)sh";
}

/// fish: a line for each thing that can be completed, and when.
std::string fish_script(const CompletionModel& model) {
    std::string text =
        "# Completion of ./workbook in fish: ./workbook completion fish | source\ncomplete -c workbook -f\n";
    const auto offer = [&](const std::vector<std::string>& kinds) {
        std::string words;
        for (const std::string& kind : kinds) {
            if (kind == "FILE") return std::string(" -F");
            if (kind == "DIR") return std::string(" -a '(__fish_complete_directories)'");
            if (const auto found = model.words.find(kind); found != model.words.end())
                words += (words.empty() ? "" : " ") + spaced(found->second);
        }
        return words.empty() ? "" : " -a " + shell_word(words);
    };
    for (const CompletedCommand& command : model.commands) {
        std::string when = command.path.empty() ? "__fish_use_subcommand" : "";
        for (std::size_t at = 0; at < command.path.size();) {
            const std::size_t end = std::min(command.path.find(' ', at), command.path.size());
            when +=
                (when.empty() ? "" : "; and ") + ("__fish_seen_subcommand_from " + command.path.substr(at, end - at));
            at = end + 1;
        }
        const std::string start = "complete -c workbook -n " + shell_word(when);
        for (const std::string& part : command.parts) {
            const std::string path = command.path.empty() ? part : command.path + " " + part;
            const auto below = std::find_if(model.commands.begin(), model.commands.end(),
                                            [&](const CompletedCommand& one) { return one.path == path; });
            text += start + " -a " + part +
                    (below == model.commands.end() ? "" : " -d " + shell_word(below->description)) + "\n";
        }
        if (const std::string words = offer(command.kinds); !words.empty()) text += start + words + "\n";
        for (const auto& option : command.options) {
            std::string line = start;
            for (const std::string& name : option.names)
                line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (!option.kinds.empty()) {
                const std::string words = offer(option.kinds);
                line += (words == " -F" ? " -r" : " -x") + words;  // -x: nothing but the words
            }
            text += line + " -d " + shell_word(option.description) + "\n";
        }
    }
    return text;
}

}  // namespace

std::string completion_script(const CompletionModel& model, const std::string& shell) {
    if (shell == "bash") return bash_script(model);
    if (shell == "zsh") return zsh_script(model);
    if (shell == "fish") return fish_script(model);
    throw UsageError("completion: expected bash, zsh or fish, got " +
                     (shell.empty() ? "no shell" : "\"" + shell + "\"") + ". Try: ./workbook completion bash");
}

}  // namespace wb::grader
