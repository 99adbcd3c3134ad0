// The chapters' demos, through the command line.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iterator>

#include "course.hpp"

namespace wb::course {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(KvSimulate, DrawsItsPictureBesideThePapersNumbers) {
    const std::filesystem::path out = scratch_folder();
    const Outcome outcome = workbook({"run", "kv-simulate", "--requests", "500", "--out", out.string()});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("ShareGPT-like"), HasSubstr("Orca Max"), HasSubstr("7.00 ( 7.00)")));
    EXPECT_GT(std::filesystem::file_size(out / "kv_simulate.png"), 10'000U);
}

TEST(KvSimulate, HostileTraceIsRefusedByFileAndLine) {
    const std::filesystem::path out = scratch_folder(), trace = out / "trace.csv";
    const std::pair<const char*, const char*> bad[] = {
        {"arrival,prompt,output\n0.5,10,20\n1,2000,49\n", ":3: prompt and output together are 2049 tokens"},
        {"arrival,prompt,output\n0,10,20\n\n-1,10,20\n", ":4: arrival: expected a number"},
        {"arrival,prompt,output\n0,10,1e3\n", ":2: output: expected a whole number from 1 to 2048, got \"1e3\""},
        {"arrival,prompt,output\n0,10\n", ":2: expected 3 cells"},
        {"time,prompt,output\n0,10,20\n", ":1: there is no column \"arrival\""},
        {"arrival,prompt,output\n", ":1: no request"},
        {"\x89PNG\r\n\x1a\n", ":2: a control character (code 26)"},
    };
    for (const auto& [content, words] : bad) {
        std::ofstream(trace, std::ios::binary) << content;
        const Outcome outcome = workbook({"run", "kv-simulate", "--trace", trace.string(), "--out", out.string()});
        EXPECT_EQ(outcome.exit_status, 2) << outcome.output;
        EXPECT_THAT(outcome.output, HasSubstr(trace.string() + words));
    }
    EXPECT_FALSE(std::filesystem::exists(out / "kv_simulate.png")) << "no picture of a trace that was refused";
}

TEST(KvSimulate, NumberOutOfRangeIsAUsageError) {
    const Outcome outcome = workbook({"run", "kv-simulate", "--requests", "0"});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.output, HasSubstr("--requests"));
}

TEST(Translate, AnswersWithTheModelThatComesWithTheWorkbook) {
    const std::filesystem::path out = scratch_folder();
    const Outcome outcome = workbook({"run", "translate", "--out", out.string(), "The air conditioning is working!"});
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr("ethay airway onditioningcay isway orkingway!"));
    EXPECT_GT(std::filesystem::file_size(out / "translate.png"), 10'000U);
}

/// A run of a few seconds: three epochs of a tiny model.
std::vector<std::string> tiny_training(const std::filesystem::path& out) {
    return {"run", "translate", "--best", "--hidden", "8", "--layers", "1", "--epochs", "3", "--out", out.string()};
}

/// Starts `workbook-cli WORDS...`, waits until it has printed `text`, and kills it as `kill -9` does.
void kill_when_printed(const std::vector<std::string>& words, const std::string& text) {
    std::vector<std::string> all{WB_CLI, "--toolchain", WB_TOOLCHAIN};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    std::string printed;
    char c = 0;
    while (printed.find(text) == std::string::npos && ::read(ends[0], &c, 1) == 1) printed += c;
    ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    ::close(ends[0]);
    EXPECT_TRUE(WIFSIGNALED(status)) << printed;
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Translate, AKilledTrainingRunGoesOnToTheSameNumbers) {
    const std::filesystem::path whole = scratch_folder() / "whole", killed = scratch_folder() / "killed";
    EXPECT_EQ(workbook(tiny_training(whole)).exit_status, 0);
    kill_when_printed(tiny_training(killed), "epoch 1/3");
    EXPECT_FALSE(std::filesystem::exists(killed / "translate_best" / "translator.safetensors"));
    const Outcome resumed = workbook(tiny_training(killed));
    EXPECT_EQ(resumed.exit_status, 0);
    EXPECT_THAT(resumed.output, HasSubstr("Going on after epoch"));
    for (const char* file : {"log.csv", "translator.safetensors"}) {
        const std::string expected = content_of(whole / "translate_best" / file);
        EXPECT_FALSE(expected.empty()) << file;
        EXPECT_TRUE(content_of(killed / "translate_best" / file) == expected) << file << " differs";
    }
}

TEST(Translate, AnotherRunsCheckpointIsRefusedWithWordsOnWhatToDo) {
    const std::filesystem::path out = scratch_folder();
    EXPECT_EQ(workbook(tiny_training(out)).exit_status, 0);
    for (const auto& [option, value] : {std::pair{"--hidden", "12"}, {"--seed", "2"}}) {
        std::vector<std::string> other = tiny_training(out);
        other.insert(other.end(), {option, value});
        if (std::string(option) == "--hidden") other.erase(other.begin() + 3, other.begin() + 5);
        const Outcome outcome = workbook(other);
        EXPECT_EQ(outcome.exit_status, 2);
        EXPECT_THAT(outcome.output, AllOf(HasSubstr("checkpoint.safetensors"), HasSubstr("--fresh")));
    }
}

/// A run of a second or two: three epochs of a tiny vision transformer.
std::vector<std::string> tiny_vit(const std::filesystem::path& out) {
    return {"run", "vit-train", "--pictures", "20000",   "--hidden", "16",       "--layers", "1",     "--heads",
            "2",   "--mlp",     "16",         "--patch", "7",        "--epochs", "3",        "--out", out.string()};
}

TEST(VitTrain, AKilledRunGoesOnToTheSameModel) {
    const std::filesystem::path whole = scratch_folder() / "whole", killed = scratch_folder() / "killed";
    const Outcome outcome = workbook(tiny_vit(whole));
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(content_of(whole / "config.json"), HasSubstr("\"7\": \"Sneaker\""));
    EXPECT_THAT(content_of(whole / "preprocessor_config.json"), HasSubstr("image_mean"));
    kill_when_printed(tiny_vit(killed), "epoch 1/3");
    EXPECT_FALSE(std::filesystem::exists(killed / "model.safetensors"));
    const Outcome resumed = workbook(tiny_vit(killed));
    EXPECT_EQ(resumed.exit_status, 0) << resumed.output;
    EXPECT_THAT(resumed.output, HasSubstr("Going on after epoch"));
    for (const char* file : {"log.csv", "model.safetensors"}) {
        const std::string expected = content_of(whole / file);
        EXPECT_FALSE(expected.empty()) << file;
        EXPECT_TRUE(content_of(killed / file) == expected) << file << " differs";
    }
    std::vector<std::string> other = tiny_vit(killed);
    other.insert(other.end(), {"--seed", "2"});
    const Outcome refused = workbook(other);
    EXPECT_EQ(refused.exit_status, 2);
    EXPECT_THAT(refused.output, AllOf(HasSubstr("checkpoint.safetensors"), HasSubstr("--fresh")));
}

/// Two waves and an offset, hour by hour: what a model of any size learns at once.
void write_waves(const std::filesystem::path& path, std::size_t rows, const std::string& row_100 = "") {
    std::ofstream file(path);
    file << "date,even,odd\n";
    for (std::size_t n = 0; n < rows; ++n) {
        const double angle = 0.2617993877991494 * static_cast<double>(n);  // 24 rows a turn
        file << "2024-01-" << (n / 24 < 9 ? "0" : "") << 1 + n / 24 << (n % 24 < 10 ? " 0" : " ") << n % 24 << ":00,";
        if (n == 100 && !row_100.empty()) {
            file << row_100 << '\n';
        } else {
            file << 5 + std::sin(angle) << ',' << 100 + 3 * std::cos(angle) << '\n';
        }
    }
}

std::vector<std::string> tiny_forecast(const std::filesystem::path& out, const std::filesystem::path& csv) {
    return {"run",          "forecast",  "--csv",     csv.string(), "--lookback",
            "24",           "--horizon", "6",         "--model",    "dlinear",
            "--variate",    "odd",       "--epochs",  "2",          "--model",
            "itransformer", "--model",   "direct",    "--model",    "encoder-decoder",
            "--layers",     "1",         "--d-model", "16",         "--d-ff",
            "16",           "--heads",   "2",         "--out",      out.string()};
}

TEST(Forecast, JudgesModelsAndBaselinesOnASeriesOfOnesOwn) {
    const std::filesystem::path out = scratch_folder(), csv = out / "waves.csv";
    write_waves(csv, 600);
    const Outcome outcome = workbook(tiny_forecast(out, csv));
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("waves: 600 rows of 2 variates; 420 to learn from"),
                                      HasSubstr("repeat-season     0.000"), HasSubstr("dlinear"),
                                      HasSubstr("itransformer"), HasSubstr("direct"), HasSubstr("encoder-decoder")));
    EXPECT_GT(std::filesystem::file_size(out / "waves.svg"), 5'000U);
    EXPECT_GT(std::filesystem::file_size(out / "waves_attention.svg"), 5'000U);
}

TEST(Forecast, SaysHowErrorsGrowWithTheStep) {
    const std::filesystem::path out = scratch_folder(), csv = out / "waves.csv";
    write_waves(csv, 600);
    std::vector<std::string> words = tiny_forecast(out, csv);
    words.emplace_back("--growth");
    const Outcome outcome = workbook(words);
    EXPECT_EQ(outcome.exit_status, 0) << outcome.output;
    EXPECT_THAT(outcome.output, AllOf(HasSubstr("MSE by step   recursive     direct  encoder-decoder"),
                                      HasSubstr("\n          4  "), Not(HasSubstr("\n          7  "))));
    EXPECT_GT(std::filesystem::file_size(out / "waves_growth.svg"), 5'000U);
}

TEST(Forecast, AGapInASeriesIsRefusedByFileLineAndColumn) {
    const std::filesystem::path out = scratch_folder(), csv = out / "waves.csv";
    write_waves(csv, 600, "5,");
    const Outcome outcome = workbook(tiny_forecast(out, csv));
    EXPECT_EQ(outcome.exit_status, 2) << outcome.output;
    EXPECT_THAT(outcome.output, HasSubstr(csv.string() + ":102: odd: "));
}

}  // namespace
}  // namespace wb::course
