// What the words of a command name.
#include "text/nearest.hpp"
#include "workshop.hpp"

namespace wb::grader {
namespace {

using testing::ElementsAre;

class Select : public Workshop {
 protected:
    std::vector<std::string> ids(const std::vector<std::string>& words) {
        const Course all = course();
        std::vector<std::string> result;
        for (const Selection& part : select(all, words)) {
            for (const Exercise* exercise : part.exercises) result.push_back(exercise->id);
        }
        return result;
    }
    std::string refusal(const std::string& word) {
        try {
            ids({word});
        } catch (const UsageError& error) {
            return error.what();
        }
        return "(no error)";
    }
};

TEST_F(Select, NoWordsMeanEverything) {
    EXPECT_THAT(ids({}), ElementsAre("1.1", "1.2", "1.3", "1.4"));
}

TEST_F(Select, ChapterHasFourNames) {
    for (const char* word : {"1", "01", "01_numbers", "numbers"}) EXPECT_EQ(ids({word}).size(), 4U) << word;
}

TEST_F(Select, ExercisesComeInTheCoursesOrderAndOnce) {
    EXPECT_THAT(ids({"1.3", "1.1", "1.3"}), ElementsAre("1.1", "1.3"));
}

TEST_F(Select, UnknownExerciseSuggestsTheNearest) {
    EXPECT_EQ(refusal("1.l"), "there is no exercise \"1.l\". Did you mean \"1.1\"?");
}

TEST_F(Select, UnknownChapterSuggestsTheNearest) {
    EXPECT_EQ(refusal("01_nubmers"), "there is no chapter \"01_nubmers\". Did you mean \"01_numbers\"?");
}

TEST_F(Select, WordLikeNothingNamesTheList) {
    EXPECT_EQ(refusal("attention"), "there is no chapter \"attention\". Try: ./workbook list");
}

TEST(Nearest, SwappedNeighboursCountAsOneSlip) {
    EXPECT_EQ(nearest("chekc", {"check", "hint", "grade"}), "check");
}

TEST(Nearest, NothingIsSuggestedWhenMostLettersDiffer) {
    EXPECT_EQ(nearest("frob", {"check", "hint", "grade"}), "");
}

TEST(Nearest, LettersCaseIsNoDifference) {
    EXPECT_EQ(nearest("CHECK", {"check", "hint"}), "check");
}

}  // namespace
}  // namespace wb::grader
