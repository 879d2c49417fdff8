"""Reports in doubt on the screen: below the others, by a filter, and verified by staff."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.cast import Instance
from tests.support.desk import Browser
from tests.webapp.triage.test_queue import shown

Browsers = Callable[[], Browser]
BELOW = "Unverified: perhaps sent by a program"


def test_they_stand_below_the_others_under_words_of_their_own(
    app_instance: Instance, browser: Browsers
) -> None:
    doubtful = [app_instance.send(danger="yes", trapped=True).report_id for _ in range(2)]
    plain = app_instance.send().report_id
    page = browser().at_desk("Bela").get("/desk/").text
    assert shown(page) == [str(plain), *(str(each) for each in sorted(doubtful))]
    assert page.count(BELOW) == 1
    assert page.index(str(plain.hex)) < page.index(BELOW) < page.index(str(doubtful[0].hex))


def test_the_filter_shows_either(app_instance: Instance, browser: Browsers) -> None:
    doubtful = str(app_instance.send(trapped=True).report_id)
    plain = str(app_instance.send().report_id)
    bela = browser().at_desk("Bela")
    assert shown(bela.get("/desk/?doubt=only").text) == [doubtful]
    assert shown(bela.get("/desk/?doubt=no").text) == [plain]
    assert set(shown(bela.get("/desk/?doubt=x").text)) == {doubtful, plain}


def test_staff_verify_one_and_custody_says_who(app_instance: Instance, browser: Browsers) -> None:
    doubtful = app_instance.send(trapped=True).report_id
    bela = browser().at_desk("Bela")
    assert "It is a real report" in bela.open(doubtful).text
    answer = bela.post(f"/desk/reports/{doubtful}/verify")
    page = bela.get(answer.headers["Location"]).text
    assert "This report stands among the others now" in page
    assert "Verified as real" in page
    assert "It is a real report" not in page
    assert BELOW not in bela.get("/desk/").text


def test_another_desk_verifies_nothing(app_instance: Instance, browser: Browsers) -> None:
    receipt = app_instance.send(trapped=True)
    chidi = browser().at_desk("Chidi")
    assert chidi.post(f"/desk/reports/{receipt.report_id}/verify").status_code == 404
    app_instance.session.expire_all()
    assert app_instance.report(receipt).unverified
