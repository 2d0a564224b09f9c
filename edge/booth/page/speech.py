"""What staff say to somebody, and what they answer to "are you filming me?", in each language."""

from dataclasses import dataclass

from edge.booth.page.text import NAMES, Text
from edge.config import BoothConfig, Language


@dataclass(frozen=True)
class Speech:
    """What to say in one language."""

    language: Language
    name: str
    """What the language is called, in the reader's language."""
    say: str
    filming: str


def speeches(config: BoothConfig, reader: Text) -> list[Speech]:
    """Return what to say in every language, the reader's own first."""
    first = sorted(NAMES.values(), key=lambda language: language != reader.language)
    return [_speech(config, language, reader(f"speak-{language}")) for language in first]


def _speech(config: BoothConfig, language: Language, name: str) -> Speech:
    section, text, offer = config.speech, Text(language), config.speech.offer.get(language, "")
    own = text("say-offer", offer=offer) if offer else text("say")
    filming = section.filming.get(language) or _filming(config, text)
    return Speech(language, name, section.say.get(language) or own, filming)


def _filming(config: BoothConfig, text: Text) -> str:
    """Return the answer that the notice gives; it promises what booth.yaml keeps."""
    section = config.speech
    parts = [text("filming", days=max(round(config.retention_h / 24), 1))]
    if section.who:
        parts.append(text("filming-who", who=section.who))
    if section.contact:
        parts.append(text("filming-contact", contact=section.contact))
    return " ".join(parts)
