"""Word, Excel and PowerPoint files with every kind of place in which programs leave names."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image

R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
P = "http://schemas.openxmlformats.org/package/2006"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
M = "http://schemas.openxmlformats.org/presentationml/2006/main"
OFFICE = "application/vnd.openxmlformats-officedocument"
HIDDEN = "Hidden-Words"


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((32, 24), 50).convert("RGB").save(out, form)
    return out.getvalue()


def relations(*told: tuple[str, str, str]) -> bytes:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{R}/{kind}" Target="{target}"/>'
        for name, kind, target in told
    )
    return f'<Relationships xmlns="{P}/relationships">{inside}</Relationships>'.encode()


def types(**overrides: str) -> bytes:
    inside = "".join(
        f'<Override PartName="/{part}" ContentType="{OFFICE}.{kind}+xml"/>'
        for part, kind in overrides.items()
    )
    return (
        f'<Types xmlns="{P}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="gif" ContentType="image/gif"/>{inside}</Types>'
    ).encode()


def docx() -> dict[str, bytes]:
    v, o = "urn:schemas-microsoft-com:vml", "urn:schemas-microsoft-com:office:office"
    w14 = "http://schemas.microsoft.com/office/word/2010/wordml"
    body = f"""<w:document xmlns:w="{W}" xmlns:r="{R}" xmlns:a="{A}" xmlns:v="{v}" xmlns:o="{o}"
 xmlns:w14="{w14}"><w:body><w:p w14:paraId="1A2B3C4D" w:rsidR="00AA11BB"><w:pPr>
<w:pStyle w:val="Heading1"/><w:jc w:val="center"/></w:pPr><w:bookmarkStart w:id="0" w:name="_Toc1"/>
<w:r><w:rPr><w:rFonts w:ascii="Times New Roman"/><w:sz w:val="24"/></w:rPr><w:t>Seen one</w:t></w:r>
<w:bookmarkEnd w:id="0"/></w:p><w:p><w:ins w:id="1" w:author="a" w:date="2026-01-01T00:00:00Z"><w:r>
<w:t>Seen two</w:t></w:r></w:ins><w:del w:id="2"
 w:author="a"><w:r><w:delText>{HIDDEN}</w:delText></w:r>
</w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>{HIDDEN}</w:t></w:r><w:commentRangeStart w:id="3"/><w:r>
<w:t>Seen three</w:t></w:r><w:commentReference w:id="3"/></w:p><w:sdt><w:sdtPr><w:alias w:val="x"/>
<w:tag w:val="y"/><w:dataBinding w:xpath="/a"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Seen
 four</w:t>
</w:r></w:p></w:sdtContent></w:sdt><w:p><w:hyperlink w:anchor="_Toc1"><w:r><w:t>Seen
 five</w:t></w:r>
</w:hyperlink><w:r><w:drawing><a:graphic><a:ext cx="100" cy="200"/><a:blip
 r:embed="r1"/></a:graphic>
</w:drawing></w:r><w:r><w:pict><v:shape style="width:9pt;height:9pt" alt="x"
 o:title="y"><v:imagedata
 r:id="r2" o:title="z"/></v:shape></w:pict></w:r></w:p></w:body></w:document>"""
    styles = f"""<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="Heading1"><w:name
 w:val="heading 1"/></w:style><w:style w:type="paragraph" w:customStyle="1" w:styleId="Own"><w:name
 w:val="Own style"/><w:basedOn w:val="Heading1"/></w:style></w:styles>"""
    settings = f"""<w:settings xmlns:w="{W}"
 xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml">
<w:zoom w:percent="100"/>
<w15:docId w15:val="{{5B1A0000-1111-2222-3333-444455556666}}"/></w:settings>"""
    return {
        "[Content_Types].xml": types(**{"word/document.xml": "wordprocessingml.document.main"}),
        "_rels/.rels": relations(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": body.encode(),
        "word/styles.xml": styles.encode(),
        "word/settings.xml": settings.encode(),
        "word/comments.xml": f'<w:comments xmlns:w="{W}"/>'.encode(),
        "word/media/image1.gif": picture("GIF"),
        "word/media/image2.emf": b"\1\0\0\0" + HIDDEN.encode() * 9,
        "word/embeddings/sheet1.xlsx": HIDDEN.encode(),
        "word/_rels/document.xml.rels": relations(
            ("r1", "image", "media/image1.gif"),
            ("r2", "image", "media/image2.emf"),
            ("r3", "styles", "styles.xml"),
            ("r4", "settings", "settings.xml"),
            ("r5", "comments", "comments.xml"),
            ("r6", "package", "embeddings/sheet1.xlsx"),
        ),
    }


def xlsx() -> dict[str, bytes]:
    book = f"""<workbook xmlns="{S}" xmlns:r="{R}"><fileVersion appName="xl"/><fileSharing
 userName="x"/>
<sheets><sheet name="Pay 2026" sheetId="1" r:id="r1"/></sheets></workbook>"""
    sheet = f"""<worksheet xmlns="{S}" xmlns:r="{R}"><dimension ref="A1:B2"/><cols><col min="1"
 max="1"
 width="9.5"/></cols><sheetData><row r="1" spans="1:2"><c r="A1" t="s"><v>0</v></c><c
 r="B1"><f>1+1</f>
<v>2</v></c></row></sheetData><mergeCells><mergeCell ref="A2:B2"/></mergeCells><legacyDrawing
 r:id="r1"/>
</worksheet>"""
    return {
        "[Content_Types].xml": types(**{"xl/workbook.xml": "spreadsheetml.sheet.main"}),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "docProps/core.xml": f"<a>{HIDDEN}</a>".encode(),
        "xl/workbook.xml": book.encode(),
        "xl/worksheets/sheet1.xml": sheet.encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{S}"><si><t>Seen one</t></si></sst>'.encode(),
        "xl/comments1.xml": f'<comments xmlns="{S}"><t>{HIDDEN}</t></comments>'.encode(),
        "xl/printerSettings/printerSettings1.bin": HIDDEN.encode(),
        "xl/externalLinks/externalLink1.xml": f"<a>{HIDDEN}</a>".encode(),
        "xl/_rels/workbook.xml.rels": relations(
            ("r1", "worksheet", "worksheets/sheet1.xml"),
            ("r2", "sharedStrings", "sharedStrings.xml"),
            ("r3", "externalLink", "externalLinks/externalLink1.xml"),
        ),
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("r1", "comments", "../comments1.xml")),
    }


def pptx() -> dict[str, bytes]:
    show = f"""<p:presentation xmlns:p="{M}" xmlns:r="{R}"><p:sldIdLst><p:sldId id="256" r:id="r1"/>
</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/></p:presentation>"""
    slide = f"""<p:sld xmlns:p="{M}" xmlns:a="{A}"
 xmlns:r="{R}"><p:cSld><p:spTree><p:sp><p:nvSpPr><p:cNvPr
 id="2" name="Title 1" descr="x"/></p:nvSpPr><p:spPr><a:xfrm><a:off x="1" y="2"/><a:ext cx="3"
 cy="4"/>
</a:xfrm><a:prstGeom prst="rect"/></p:spPr><p:txBody><a:p><a:r><a:rPr lang="en-GB" sz="1800"/>
<a:t>Seen one</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"""
    return {
        "[Content_Types].xml": types(
            **{"ppt/presentation.xml": "presentationml.presentation.main"}
        ),
        "_rels/.rels": relations(("r1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": show.encode(),
        "ppt/slides/slide1.xml": slide.encode(),
        "ppt/notesSlides/notesSlide1.xml": f"<a>{HIDDEN}</a>".encode(),
        "ppt/commentAuthors.xml": f"<a>{HIDDEN}</a>".encode(),
        "ppt/media/media1.mp4": HIDDEN.encode(),
        "ppt/_rels/presentation.xml.rels": relations(("r1", "slide", "slides/slide1.xml")),
        "ppt/slides/_rels/slide1.xml.rels": relations(
            ("r1", "notesSlide", "../notesSlides/notesSlide1.xml"),
        ),
    }


ALL: Mapping[str, dict[str, bytes]] = {"docx": docx(), "xlsx": xlsx(), "pptx": pptx()}
