/// @file
/// A probe is one typed question that tests may ask a submission. It is declared once, in a chapter's probes.hpp; the chapter's
/// worker.cpp binds it to the submission's function, and a test calls it like that function.
///
///     inline const Probe<AttentionResult(Tensor<4>, Tensor<4>, Tensor<4>, Mask)> scaled_dot_product{"2.1/scaled_dot_product"};
///
/// In the judge a call sends a frame to the worker and decodes the reply; a crash, a hang or garbage ends the test with that status.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "probe/codec.hpp"
#include "probe/reply.hpp"

namespace wb::grader {

/// Sends a question to the current worker and waits for the answer. Defined in the judge only.
/// Never returns `not_implemented`: that, a crash, a hang and garbage end the test (see judge/verdict.hpp).
Reply ask(std::string_view probe, Bytes question);

/// Ends the test: the worker's answer to `probe` is not what its type says. Defined in the judge only.
[[noreturn]] void protocol_error(std::string_view probe, std::string_view what);

/// Ends the test as failed: the submission threw. Defined in the judge only.
[[noreturn]] void submission_threw(std::string_view probe, const Reply& reply);

/// Fails the test, without ending it. Defined in the judge only.
void fail(std::string_view message, const char* file, int line);

template <class Signature>
class Probe;

/// A question with arguments `Args` and an answer of type `R`.
template <class R, class... Args>
class Probe<R(Args...)> {
    static_assert((std::is_same_v<Args, std::decay_t<Args>> && ...),
                  "a probe's arguments cross a pipe: take them by value");
    static_assert(!std::is_void_v<R>, "a probe answers something");

 public:
    using Answer = R;

    /// @param name  "<exercise>/<question>", unique within the chapter
    explicit constexpr Probe(const char* name) : name_(name) {}

    [[nodiscard]] constexpr std::string_view name() const { return name_; }

    /// Asks the worker. Ends the test when the submission throws, crashes, hangs or answers garbage.
    R operator()(const Args&... args) const {
        const Reply reply = ask(name_, encode(args...));
        if (reply.kind != Reply::Kind::value) submission_threw(name_, reply);
        return decode(reply.value);
    }

    /// Asks a question that the contract answers with an exception of type `E` (or derived from it).
    /// @return the exception's text; empty, with the test failed, when nothing or something else was thrown
    template <class E>
    std::string expect_error(const Args&... args, const char* file = __builtin_FILE(),
                             int line = __builtin_LINE()) const {
        const Reply reply = ask(name_, encode(args...));
        const std::string wanted(error_name<E>());
        if (reply.kind == Reply::Kind::value) {
            fail(std::string(name_) + ": expected an exception of type " + wanted + ", but the call returned a value",
                 file, line);
            return {};
        }
        for (const auto& type : reply.types) {
            if (type == wanted) return reply.message;
        }
        fail(
            std::string(name_) + ": expected an exception of type " + wanted + ", got " +
                (reply.types.empty() ? "one that is not a std::exception" : reply.types.front() + ": " + reply.message),
            file, line);
        return {};
    }

 private:
    static Bytes encode(const Args&... args) {
        Writer writer;
        (writer.put(args), ...);
        return writer.take();
    }
    R decode(const Bytes& bytes) const {
        try {
            Reader reader(bytes);
            R value = reader.template get<R>();
            reader.finish();
            return value;
        } catch (const CodecError& error) {
            protocol_error(name_, error.what());
        }
    }

    const char* name_;
};

}  // namespace wb::grader

namespace wb {
using grader::Probe;
}
