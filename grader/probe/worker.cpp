#include "probe/worker.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iostream>
#include <vector>

#include "wb/safetensors.hpp"

namespace wb::simt::profile {
/// Of the engine's profile build; weak, for workers of the other builds do not have it.
[[gnu::weak]] std::string take_profiles_as_text();
}  // namespace wb::simt::profile

namespace wb::grader {
namespace {

std::vector<BindFunction>& bindings() {
    static std::vector<BindFunction> list;
    return list;
}

bool read_all(void* data, std::size_t size) {
    auto* next = static_cast<std::byte*>(data);
    while (size > 0) {
        const ssize_t got = ::read(worker_channel, next, size);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        next += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool write_all(const void* data, std::size_t size) {
    const auto* next = static_cast<const std::byte*>(data);
    while (size > 0) {
        const ssize_t put = ::write(worker_channel, next, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        next += put;
        size -= static_cast<std::size_t>(put);
    }
    return true;
}

/// The names of every type in the list that the exception is.
template <class... E>
std::vector<std::string> names_of(const std::exception* error, std::tuple<E...>*) {
    std::vector<std::string> names;
    const auto add = [&](std::string_view name, bool is_one) {
        if (is_one) names.emplace_back(name);
    };
    (add(error_name<E>(), dynamic_cast<const E*>(error) != nullptr), ...);
    return names;
}

constexpr std::size_t max_message_bytes = 8192;

}  // namespace

Binding::Binding(BindFunction bind) {
    bindings().push_back(bind);
}

Reply Worker::answer(const std::string& probe, const Bytes& question) const {
    Reply reply;
    if (probe == counters_probe && &simt::profile::take_profiles_as_text != nullptr) {
        Writer writer;
        writer.put(simt::profile::take_profiles_as_text());
        reply.value = writer.take();
        return reply;
    }
    const auto found = answers_.find(probe);
    if (found == answers_.end()) {
        reply.kind = Reply::Kind::threw;
        reply.message = "the worker has no function bound to the probe " + probe;
        return reply;
    }
    try {
        Reader reader(question);
        reply.value = found->second(reader);
    } catch (const NotImplemented& missing) {
        reply.kind = Reply::Kind::not_implemented;
        reply.message = missing.what();
    } catch (const std::exception& error) {
        reply.kind = Reply::Kind::threw;
        reply.types = names_of(&error, static_cast<ErrorTypes*>(nullptr));
        reply.message = std::string(error.what()).substr(0, max_message_bytes);
    } catch (...) {
        reply.kind = Reply::Kind::threw;
        reply.message = "something that is not a std::exception";
    }
    return reply;
}

int Worker::run(int argc, char** argv) const {
    Worker worker = *this;
    for (const BindFunction fill : bindings()) fill(worker);
    if (argc == 3 && std::strcmp(argv[1], "--replay") == 0) return worker.replay(argv[2]);

    FrameHeader header;
    while (read_all(&header, sizeof header)) {
        if (header.magic != FrameHeader{}.magic || header.size > max_frame_bytes) return 3;
        Bytes frame(header.size);
        if (!read_all(frame.data(), frame.size())) return 3;
        Reader reader(frame);
        const auto probe = reader.get<std::string>();
        const auto question = reader.get<Bytes>();
        Writer writer;
        writer.put(worker.answer(probe, question));
        // What the submission printed must be in the judge's hands before the answer is.
        std::fflush(nullptr);
        std::cout.flush();
        header.size = writer.bytes().size();
        if (!write_all(&header, sizeof header) || !write_all(writer.bytes().data(), writer.bytes().size())) return 3;
    }
    return 0;
}

int Worker::replay(const char* path) const {
    const SafeTensors kept = read_safetensors(path);
    const auto probe = kept.metadata.find("probe");
    const auto question = kept.tensors.find("question");
    if (probe == kept.metadata.end() || question == kept.tensors.end()) {
        std::cerr << path << ": not a kept question (no 'probe', or no tensor 'question')\n";
        return 2;
    }
    std::cout << "asking " << probe->second << " again\n" << std::flush;
    const Reply reply = answer(probe->second, question->second.bytes);
    switch (reply.kind) {
        case Reply::Kind::value:
            std::cout << "answered " << reply.value.size() << " bytes\n";
            break;
        case Reply::Kind::not_implemented:
            std::cout << reply.message << '\n';
            break;
        case Reply::Kind::threw:
            std::cout << "threw " << (reply.types.empty() ? "" : reply.types.front() + ": ") << reply.message << '\n';
            break;
    }
    return 0;
}

}  // namespace wb::grader

int main(int argc, char** argv) {
    try {
        return wb::grader::Worker().run(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "worker: " << error.what() << '\n';
        return 3;
    }
}
