#include "wb/training/training_log.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "scratch.hpp"
#include "wb/errors.hpp"

namespace wb {
namespace {

using TrainingLogs = InScratchFolder;
const std::vector<std::string> columns{"epoch", "train_loss", "validation_loss"};

TEST_F(TrainingLogs, AreOnDiskAfterEveryRow) {
    TrainingLog log(file("log.csv"), columns);
    log.add({1, 2.5, 2.75});
    EXPECT_EQ(read_text(file("log.csv")), "epoch,train_loss,validation_loss\n1,2.5,2.75\n");
    log.add({2, 0.1, std::nan("")});
    EXPECT_EQ(read_text(file("log.csv")), "epoch,train_loss,validation_loss\n1,2.5,2.75\n2,0.1,nan\n");
    EXPECT_THROW(log.add({3}), std::invalid_argument);
}

TEST_F(TrainingLogs, GoOnAfterTheRowsOfACheckpoint) {  // what a killed run wrote after its last checkpoint goes
    {
        TrainingLog log(file("log.csv"), columns);
        for (const double epoch : {1.0, 2.0, 3.0}) log.add({epoch, 1 / epoch, 0.1});
    }
    TrainingLog log(file("log.csv"), columns, 2);
    ASSERT_EQ(log.rows().size(), 2U);
    EXPECT_EQ(log.rows()[1], (std::vector<double>{2, 0.5, 0.1}));
    log.add({3, 9, 9});
    EXPECT_EQ(read_text(file("log.csv")), "epoch,train_loss,validation_loss\n1,1,0.1\n2,0.5,0.1\n3,9,9\n");
    TrainingLog anew(file("log.csv"), columns);
    EXPECT_TRUE(anew.rows().empty());
}

TEST_F(TrainingLogs, RefuseAFileThatIsNotTheirs) {
    const auto refused = [&](const char* text) {
        write_text(file("log.csv"), text);
        return text_of<FileError>([&] { TrainingLog(file("log.csv"), columns, 2); });
    };
    EXPECT_NE(refused("epoch,loss\n1,2\n3,4\n").find("its first line must be epoch,train_loss,validation_loss"),
              std::string::npos);
    EXPECT_NE(refused("epoch,train_loss,validation_loss\n1,2,3\n").find("has 1 rows, and the run goes on after 2"),
              std::string::npos);
    EXPECT_NE(
        refused("epoch,train_loss,validation_loss\n1,2,3\n1,\"2,3\n").find("line 3: train_loss must be a number, got"),
        std::string::npos);
    EXPECT_NE(refused("epoch,train_loss,validation_loss\n1,2,3\n1,2\n").find("validation_loss must be a number"),
              std::string::npos);
    EXPECT_NE(refused("epoch,train_loss,validation_loss\n1,2,3,4\n1,2,3\n").find("line 2: there are more than 3"),
              std::string::npos);
    (void)refused("");
}

TEST_F(TrainingLogs, DrawTheirLosses) {
    TrainingLog log(file("log.csv"), columns);
    log.write_curves(file("curve.svg"), "nothing yet", {"train_loss"});
    EXPECT_FALSE(std::filesystem::exists(file("curve.svg")));
    log.add({1, 2, 3});
    log.add({2, 1, 2});
    log.write_curves(file("curve.svg"), "Pig Latin", {"train_loss", "validation_loss"});
    const std::string picture = read_text(file("curve.svg"));
    EXPECT_NE(picture.find("validation_loss"), std::string::npos);
    EXPECT_NE(picture.find("Pig Latin"), std::string::npos);
    EXPECT_THROW(log.write_curves(file("curve.svg"), "", {"accuracy"}), std::out_of_range);
}

TEST(ProgressLine, IsOnePlainLineAnEpochOffATerminal) {
    std::ostringstream out;
    Progress progress(out, false, 4, 10, 3);  // a run that goes on at epoch 3
    for (int step = 0; step < 10; ++step) progress.step(1.5, 1e-3);
    EXPECT_EQ(out.str(), "");
    EXPECT_DOUBLE_EQ(progress.seconds_left(7), 7) << "10 of 20 steps are done";
    progress.epoch_done(1.25, 5e-4, "validation loss 0.9");
    const std::string text = out.str();
    EXPECT_EQ(text.find("epoch 3/4  loss 1.2500  rate 5.0e-04  validation loss 0.9  "), 0U) << text;
    EXPECT_EQ(text.substr(text.size() - 6), " left\n");
    EXPECT_EQ(text.find('\r'), std::string::npos);
}

TEST(ProgressLine, IsRewrittenOnATerminal) {
    std::ostringstream out;
    Progress progress(out, true, 1, 10);
    progress.step(1.5, 1e-3);
    EXPECT_EQ(out.str().find("\repoch 1/1  step 1/10  loss 1.5000  rate 1.0e-03  "), 0U) << out.str();
    progress.epoch_done(1, 1e-3);
    EXPECT_EQ(out.str().back(), '\n');
}

TEST(ProgressLine, TellsTimesAsPeopleDo) {
    EXPECT_EQ(duration_text(3.21), "3.2 s");
    EXPECT_EQ(duration_text(59.99), "59.9 s");
    EXPECT_EQ(duration_text(60), "1 min 00 s");
    EXPECT_EQ(duration_text(245.9), "4 min 05 s");
    EXPECT_EQ(duration_text(7385), "2 h 03 min");
    EXPECT_EQ(duration_text(std::nan("")), "? s");
    EXPECT_EQ(duration_text(-1), "? s");
}

}  // namespace
}  // namespace wb
