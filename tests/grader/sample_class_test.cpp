// The class of made-up submissions: the same bytes for the same seed, what its list says, and files that are nobody else's.
#include "sample/sample_class.hpp"

#include <map>
#include <set>

#include "files/files.hpp"
#include "intake/class_list.hpp"
#include "intake/submission_source.hpp"
#include "sample/authors.hpp"
#include "starter/starter.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

class SampleClass : public Workshop {
 protected:
    std::vector<SampleMember> made(const std::string& folder, const SampleOptions& options = {}) const {
        return write_sample_class(course_, selection_, at(folder), options);
    }
    /// Every file below a folder, by its place.
    std::map<std::string, std::string> bytes(const std::string& folder) const {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(at(folder))) {
            if (entry.is_regular_file())
                files[entry.path().lexically_relative(at(folder)).string()] = sha256_of_file(entry.path());
        }
        return files;
    }
    Course course_ = course();
    std::vector<Selection> selection_ = select(course_, {});
};

TEST_F(SampleClass, SameSeedWritesTheSameBytes) {
    made("a", {.submissions = 30});
    made("b", {.submissions = 30});
    made("c", {.submissions = 30, .seed = 2});
    EXPECT_EQ(bytes("a"), bytes("b"));
    EXPECT_NE(bytes("a"), bytes("c"));
    EXPECT_EQ(bytes("a").count("class.csv"), 1U);
}

TEST_F(SampleClass, EachKindHasItsShareWhateverTheSeed) {
    for (const std::uint64_t seed : {1, 2, 3}) {
        std::map<SampleKind, int> counts;
        for (const SampleKind kind : sample_mix({.submissions = 200, .seed = seed})) ++counts[kind];
        EXPECT_EQ(counts[SampleKind::wrong], 72);
        EXPECT_EQ(counts[SampleKind::hostile], 16);
        EXPECT_EQ(counts[SampleKind::unusable], 8);
    }
    EXPECT_NE(sample_mix({.submissions = 200, .seed = 1}), sample_mix({.submissions = 200, .seed = 2}));
    EXPECT_EQ(sample_mix({.submissions = 1}).size(), 1U);
}

TEST_F(SampleClass, HonestOneHasNobodyWhoMeansHarm) {
    const auto kinds = sample_mix({.submissions = 100, .honest = true});
    EXPECT_EQ(kinds.size(), 100U);
    EXPECT_THAT(kinds, Each(AllOf(Not(SampleKind::hostile), Not(SampleKind::unusable))));
}

TEST_F(SampleClass, ListNamesWhatGradeClassTakesIn) {
    const auto members = made("a", {.submissions = 100});
    const ClassList list = read_class(at("a/class.csv"));
    ASSERT_EQ(list.members.size(), 100U);
    int archives = 0;
    for (std::size_t n = 0; n < members.size(); ++n) {
        EXPECT_EQ(list.members[n].id, members[n].id);
        const fs::path folder = at("taken") / members[n].id;
        archives += fs::is_regular_file(list.members[n].source) ? 1 : 0;
        std::size_t taken = 0;
        try {
            taken = take_in(course_, list.members[n].source, folder, read_archive_here).files.size();
        } catch (const FileError&) {
            EXPECT_EQ(members[n].kind, SampleKind::unusable) << members[n].what;
        }
        EXPECT_EQ(taken == 4, members[n].kind != SampleKind::unusable) << members[n].path << ": " << members[n].what;
    }
    EXPECT_GT(archives, 20);
}

TEST_F(SampleClass, NoTwoWriteTheSameSourceUnlessItIsTheStarters) {
    const auto members = made("a", {.submissions = 60});
    const auto starter = starter_files(course_, course_.chapters[0]);
    std::set<std::string> seen;
    for (const SampleMember& member : members) {
        const fs::path file = at("a") / member.path / "01_numbers/twice.cpp";
        if (!fs::exists(file)) continue;  // an archive
        const std::string text = read_text(file);
        if (text != starter.at("twice.cpp")) {
            EXPECT_TRUE(seen.insert(text).second) << member.id;
            EXPECT_THAT(text, HasSubstr("// " + member.id + " of the sample class, seed 1\n"));
        }
    }
    EXPECT_GT(seen.size(), 10U);
}

TEST_F(SampleClass, AuthorsWriteWhatTheySay) {
    const Authors authors(course_, selection_, at("scratch"));
    Random random(1);
    const std::string place = "01_numbers/twice.cpp";
    EXPECT_THAT(authors.good().files.at(place), HasSubstr("sum(x, x)"));
    EXPECT_THAT(authors.untouched().files.at(place), HasSubstr("NotImplemented(\"1.1\")"));
    const Authored wrong = authors.wrong(random);
    EXPECT_THAT(wrong.files.at(place), HasSubstr("sum(x, 0)"));
    EXPECT_EQ(wrong.what, "1.1_forgets_one");
    const Authored alternate = authors.alternate(random);
    EXPECT_EQ(alternate.what, "doubling_by_adding");
    EXPECT_EQ(alternate.files.at(place), text("tests/alternates/01_numbers/doubling_by_adding/twice.cpp"));
    const Authored hostile = authors.hostile(random, 0);
    EXPECT_EQ(hostile.what.substr(0, 13), "endless_loop ");
    EXPECT_NE(hostile.files, authors.good().files);
    const Authored half = authors.half_done(random);
    EXPECT_EQ(half.files.at(place), authors.good().files.at(place)) << "the first exercise is done";
    EXPECT_NE(authors.broken(random).files, authors.good().files);
}

TEST_F(SampleClass, FolderThatHoldsSomethingIsRefused) {
    const ProcessResult result = cli({"sample", "mine", "--submissions", "3"});
    EXPECT_EQ(result.exit_status, 0) << result.output;
    EXPECT_THAT(result.output, HasSubstr("./workbook grade --class mine/class.csv --book sample.book --chapters 01\n"));
    const ProcessResult again = cli({"sample", "mine"});
    EXPECT_EQ(again.exit_status, 2);
    EXPECT_EQ(again.output, "workbook: there is something in mine already. Name a folder that is new or empty\n");
    EXPECT_THAT(cli({"sample", "b", "--submissions", "0"}).output,
                HasSubstr("--submissions: expected a whole number >= 1, got \"0\""));
}

}  // namespace
}  // namespace wb::grader
