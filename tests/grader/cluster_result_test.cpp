// What a task of a cluster writes, as the submitter reads it: whole and sealed, or not at all.
#include <nlohmann/json.hpp>
#include <random>

#include "cluster/order.hpp"
#include "files/files.hpp"
#include "grade/judge_run.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

class ClusterResult : public Workshop {
 protected:
    ClusterResult() { fs::create_directories(folder.results()); }

    /// 1.1 passed, and 1.3 with one test skipped, as a task has graded them.
    [[nodiscard]] AttemptResult graded_so_far() const {
        AttemptResult result{17, 2, "hash", "node", {}, true, ""};
        for (const char* id : {"1.1", "1.3"}) {
            for (const Exercise& exercise : all.chapters.front().exercises) {
                if (exercise.id == id) result.exercises.push_back(refused(exercise, TestStatus::failed, "no\n  "));
            }
        }
        for (TestReport& test : result.exercises[0].tests)
            test = {test.name, TestStatus::passed, test.max_score, test.max_score, "visible", 0.25, ""};
        result.exercises[1].tests[1].status = TestStatus::skipped;
        result.exercises[1].tests[1].max_score = 0;
        for (ExerciseReport& exercise : result.exercises) exercise.sandbox = "rlimits";
        result.exercises[0].cost = {
            {7, 1.5, 1.25, 8'000'000'000}, 0.5, 0.25, {3, 0.125, 0.0625, 9, 900}, {2.5, 1.7e9, 4000}};
        return result;
    }
    [[nodiscard]] fs::path file() const { return folder.result(17, 2); }
    AttemptResult read() const { return read_result(file(), key, selection); }
    /// The file with its result changed, sealed by somebody who has the key.
    void seal_again(const std::function<void(json&)>& change) const {
        json body = json::parse(read_text(file()))["result"];
        change(body);
        write_atomically(file(), json{{"seal", sha256(key + sha256(key + body.dump()))}, {"result", body}}.dump());
    }
    void expect_refusal(const std::string& words) const {
        try {
            read();
            ADD_FAILURE() << "believed; expected: " << words;
        } catch (const FileError& error) {
            EXPECT_THAT(error.what(), HasSubstr(words));
        }
    }

    const Course all = course();
    const std::vector<Selection> selection = select(all, {});
    const std::string key = "a key";
    const ClusterFolder folder{at("run")};
};

TEST_F(ClusterResult, IsReadAsItWasWritten) {
    const AttemptResult written = graded_so_far();
    write_result(folder, key, written);
    const AttemptResult result = read();
    EXPECT_EQ(result.attempt, 17);
    EXPECT_EQ(result.round, 2);
    EXPECT_EQ(result.hash, "hash");
    EXPECT_TRUE(result.done);
    EXPECT_EQ(to_json({"x", {{"c", "", result.exercises, {}}}}), to_json({"x", {{"c", "", written.exercises, {}}}}));
    const GradingCost& cost = result.exercises[0].cost;
    EXPECT_EQ(cost.builds.steps, 7);
    EXPECT_EQ(cost.builds.seconds, 1.5);
    EXPECT_EQ(cost.builds.cpu_seconds, 1.25);
    EXPECT_EQ(cost.builds.made_bytes, 8'000'000'000U);
    EXPECT_EQ(cost.judge_seconds, 0.5);
    EXPECT_EQ(cost.judge_cpu_seconds, 0.25);
    EXPECT_EQ(cost.workers.starts, 3);
    EXPECT_EQ(cost.workers.seconds, 0.125);
    EXPECT_EQ(cost.workers.cpu_seconds, 0.0625);
    EXPECT_EQ(cost.workers.questions, 9);
    EXPECT_EQ(cost.workers.bytes, 900U);
    EXPECT_EQ(cost.grader.seconds, 2.5);
    EXPECT_EQ(cost.grader.ended_at, 1.7e9);
    EXPECT_EQ(cost.grader.grader_kib, 4000);
    EXPECT_EQ(result.exercises[0].score(), 5);
    EXPECT_EQ(result.exercises[1].max_score(), 4) << "what was skipped costs nothing";
}

TEST_F(ClusterResult, WithoutTheKeyItIsNotBelieved) {
    write_result(folder, "another key", graded_so_far());
    expect_refusal("17.2.json is no result of this class: its seal is not that of this folder's key");
}

TEST_F(ClusterResult, CutOffAnywhereItIsNotBelieved) {
    write_result(folder, key, graded_so_far());
    const std::string whole = read_text(file());
    for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
        write_atomically(file(), whole.substr(0, length));
        EXPECT_THROW(read(), FileError) << length;
    }
}

TEST_F(ClusterResult, ChangedAnywhereItIsNotBelieved) {
    write_result(folder, key, graded_so_far());
    const std::string whole = read_text(file());
    const json meaning = json::parse(whole);
    std::mt19937 chance(1);
    for (int round = 0; round < 2000; ++round) {
        std::string changed = whole;
        changed[chance() % changed.size()] = static_cast<char>(chance());
        const json other = json::parse(changed, nullptr, false);
        if (other == meaning) continue;  // a blank more or less
        write_atomically(file(), changed);
        EXPECT_THROW(read(), FileError) << changed;
    }
}

TEST_F(ClusterResult, EvenSealedItHasNoMoreThanTheCourseGives) {
    const auto refusal_of = [&](const std::function<void(json&)>& change, const std::string& words) {
        write_result(folder, key, graded_so_far());
        seal_again(change);
        expect_refusal(words);
    };
    const auto test = [](json& body) -> json& { return body["exercises"][0]["tests"][0]; };
    refusal_of([&](json& body) { test(body)["score"] = 4; },
               "test Twice.DoublesThree has other points than the course");
    refusal_of([&](json& body) { test(body)["max_score"] = 300; }, "other points than the course");
    refusal_of([&](json& body) { test(body)["score"] = nullptr; }, "other points than the course");
    refusal_of([&](json& body) { test(body)["status"] = "failed"; }, "other points than the course");
    refusal_of([&](json& body) { test(body)["status"] = "splendid"; }, "there is no status \"splendid\"");
    refusal_of([&](json& body) { test(body)["name"] = "Twice.Other"; }, "is not Twice.DoublesThree");
    refusal_of([&](json& body) { body["exercises"][0]["tests"].erase(1); }, "exercise 1.1 has 2 tests, and this 1");
    refusal_of([&](json& body) { body["exercises"][0]["id"] = "9.9"; }, "the course has no exercise \"9.9\"");
    refusal_of([&](json& body) { body["exercises"][1] = body["exercises"][0]; }, "it has exercise 1.1 twice");
    refusal_of([&](json& body) { body["exercises"][0]["sandbox"] = "<b>"; }, "there is no sandbox \"<b>\"");
    for (const json& impossible : {json(-1), json(1e300), json(), json("7")}) {
        refusal_of([&](json& body) { body["exercises"][0]["cost"]["seconds"] = impossible; },
                   "is no result of this class: ");
        refusal_of([&](json& body) { body["exercises"][0]["cost"]["build_steps"] = impossible; },
                   "is no result of this class: ");
    }
    refusal_of([&](json& body) { body["exercises"] = 5; }, "is no result of this class: ");
    refusal_of([&](json& body) { body["attempt"] = "17"; }, "is no result of this class: ");
    refusal_of([&](json& body) { body = nullptr; }, "is no result of this class: ");
}

TEST_F(ClusterResult, IsNoFolderNoLinkIntoNowhereAndNotHuge) {
    fs::create_directories(file());
    EXPECT_THROW(read(), FileError);
    fs::remove(file());
    fs::create_symlink("/dev/zero", file());
    EXPECT_THROW(read(), FileError);
    fs::remove(file());
    write_atomically(file(), "{");
    fs::resize_file(file(), std::uintmax_t{1} << 40);
    expect_refusal("it has 1099511627776 bytes");
}

TEST_F(ClusterResult, OrderIsReadAsItWasWritten) {
    const Order order{
        3, {"01_numbers"}, "edition", 18'000'000'000'000'000'000U, 2.5, false, {{{17, "ann", "hash", {"1.1"}}}, {}}};
    write_order(folder, order);
    const Order read = read_order(folder.order(3));
    EXPECT_EQ(read.seed, order.seed);
    EXPECT_EQ(read.seconds, 2.5);
    ASSERT_EQ(read.chunks.size(), 2U);
    EXPECT_EQ(read.chunks[0][0].exercises, std::vector<std::string>{"1.1"});
    write_atomically(folder.order(3), R"({"schema": 1, "round": []})");
    EXPECT_THROW(read_order(folder.order(3)), FileError);
}

}  // namespace
}  // namespace wb::grader
