/// @file
/// Binds the probes of exercise 4.4 to the submission's functions.
#include <stdlib.h>  // mkdtemp
#include <unistd.h>

#include <filesystem>
#include <string>

#include "probe/worker.hpp"
#include "vit_checkpoint_probes.hpp"
#include "wb/byte_source.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

/// A folder that goes with its owner.
class TemporaryFolder {
 public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "vit_checkpoint.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw FileError(name + ": cannot be made");
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] std::filesystem::path file() const { return path_ / "model.safetensors"; }

 private:
    std::filesystem::path path_;
};

probes::LoadAnswer load(const std::filesystem::path& file, const VisionTransformer& model) {
    const ParameterList<float> before(model);  // those that a copy made now would share
    probes::LoadAnswer answer;
    try {
        load_checkpoint(file, model);
    } catch (const FileError& error) {
        answer.error = error.what();
        for (std::size_t at = 0; (at = answer.error.find(file.string(), at)) != std::string::npos;)
            answer.error.replace(at, file.string().size(), "FILE");
        if (answer.error.empty()) answer.error = "(an error without words)";
    }
    answer.parameters = copy_weights(before);
    return answer;
}

std::vector<std::string> ask_problems(const VitOptions& options, const std::vector<StoredTensor>& stored) {
    Random random(1);
    return checkpoint_problems(stored, ParameterList<float>(VisionTransformer(options, random)));
}

probes::LoadAnswer ask_load(const VitOptions& options, const ModelWeights& before,
                            const std::vector<std::byte>& bytes) {
    Random random(1);
    const VisionTransformer model(options, random);
    set_weights(ParameterList<float>(model), before);
    const TemporaryFolder folder;
    write_atomically(folder.file(), {bytes});
    return load(folder.file(), model);
}

probes::LoadAnswer ask_load_nothing(const VitOptions& options) {
    Random random(1);
    const TemporaryFolder folder;
    return load(folder.file(), VisionTransformer(options, random));
}

}  // namespace

WB_BIND(vit_checkpoint) {
    worker.bind(probes::checkpoint_problems, &ask_problems);
    worker.bind(probes::load_checkpoint, &ask_load);
    worker.bind(probes::load_nothing, &ask_load_nothing);
}

}  // namespace wb
