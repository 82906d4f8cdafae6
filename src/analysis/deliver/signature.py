"""PAdES signatures for what goes out: baseline B-B; with a timestamp server B-LT.

A signature is an addition at the end of the file. What was published is the signed file's
beginning, byte for byte, so tags, bookmarks and metadata stay as they are. Nothing goes out that
`brinkwatch verify` would refuse: each signature is examined before it is returned.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import re
import warnings
from typing import Any

from markupsafe import Markup
from pyhanko.pdf_utils import content, generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from analysis.deliver.timestamps import TimestampServer
from analysis.deliver.validation import Certificate, examine, roots
from analysis.errors import RunError
from analysis.plain_text import one_line
from analysis.publish.pdf import pdf as typeset
from analysis.schedule.config import secret
from analysis.schedule.settings import Signing

#: pyHanko's own modules whose constructors have no types.
_objects: Any = generic
_content: Any = content

_store: Any = SimpleCertificateStore

#: Name of the signature field, as a PDF reader lists it.
FIELD = "Signature"

#: Size of the two lines that say who signed, and their height above the edge, in points: in the
#: bottom margin of the first page, between the page number and the marking.
_WIDTH, _HEIGHT, _ABOVE_EDGE = 240, 22, 23

_LINES = Markup("""<!DOCTYPE html>
<html lang="en"><head><title>Signature</title><style>
@page {{ size: {width}pt {height}pt; margin: 0 }}
body {{ margin: 0; text-align: center; font: 400 7.5pt/1.3 "Public Sans"; color: #565d66 }}
p {{ margin: 0; overflow: hidden; white-space: nowrap; text-overflow: ellipsis }}
</style></head><body><p>Signed by {name}</p><p>{when}</p></body></html>""")

#: The marks that tie text to the tags of a document of its own.
_MARKS = re.compile(rb"/\w+\s*<</MCID \d+>>\s*BDC\s|\bEMC\s")


def signed(
    pdf: bytes, signing: Signing, now: dt.datetime, clock: dt.datetime | None = None
) -> bytes:
    """Return the document with a signature, visible on its first page and in a reader's list.

    Parameters
    ----------
    pdf: a document as published; what is returned begins with it.
    signing: where the key is, and what to say of whoever signs.
    now: the time that the signature states, with its time zone.
    clock: what the clock says where that is another time: whoever gets the document looks at it
        then, and has to be able to believe it.

    Raises
    ------
    RunError
        If the key cannot be read, its certificate is not valid at that time, there is no timestamp
        where there should be one, or what is signed could not be verified.
    UsageError
        If the passphrase is not where the configuration says.
    """
    signer = _signer(signing, now)
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=SigSeedSubFilter.PADES,
        name=signing.name,
        reason=signing.reason,
        location=signing.location,
        **(_long_term(signing, signer) if signing.timestamp else {}),
    )
    writer = _Addition(io.BytesIO(pdf))
    name = signing.name or _common_name(signer)
    _add_field(writer, name)
    style = _style(writer, name, now)
    timestamper = TimestampServer(signing.timestamp) if signing.timestamp else None
    with_key = PdfSigner(metadata, signer, timestamper=timestamper, stamp_style=style)
    try:
        document = asyncio.run(_sign(with_key, writer, now))
    except (OSError, SigningError, PathError, ValidationError) as reason:
        what = (
            f"No timestamp of {signing.timestamp}"
            if timestamper
            else f"The key {signing.pkcs12} cannot sign"
        )
        raise RunError(f"{what}: {one_line(str(reason)).rstrip('.')}.") from None
    _refuse_what_cannot_be_verified(document, signer, signing, clock or now)
    return document


def _long_term(signing: Signing, signer: SimpleSigner) -> dict[str, Any]:
    """What a signature needs that can be verified when nobody answers any more: PAdES B-LT.

    Certificates, and what their authorities say of revocations, are put into what is signed, so
    that it is the last addition to the document.
    """
    authorities = [*signer.cert_registry, *_authorities(signing)]
    context = ValidationContext(
        trust_roots=authorities or _own(signer), allow_fetching=True, revocation_mode="soft-fail"
    )
    together = SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
    return {
        "embed_validation_info": True,
        "signer_key_usage": set(),  # what the certificate is for is seen when it is verified
        "validation_context": context,
        "dss_settings": DSSContentSettings(include_vri=False, placement=together),
    }


def _authorities(signing: Signing) -> list[Certificate]:
    return roots(signing.trust) if signing.trust else []


def own_certificates(signing: Signing) -> list[Certificate]:
    """Return the certificate of the configured key, and those of its authorities that came with it.

    Raises
    ------
    RunError
        If the key cannot be read.
    UsageError
        If the passphrase is not where the configuration says.
    """
    return _own(_loaded(signing))


def _own(signer: SimpleSigner) -> list[Certificate]:
    return [signer.signing_cert, *signer.cert_registry]


def _refuse_what_cannot_be_verified(
    document: bytes, signer: SimpleSigner, signing: Signing, clock: dt.datetime
) -> None:
    found = examine(document, [*_own(signer), *_authorities(signing)], clock)
    why = found.fault or found.doubt
    if not why and not found.trusted:
        why = "its certificate is not for signatures, or its key is too weak"
    if why:
        raise RunError(
            f"The key {signing.pkcs12} cannot sign what `brinkwatch verify` would believe: {why}; "
            "nothing was sent with it."
        )


class _Addition(IncrementalPdfFileWriter):
    """An addition to a document that leaves what the document says of itself as it is."""

    def _update_meta(self) -> None:
        """Write no date of change: it would be the machine's, and the signature has its own."""


async def _sign(signer: PdfSigner, writer: IncrementalPdfFileWriter, now: dt.datetime) -> bytes:
    """The steps of `PdfSigner.sign_pdf`, which would take the time from the machine."""
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = now
    known = await session.perform_presign_validation(writer)
    size = await session.estimate_signature_container_size(known)
    document = session.prepare_tbs_document(known, size)
    output = io.BytesIO()
    digest, _ = document.digest_tbs_document(output=output)
    with_signature = await document.perform_signature(
        digest.document_digest, PdfCMSSignedAttributes(signing_time=now)
    )
    await with_signature.post_signature_processing(output)
    whole: bytes = output.getvalue()
    return whole


def _signer(signing: Signing, now: dt.datetime) -> SimpleSigner:
    """Whoever signs, if their certificate is valid."""
    signer = _loaded(signing)
    certificate: Any = signer.signing_cert
    first, last = certificate.not_valid_before, certificate.not_valid_after
    if not first <= now <= last:
        raise RunError(f"The certificate in {signing.pkcs12} is valid from {first} to {last} only.")
    # Whoever verifies has the roots they trust; one that comes along proves nothing.
    signer.embed_roots = False
    return signer


def _loaded(signing: Signing) -> SimpleSigner:
    """Key and certificates from the configured file."""
    passphrase = secret(signing.passphrase_env, signing.passphrase_file)
    password = passphrase.encode() if passphrase else None
    try:
        key = signing.pkcs12.read_bytes()
        with warnings.catch_warnings(action="ignore"):  # that it is BER, as long as it can be read
            signer: SimpleSigner = SimpleSigner.load_pkcs12_data(key, (), password)
    except OSError as reason:
        raise RunError(f"The key {signing.pkcs12} cannot be read: {reason.strerror}.") from None
    except (ValueError, AttributeError):
        # Whatever was wrong, the message must not repeat what was tried as a passphrase.
        raise RunError(
            f"{signing.pkcs12} holds no key and certificate, or the passphrase is another."
        ) from None
    own, *authorities = _chain(signer)
    return SimpleSigner(own, signer.signing_key, _store.from_certs(authorities))


def _chain(signer: SimpleSigner) -> list[Certificate]:
    """The signer's certificate, and whoever vouches for it of what else came with the key."""
    left = list(signer.cert_registry)
    chain: list[Any] = [signer.signing_cert]
    while found := [one for one in left if one.subject == chain[-1].issuer]:
        left.remove(found[0])
        chain.append(found[0])
    return chain


def _common_name(signer: SimpleSigner) -> str:
    """What the certificate calls whoever signs."""
    certificate: Any = signer.signing_cert
    subject = certificate.subject
    return str(subject.native.get("common_name", subject.human_friendly))


def _add_field(writer: _Addition, name: str) -> None:
    """Put a signature field into the bottom margin of the first page."""
    page = writer.root["/Pages"]["/Kids"][0]
    left = round((float(page["/MediaBox"][2]) - _WIDTH) / 2)
    box = left, _ABOVE_EDGE, left + _WIDTH, _ABOVE_EDGE + _HEIGHT
    label = f"Signature of {name}"
    spec = SigFieldSpec(FIELD, on_page=0, box=box, readable_field_name=label)
    append_signature_field(writer, spec)
    if "/StructTreeRoot" in writer.root:
        _tag(writer, label)


def _tag(writer: IncrementalPdfFileWriter, label: str) -> None:
    """Give the field its place among the document's tags, as PDF/UA asks of every form field."""
    tree = writer.root["/StructTreeRoot"]
    branches = tree["/K"]
    document = branches[0] if isinstance(branches, generic.ArrayObject) else branches
    numbers = tree["/ParentTree"]["/Nums"]
    key = _objects.NumberObject(max(list(numbers)[::2], default=-1) + 1)
    field = writer.root["/AcroForm"]["/Fields"].raw_get(-1)
    page = field.get_object().raw_get("/P")
    in_page = {"/Type": pdf_name("/OBJR"), "/Obj": field, "/Pg": page}
    tag = {
        "/Type": pdf_name("/StructElem"),
        "/S": pdf_name("/Form"),
        "/P": _objects.IndirectObject(
            document.container_ref.idnum, document.container_ref.generation, writer
        ),
        "/Alt": _objects.TextStringObject(label),
        "/K": _dictionary(in_page),
    }
    reference = writer.add_object(_dictionary(tag))
    field.get_object()["/StructParent"] = key
    document["/K"].append(reference)
    numbers.extend([key, reference])
    for changed in (document["/K"], numbers):
        writer.update_container(changed)


def _dictionary(entries: dict[str, Any]) -> Any:
    return _objects.DictionaryObject({pdf_name(name): value for name, value in entries.items()})


def _style(writer: _Addition, name: str, now: dt.datetime) -> StaticStampStyle:
    """What the field looks like: two lines in the typeface of the page, which is embedded."""
    at = now.astimezone(dt.UTC)
    when = f"{at.day} {at:%B %Y}, {at:%H:%M} UTC"
    html = _LINES.format(width=_WIDTH, height=_HEIGHT, name=name, when=when)
    page = PdfFileReader(io.BytesIO(typeset(html))).root["/Pages"]["/Kids"][0]
    resources = _content.PdfResources()
    resources.font = writer.import_object(page["/Resources"]["/Font"])
    resources.ext_g_state = writer.import_object(page["/Resources"]["/ExtGState"])
    drawing = _MARKS.sub(b"", page["/Contents"].data)
    centred = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID)
    return StaticStampStyle(
        border_width=0,
        background=_content.RawContent(drawing, resources, BoxConstraints(_WIDTH, _HEIGHT)),
        background_layout=centred,
        background_opacity=1.0,
    )
