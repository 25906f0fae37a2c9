"""Make docs/images/lecture.png: a scanned document of the tests with what the reader saw on it.

    PYTHONPATH=addons/efacture_ocr:addons/efacture_base:tests /var/lib/efacture/venv/bin/python docs/reading_picture.py

Green: sure. Amber: to be checked.
"""

import io
from pathlib import Path

import pypdfium2
from documents import degrade
from documents.registry import LAYOUTS
from PIL import Image, ImageDraw
from reading.reader import read_file

TARGET = Path(__file__).resolve().parent / "images" / "lecture.png"
LAYOUT, SEED, SCALE, SHOWN = "recap-beside-totals", 1, 1.45, 0.55
SURE, DOUBTFUL = (0, 120, 80), (200, 110, 0)


def main() -> None:
    """Draw the page and a frame round each value."""
    scan = degrade.office200(LAYOUTS[LAYOUT].draw(SEED).pdf, SEED)
    [result] = read_file(scan, "scan.pdf")
    page = pypdfium2.PdfDocument(io.BytesIO(scan))[0]
    picture = page.render(scale=SCALE).to_pil().convert("L")
    # The grain of the paper is left out, and the empty half of the page: the file stays small.
    picture = picture.point(lambda grey: 255 if grey > 205 else grey).convert("RGB")
    picture = picture.crop((0, 0, picture.width, int(SHOWN * picture.height)))
    draw = ImageDraw.Draw(picture)
    for told in result.evidence.values():
        if told.get("page") == 1:
            colour = SURE if told["confidence"] >= 0.95 else DOUBTFUL
            x0, y0, x1, y1 = (value * SCALE for value in told["box"])
            draw.rectangle((x0 - 3, y0 - 2, x1 + 3, y1 + 2), outline=colour, width=2)
    TARGET.parent.mkdir(exist_ok=True)
    picture.quantize(32, dither=Image.Dither.NONE).save(TARGET, optimize=True)
    print(f"{TARGET.name}: {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
