"""What staff say: in every language, from the settings, else in the page's own words."""

from edge.booth.page.speech import speeches
from edge.booth.page.text import Text
from edge.config import BoothConfig, SpeechSection
from edge.phrase.table import LANGUAGES
from tests.booth.page.pages import SITE


def test_the_readers_language_comes_first() -> None:
    found = speeches(BoothConfig(**SITE), Text("sv"))
    assert [one.language for one in found] == ["sv", *(one for one in LANGUAGES if one != "sv")]
    assert all(one.say and one.filming for one in found)


def test_the_offer_and_the_notice_are_said() -> None:
    (english, *others) = speeches(BoothConfig(**SITE, retention_h=48), Text("en"))
    assert english.say.endswith("and offer you a pair of shoes?")
    assert "after 2 days. The cameras are run by Shoe shop." in english.filming
    assert english.filming.endswith("Questions and objections: privacy@example.org.")
    assert not [one for one in others if "shoes" in one.say], "the offer is named in English only"


def test_the_settings_say_it_otherwise() -> None:
    section = SpeechSection(say={"fr": "Bonjour !"}, filming={"fr": "Non."})
    french = speeches(BoothConfig(speech=section), Text("fr"))[0]
    assert (french.say, french.filming) == ("Bonjour !", "Non.")
