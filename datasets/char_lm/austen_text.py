"""Reads "Sense and Sensibility" (Jane Austen, 1811; public domain) from Debian's package r-cran-janeaustenr, without R.

    apt-get download r-cran-janeaustenr && dpkg -x r-cran-janeaustenr_*.deb austen
    python3 -c 'import austen_text; print(austen_text.sense_and_sensibility("austen")[:400])'

The package keeps each novel as an R character vector, one string a printed line: serialised (XDR), compressed (zlib), and
written one behind the other into one file.
"""
import pathlib
import re
import struct
import zlib

STRING_VECTOR, STRING = 16, 9  # R's type numbers: STRSXP, CHARSXP


def compressed_objects(data):
    """The uncompressed content of each object in an R lazy-load file: four bytes of length, then a zlib stream."""
    position = 0
    while position < len(data):
        stream = zlib.decompressobj()
        yield stream.decompress(data[position + 4 :])
        position = len(data) - len(stream.unused_data)


def strings_of(content):
    """The strings of one serialised R character vector (format 3: R's manual "R Internals", section 1.8)."""
    encoding_length = struct.unpack_from(">i", content, 14)[0]
    position = 18 + encoding_length
    flags, count = struct.unpack_from(">ii", content, position)
    assert flags & 0xFF == STRING_VECTOR
    position += 8
    for _ in range(count):
        flags, length = struct.unpack_from(">ii", content, position)
        assert flags & 0xFF == STRING
        yield content[position + 8 : position + 8 + length].decode()
        position += 8 + length


def sense_and_sensibility(folder):
    """The novel as running text: a paragraph a line, plain ASCII, without the title page and the words after the end."""
    (file,) = pathlib.Path(folder).glob("usr/lib/R/site-library/janeaustenr/data/Rdata.rdb")
    novels = (list(strings_of(content)) for content in compressed_objects(file.read_bytes()))
    lines = next(novel for novel in novels if novel[0] == "SENSE AND SENSIBILITY")
    paragraphs = [" ".join(part.split()) for part in "\n".join(lines).split("\n\n")]
    first = paragraphs.index("CHAPTER 1")
    text = "\n".join(p for p in paragraphs[first:] if p and not re.fullmatch(r"THE END|(CHAPTER|VOLUME) [0-9IVX]+", p)) + "\n"
    return text.replace("_", "").encode("ascii", "ignore").decode()
