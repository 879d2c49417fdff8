"""The routing rules a second time, as plain Python, to compare the country files with.

Written from the rules in words, not from the files: where the two disagree, one is wrong.
"""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from reports.routing.facts import Facts

OURS = ("BE", "NL", "LU")
BRUSSELS = ZoneInfo("Europe/Brussels")
CENTRES = {"flanders": "be-payoke", "brussels": "be-pag-asa", "wallonia": "be-surya"}


def office_hours(at: datetime) -> bool:
    """Monday to Friday, 09:00 to 17:00 in Brussels, 17:00 excluded."""
    local = at.astimezone(BRUSSELS)
    return local.weekday() <= 4 and time(9) <= local.time() < time(17)


def is_minor(facts: Facts) -> bool:
    return facts.age in ("minor", "doubtful")


def is_withheld(facts: Facts) -> bool:
    return facts.police == "refused" or (facts.kind == "self" and facts.police != "accepted")


def countries_of(facts: Facts) -> tuple[str | None, str | None]:
    """The first and the second country."""
    present, exploited = facts.present_country, facts.exploitation_country
    if present in OURS:
        return present, exploited if exploited in OURS and exploited != present else None
    return (exploited if exploited in OURS else None), None


def emergency(facts: Facts) -> list[str]:
    if not facts.danger:
        return []
    own = {"BE": ["be-police-101"], "LU": ["lu-police-113"]}
    return [*own.get(facts.present_country, []), "eu-112"]


def expected_help(facts: Facts) -> list[str]:
    first, second = countries_of(facts)
    listed = emergency(facts)
    if first == "BE":
        listed += help_belgium(facts)
    elif first == "NL":
        listed += help_netherlands(facts)
    elif first == "LU":
        listed += help_luxembourg(facts)
    if second == "BE":
        listed.append(CENTRES.get(facts.region, "be-stop-trafficking-line"))
    elif second == "NL":
        alone = is_minor(facts) and facts.unaccompanied
        listed.append("nl-nidos" if alone else "nl-comensha")
    elif second == "LU":
        listed.append("lu-infotraite")
    return list(dict.fromkeys(listed))


def help_belgium(facts: Facts) -> list[str]:
    listed = []
    if is_minor(facts):
        if facts.unaccompanied:
            listed.append("be-guardianship")
        if facts.region != "wallonia":
            listed.append("be-minor-ndako")
        if facts.region in ("wallonia", "unknown"):
            listed.append("be-esperanto")
    centres = ["be-pag-asa", "be-payoke", "be-surya"]
    if facts.region != "unknown":
        centres = [CENTRES[facts.region]]
    if facts.police == "refused":
        listed += [*centres, "be-stop-trafficking-line"]
    else:
        listed += ["be-stop-trafficking-line", *centres]
    if facts.form == "labour" and facts.police != "refused":
        listed += ["be-tsw", "be-nsso"]
    if facts.asylum_reception:
        listed.append("be-fedasil")
    return listed


def help_netherlands(facts: Facts) -> list[str]:
    labour = facts.form == "labour"
    if is_minor(facts):
        if facts.police == "refused":
            return ["nl-nidos"] if facts.unaccompanied else ["nl-veilig-thuis", "nl-comensha"]
        listed = ["nl-nidos", "nl-coa"] if facts.unaccompanied else ["nl-veilig-thuis"]
        listed.append("nl-police")
        if labour:
            listed.append("nl-labour-inspectorate")
    elif facts.police == "refused":
        return ["nl-comensha", "nl-care-coordinators"]
    elif facts.asylum_reception:
        listed = ["nl-coa", "nl-comensha"]
    elif labour:
        listed = ["nl-labour-inspectorate", "nl-comensha"]
    elif not office_hours(facts.at):
        listed = ["nl-police", "nl-meld-misdaad-anoniem", "nl-comensha"]
    else:
        listed = ["nl-comensha", "nl-police"]
    if facts.anonymous:
        listed = ["nl-meld-misdaad-anoniem", *(name for name in listed if name != "nl-police")]
    return listed


def help_luxembourg(facts: Facts) -> list[str]:
    open_now = office_hours(facts.at)
    police = ["lu-police-victim-protection", "lu-infotraite"]
    if is_minor(facts):
        listed = police if open_now else ["lu-police-113", *police]
    elif facts.police == "refused":
        listed = ["lu-infotraite"] if open_now else ["lu-infotraite", "lu-stoptraite"]
    elif not open_now:
        listed = ["lu-police-113", *police]
    else:
        listed = ["lu-infotraite", "lu-police-victim-protection"]
    listed = list(listed)
    if facts.form == "labour" and (is_minor(facts) or facts.police != "refused"):
        listed.insert(listed.index("lu-infotraite") + 1, "lu-itm")
    if facts.asylum_reception:
        listed.append("lu-ona")
    return listed


def expected_refer(facts: Facts) -> list[str]:
    first, second = countries_of(facts)
    labour = facts.form == "labour"
    listed = emergency(facts)
    if first == "BE":
        listed += refer_belgium(facts)
    elif first == "NL":
        listed += refer_netherlands(facts)
    elif first == "LU":
        listed += refer_luxembourg(facts)
    if not is_withheld(facts):
        if second == "BE":
            listed += [*(["be-nsso", "be-tsw"] if labour else []), "be-djsoc"]
        elif second == "NL":
            listed += [*(["nl-labour-inspectorate"] if labour else []), "nl-emm"]
        elif second == "LU":
            listed += ["lu-police-organised-crime", *(["lu-itm"] if labour else [])]
    return list(dict.fromkeys(listed))


def refer_belgium(facts: Facts) -> list[str]:
    centre = CENTRES.get(facts.region, "be-pag-asa")
    if is_withheld(facts):
        listed = [centre]
    else:
        listed = [centre] if facts.kind == "self" else []
        if facts.form == "labour":
            listed += ["be-nsso", "be-tsw"]
        listed.append("be-djsoc")
    if is_minor(facts) and facts.unaccompanied:
        listed.append("be-guardianship")
        if not office_hours(facts.at):
            listed.append("be-esperanto-night")
    if is_minor(facts):
        listed.append("be-esperanto" if facts.region == "wallonia" else "be-minor-ndako")
    if facts.asylum_reception and not is_withheld(facts):
        listed.append("be-fedasil")
    return listed


def refer_netherlands(facts: Facts) -> list[str]:
    listed = []
    if is_withheld(facts):
        if not is_minor(facts):
            listed.append("nl-comensha")
    else:
        if facts.kind == "self" and not is_minor(facts):
            listed.append("nl-comensha")
        if facts.form == "labour":
            listed.append("nl-labour-inspectorate")
        listed.append("nl-emm")
    if is_minor(facts):
        listed.append("nl-nidos" if facts.unaccompanied else "nl-jeugdzorg")
    if facts.asylum_reception and not is_withheld(facts):
        listed.append("nl-coa")
    return listed


def refer_luxembourg(facts: Facts) -> list[str]:
    minor = is_minor(facts)
    if is_withheld(facts) and not minor:
        return ["lu-infotraite"]
    listed = []
    if facts.kind == "self":
        listed.append("lu-infotraite")
    if minor:
        listed.append("lu-police-victim-protection")
    listed.append("lu-police-organised-crime")
    if facts.form == "labour":
        listed.append("lu-itm")
    if minor and facts.kind != "self":
        listed.append("lu-infotraite")
    if facts.asylum_reception:
        listed.append("lu-ona")
    return listed
