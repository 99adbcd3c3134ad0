"""Draws the word sets of chapter 5: small.txt, 3,198 words of "Sense and Sensibility", and large.txt, 20,000 popular words and them.

    apt-get download r-cran-janeaustenr && dpkg -x r-cran-janeaustenr_*.deb austen
    head -n 20000 datasets/pig_latin/large.txt > popular.txt
    python3 datasets/pig_latin/draw_words.py --text austen --popular popular.txt --out drawn

A word is a-z in one part or several joined by hyphens; one letter is a word only if it is "a" or "i", for the novel's other
ones are initials. Tokens with an apostrophe are no words ("rival's" is not cut to "rival"). Words count once, however often
they are used. The draw is no random number generator's, whose stream another version of Python might change: each word has a
SHA-256 of seed and word, and the 3,198 smallest are drawn.
"""
import argparse
import hashlib
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "char_lm"))
from austen_text import sense_and_sensibility  # noqa: E402

SMALL = 3198  # as many as the source course's small set has
WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")


def is_word(token):
    return bool(WORD.fullmatch(token)) and (len(token) > 1 or token in "ai")


def words_of(text):
    """The different words of a text."""
    tokens = re.findall(r"[a-z'-]+", text.lower().replace("--", " "))  # "--" is a dash between two words
    return {token for token in (raw.strip("'-") for raw in tokens) if is_word(token)}


def draw(words, count, seed):
    """`count` of the words, in alphabetical order."""
    if len(words) < count:
        sys.exit(f"draw_words.py: {count} words are to be drawn, but the text has {len(words)}")
    return sorted(sorted(words, key=lambda word: hashlib.sha256(f"{seed} {word}".encode()).digest())[:count])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--text", required=True, help="folder that r-cran-janeaustenr was unpacked into")
    parser.add_argument("--popular", required=True, help="popular words, one a line, the most popular first")
    parser.add_argument("--out", required=True, help="folder for small.txt and large.txt")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    popular = pathlib.Path(options.popular).read_text().split()
    odd = [word for word in popular if not is_word(word)]
    if odd or len(set(popular)) != len(popular):
        sys.exit(f"draw_words.py: {options.popular}: {odd[0]!r} is not a word" if odd else f"draw_words.py: {options.popular}: a word is there twice")
    small = draw(words_of(sense_and_sensibility(options.text)), SMALL, options.seed)
    large = popular + sorted(set(small) - set(popular))
    folder = pathlib.Path(options.out)
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in (("small.txt", small), ("large.txt", large)):
        (folder / name).write_text("\n".join(words) + "\n")
        print(f"{folder / name}: {len(words)} words, the longest of {max(map(len, words))} letters, {sum('-' in w for w in words)} with a hyphen")


if __name__ == "__main__":
    main()
