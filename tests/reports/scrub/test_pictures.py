"""A cleaned picture looks as it did: its colours, its tones, its way up, all of its pictures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from reports.scrub import colours, image, likeness
from reports.scrub.refusal import Unclean
from reports.scrub.remarks import CUT, STILL, read_remarks, write_remarks

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 180, 40), (30, 40, 200), (250, 250, 250)


def save(picture: Image.Image, form: str, **how: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **how)
    return out.getvalue()


def open_cleaned(data: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(image.clean(data)[1]))
    opened.load()
    return opened


def quarters(mode: str = "RGB") -> Image.Image:
    """Four colours, so that every turn looks different."""
    made = Image.new("RGB", (64, 48))
    for colour, place in zip(
        (RED, GREEN, BLUE, WHITE), ((0, 0), (32, 0), (0, 24), (32, 24)), strict=True
    ):
        made.paste(colour, (*place, place[0] + 32, place[1] + 24))
    return made.convert(mode)


def ramp() -> Image.Image:
    made = Image.new("I;16", (256, 64))
    made.putdata([column * 257 for _row in range(64) for column in range(256)])
    return made


def differ(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_grey_scan_of_16_bits_keeps_all_its_tones(form: str) -> None:
    after = open_cleaned(save(ramp(), form))
    assert after.convert("L").tobytes()[:256] == bytes(range(256))


def test_of_16_bits_the_one_value_that_is_clear_stays_clear() -> None:
    after = open_cleaned(save(ramp(), "PNG", transparency=257 * 3))
    assert [after.getpixel((x, 0))[3] for x in (2, 3, 4)] == [255, 0, 255]


@pytest.mark.parametrize(("mode", "most"), [("F", 1.0), ("F", 4095.0), ("I", 65_535), ("I", 255)])
def test_numbers_are_scaled_by_their_range(mode: str, most: float) -> None:
    made = Image.new(mode, (64, 16))
    made.putdata([most * column / 63 for _row in range(16) for column in range(64)])
    row = open_cleaned(save(made, "TIFF")).convert("L").tobytes()[:64]
    assert row[0] == 0
    assert row[-1] >= (254 if most != 4095.0 else 15)
    assert list(row) == sorted(row)
    assert len(set(row)) > 15


def wide_profile() -> bytes:
    """A profile in which red and green are swapped: nobody can miss whether it was used."""
    told = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = told.index(b"rXYZ"), told.index(b"gXYZ")
    told[red : red + 4], told[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(told)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_are_those_that_the_profile_names(form: str, mode: str) -> None:
    if (form, mode) == ("JPEG", "RGBA"):
        mode = "RGB"
    data = save(Image.new(mode, (64, 64), RED), form, icc_profile=wide_profile())
    after = open_cleaned(data)
    red, green, blue = after.convert("RGB").getpixel((30, 30))
    assert green > 180 > 90 > max(red, blue)
    assert "icc_profile" not in after.info


def test_a_damaged_profile_is_passed_over() -> None:
    after = open_cleaned(save(quarters(), "PNG", icc_profile=b"no profile" * 20))
    assert differ(after, quarters()) == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG"])
def test_every_kind_of_pixels_looks_as_before(mode: str, form: str) -> None:
    if (form == "JPEG" and mode in ("1", "LA", "P", "RGBA")) or (form, mode) == ("PNG", "CMYK"):
        mode = "RGB"
    data = save(quarters(mode), form)
    assert differ(open_cleaned(data), Image.open(io.BytesIO(data))) < 3


def test_what_can_be_seen_through_still_can() -> None:
    made = quarters("RGBA")
    made.putalpha(Image.linear_gradient("L").resize(made.size))
    for form in ("PNG", "WEBP", "AVIF"):
        after = open_cleaned(save(made, form))
        assert after.mode == "RGBA"
        assert differ(after.getchannel("A"), made.getchannel("A")) < 4


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_stands_as_it_was_shown(form: str, turned: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    after = open_cleaned(save(quarters(), form, exif=exif))
    expected = image._turn(quarters(), turned)
    assert after.size == expected.size
    assert differ(after, expected) < 8


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_a_cut_off_photo_is_kept_as_far_as_it_goes_and_said(form: str) -> None:
    data = save(Image.effect_noise((400, 300), 60).convert("RGB"), form)
    _kind, _written, remarks = image.clean(data)
    assert remarks == {}
    kind, written, remarks = image.clean(data[: len(data) * 3 // 4])
    assert (kind, remarks) == (form.lower(), {CUT: 1})
    with Image.open(io.BytesIO(written)) as after, Image.open(io.BytesIO(data)) as before:
        upper = (0, 0, 400, 150)
        assert differ(after.crop(upper), before.crop(upper)) < 6


def test_of_a_photo_of_which_nothing_came_nothing_is_kept() -> None:
    data = save(Image.effect_noise((400, 300), 60), "JPEG")
    with pytest.raises((Unclean, OSError)):
        image.clean(data[: data.index(b"\xff\xda") + 10])


def frames(count: int) -> list[Image.Image]:
    return [quarters().rotate(90 * number) for number in range(count)]


@pytest.mark.parametrize(("form", "kind"), [("GIF", "webp"), ("WEBP", "webp"), ("PNG", "png")])
def test_a_moving_picture_keeps_all_its_pictures_and_their_time(form: str, kind: str) -> None:
    first, *others = frames(4)
    data = save(first, form, save_all=True, append_images=others, duration=[100, 200, 300, 400])
    found, written, remarks = image.clean(data)
    assert (found, remarks) == (kind, {})
    with Image.open(io.BytesIO(written)) as after:
        assert getattr(after, "n_frames", 1) == 4
        lasted = []
        for number in range(4):
            after.seek(number)
            after.load()
            lasted.append(after.info["duration"])
            assert differ(after, frames(4)[number]) < 8
        assert lasted == [100, 200, 300, 400]


def test_the_pages_of_a_scan_stay() -> None:
    first, *others = frames(3)
    kind, written, _remarks = image.clean(save(first, "TIFF", save_all=True, append_images=others))
    assert kind == "tiff"
    with Image.open(io.BytesIO(written)) as after:
        assert getattr(after, "n_frames", 1) == 3


def test_of_a_moving_picture_that_is_too_large_the_first_stays_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *others = frames(4)
    data = save(first, "GIF", save_all=True, append_images=others)
    monkeypatch.setattr(image, "MOST_PIXELS", 64 * 48 * 3)
    kind, written, remarks = image.clean(data)
    assert (kind, remarks) == ("png", {STILL: 1})
    assert differ(Image.open(io.BytesIO(written)), first) < 4


@pytest.mark.parametrize(
    "mistake",
    [
        lambda picture: picture.convert("RGB").point(lambda value: min(255, value * 3)),
        lambda picture: picture.convert("RGB").rotate(180),
        lambda picture: Image.merge("RGB", picture.convert("RGB").split()[::-1]),
        lambda picture: Image.new("RGB", picture.size, "white"),
    ],
)
def test_a_copy_that_looks_otherwise_is_not_kept(
    mistake: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image, "convert_to_srgb", mistake)
    with pytest.raises(Unclean):
        image.clean(save(quarters(), "PNG"))


def test_the_coarsest_noise_of_a_jpeg_is_no_mistake() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((160, 120), 200) for _ in range(3)])
    image.clean(save(noise, "JPEG", quality=30))


def test_an_unknown_kind_of_pixels_is_refused() -> None:
    with pytest.raises(Unclean):
        colours.convert_to_srgb(Image.new("HSV", (8, 8)))


def test_pictures_of_other_sizes_are_not_alike() -> None:
    assert not likeness.is_alike(Image.new("RGBA", (4, 4)), Image.new("RGBA", (4, 5)))


def test_remarks_say_nothing_but_their_codes() -> None:
    line = f"ok jpeg 1{write_remarks({CUT: 1, 'parts': 12_345})}".encode()
    assert read_remarks(line.split()[3:]) == {CUT: 1, "parts": 9_999}
    assert read_remarks([b"name=Maria", b"cut=x", b"cut=12345", b"\xff=1", b"cut"]) == {}
