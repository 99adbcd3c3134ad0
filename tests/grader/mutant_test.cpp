// Mutants must be killed by the tests they name and spared by the others; alternates must get full marks.
#include "mutants/mutant.hpp"

#include "course/toml_file.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

constexpr const char* patch = "tests/mutants/01_numbers/1.1_forgets_one.patch";

class Mutants : public Workshop {
 protected:
    MutantVerdict verdict() {
        const Course all = course();
        return try_mutant(all, toolchain(), read_mutant(all, all.chapters[0], at(patch)));
    }
    std::string header_error() {
        const Course all = course();
        try {
            read_mutant(all, all.chapters[0], at(patch));
        } catch (const CourseFileError& error) {
            return error.what();
        }
        return "(no error)";
    }
};

TEST_F(Mutants, HeaderIsReadWithItsContinuedLines) {
    const Course all = course();
    const auto mutants = read_mutants(all, select(all, {}));
    ASSERT_EQ(mutants.size(), 1U);
    EXPECT_EQ(mutants[0].exercise, "1.1");
    EXPECT_EQ(mutants[0].what, "adds x only once");
    EXPECT_EQ(mutants[0].plausible, "a slip of the pen");
    EXPECT_THAT(mutants[0].killed_by, testing::ElementsAre("Twice.DoublesThree"));
    EXPECT_THAT(mutants[0].spares, testing::ElementsAre("RowSum.Numbers"));
}

TEST_F(Mutants, WrongProgramIsKilled) {
    const MutantVerdict result = verdict();
    EXPECT_TRUE(result.good) << result.outcome << "\n" << result.details;
    EXPECT_EQ(result.outcome, "killed");
}

TEST_F(Mutants, RightProgramSurvives) {
    replace(patch, "sum(x, 0)", "sum(x, x + 0)");
    const MutantVerdict result = verdict();
    EXPECT_FALSE(result.good);
    EXPECT_EQ(result.outcome, "SURVIVES");
}

TEST_F(Mutants, SpareThatFailsIsNamed) {
    replace(patch, "Spares:    RowSum.Numbers", "Spares:    Twice.KeepsTheSign");
    const MutantVerdict result = verdict();
    EXPECT_EQ(result.outcome, "kills what it should spare");
    EXPECT_THAT(result.details, testing::StartsWith("Twice.KeepsTheSign failed: expected -6, got -3"));
}

TEST_F(Mutants, ProgramThatDoesNotCompileShowsNothing) {
    replace(patch, "+    return sum(x, 0);", "+    return sum(x);");
    EXPECT_EQ(verdict().outcome, "does not compile");
    EXPECT_FALSE(verdict().good);
}

TEST_F(Mutants, UnimplementedProgramShowsNothing) {
    replace(patch, "+    return sum(x, 0);", "+    throw NotImplemented(\"1.1\");");
    EXPECT_EQ(verdict().outcome, "not judged");
    EXPECT_FALSE(verdict().good);
}

TEST_F(Mutants, PatchThatNoLongerAppliesIsSaid) {
    replace(patch, "-    return sum(x, x);", "-    return something_else(x);");
    EXPECT_EQ(verdict().outcome, "does not apply");
}

TEST_F(Mutants, HeaderThatNamesAnUnknownTestIsRefused) {
    replace(patch, "Killed by: Twice.DoublesThree", "Killed by: Twice.DoubleThree");
    EXPECT_EQ(header_error(),
              "tests/mutants/01_numbers/1.1_forgets_one.patch:4: chapter 01_numbers has no test \"Twice.DoubleThree\". "
              "Did you mean \"Twice.DoublesThree\"?");
}

TEST_F(Mutants, HeaderWithoutAKillerIsRefused) {
    replace(patch, "Killed by: Twice.DoublesThree\n", "");
    EXPECT_THAT(header_error(), testing::HasSubstr("lacks its `Killed by:` line."));
}

TEST_F(Mutants, CommandFailsWhenOneSurvives) {
    EXPECT_EQ(cli({"mutants"}).exit_status, 0);
    replace(patch, "sum(x, 0)", "sum(x, x + 0)");
    const ProcessResult result = cli({"mutants", "1.1"});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.output, testing::HasSubstr("0 of 1 mutants killed"));
}

TEST_F(Mutants, AlternateGetsFullMarksOrIsNamed) {
    const ProcessResult right = cli({"alternates"});
    EXPECT_EQ(right.exit_status, 0) << right.output;
    EXPECT_THAT(right.output, testing::HasSubstr("5 of 5"));
    replace("tests/alternates/01_numbers/doubling_by_adding/twice.cpp", "2 * x", "6");
    const ProcessResult wrong = cli({"alternates"});
    EXPECT_EQ(wrong.exit_status, 1);
    EXPECT_THAT(wrong.output, testing::HasSubstr("1.1 Twice.KeepsTheSign failed"));
}

}  // namespace
}  // namespace wb::grader
