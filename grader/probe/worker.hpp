/// @file
/// The worker's side of a probe: a table from question to the submission's function, and the loop that answers.
/// A worker is the only process that holds a submission's code. It is given nothing but questions: no expected values, no seeds.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "probe/probe.hpp"

namespace wb::grader {

/// Answers questions with the functions bound to them.
class Worker {
 public:
    /// Answers `probe` with `function`, which takes the probe's arguments and returns its answer.
    template <class R, class... Args, class F>
    void bind(const Probe<R(Args...)>& probe, F function) {
        static_assert(std::is_invocable_r_v<R, F, Args...>, "the function's signature does not fit the probe");
        answers_[std::string(probe.name())] = [function = std::move(function)](Reader& question) {
            std::tuple<Args...> args{question.get<Args>()...};  // braces: read left to right
            question.finish();
            Writer writer;
            writer.put<R>(
                std::apply([&](auto&... arg) -> R { return std::invoke(function, std::move(arg)...); }, args));
            return writer.take();
        };
    }

    /// The answer to one question, exceptions included.
    [[nodiscard]] Reply answer(const std::string& probe, const Bytes& question) const;

    /// Reads questions from `worker_channel` until it is closed; with `--replay FILE`, asks itself the question kept in FILE and
    /// prints the outcome (for a debugger).
    /// @return the process's exit status
    int run(int argc, char** argv) const;

 private:
    int replay(const char* path) const;
    std::map<std::string, std::function<Bytes(Reader&)>> answers_;
};

/// Binds a chapter's probes. Each file of bindings registers one such function with `WB_BIND`.
using BindFunction = void (*)(Worker&);

/// Adds `bind` to those that fill the table when the worker starts.
struct Binding {
    explicit Binding(BindFunction bind);
};

}  // namespace wb::grader

/// Defines and registers a function that binds probes: `WB_BIND(attention) { worker.bind(probes::x, &x); }`
#define WB_BIND(name)                                                                             \
    static void bind_##name(::wb::grader::Worker& worker);                                        \
    static const ::wb::grader::Binding binding_##name{&bind_##name}; /* NOLINT(cert-err58-cpp) */ \
    static void bind_##name(::wb::grader::Worker& worker)
