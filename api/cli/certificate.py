"""``hours-ledger certificate``: checks what was issued, without the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from api.cli.columns import padded, paragraph
from api.cli.session import language, language_option, read_settings
from api.cli.words import CERTIFICATE
from api.paper.seal import SealedClaim, verify_claim, verify_file
from service.domain.certificate import SUBJECT_LETTERS
from service.signing import BadSignature, KeyRing, kept_signer, read_key_ring
from service.wording import Language, say
from service.wording.decision import OUTCOMES
from service.wording.transcript import SUBJECTS


@click.group()
def certificate() -> None:
    """Certificates (学时证明)."""


@certificate.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--claim", help="What a QR code says: the signed claim, or the whole address. 二维码内容")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JWK set of the issuer (/.well-known/jwks.json, saved). Not given: the keys of the settings. 公钥文件",
)
@language_option
def verify(file: Path | None, claim: str | None, keys: Path | None) -> None:
    """Check a certificate's file, or the claim in its QR code, without the database (离线核验).

    Finds any changed byte of a file. Says what was attested on the day of issue; whether it still holds is asked
    online, by its code. Exit status 0 sound, 1 not, 2 wrong usage.
    """
    if (file is None) == (claim is None):
        raise click.UsageError("give a FILE, or --claim")
    ring = _key_ring(keys)
    try:
        found = _checked(file, claim or "", ring)
    except BadSignature as bad:
        click.echo(say(CERTIFICATE, bad.code, language(), {"key_id": bad.key_id}))
        click.get_current_context().exit(1)
    click.echo(
        say(CERTIFICATE, "sound_file" if file else "sound_claim", language(), {"key_id": found.key_id})
    )
    for line in claim_lines(found.claim, language()):
        click.echo(line)


def _checked(file: Path | None, claim: str, ring: KeyRing) -> SealedClaim:
    if file is not None:
        return verify_file(file.read_bytes(), ring)
    return verify_claim(claim.strip().rpartition("#")[2], ring)


def _key_ring(keys: Path | None) -> KeyRing:
    if keys is not None:
        try:
            return read_key_ring(keys.read_text("utf-8"))
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--keys") from None
    signer = kept_signer(read_settings())
    if signer is None:
        raise click.UsageError("there are no signing keys in the settings: give --keys")
    return signer.ring


def claim_lines(claim: dict[str, Any], language: Language) -> Iterator[str]:
    """What a claim attests, as people read it."""

    def fact(name: str, value: object) -> str:
        return f"{padded(say(CERTIFICATE, name, language, {}), 16)}{value}"

    yield fact("code", claim["code"])
    yield fact("name", claim["name"])
    yield fact("number", claim["no"])
    yield fact("issued_on", claim["on"])
    yield fact("position", f"{claim['pos']}  {claim['head']}…")
    if "year" in claim:
        yield fact("scope", claim["year"])
    for year, told in sorted(claim["hours"].items()):
        yield fact("hours", f"{year}  {_told(told, language)}")
    if "out" in claim:
        said = claim["out"]
        outcome = say(OUTCOMES, said["is"], language, {})
        about = f"({said['at']}, {said['in']}, {said['level']}, {said['for']}, {said.get('policy', '–')})"
        yield fact("outcome", f"{outcome} {about}")
    yield from paragraph(say(CERTIFICATE, "online", language, {"code": claim["code"]}), "")


def _told(told: Any, language: Language) -> str:
    """The hours of a year, by subject or all together."""
    if isinstance(told, list):
        return _pair(told, language)
    names = {letter: say(SUBJECTS, subject, language, {}) for subject, letter in SUBJECT_LETTERS.items()}
    return "; ".join(f"{names[letter]} {_pair(pair, language)}" for letter, pair in told.items())


def _pair(pair: list[int | float], language: Language) -> str:
    recognised, pending = pair
    return say(CERTIFICATE, "pair", language, {"recognised": recognised, "pending": pending})
