"""What the app asks of melody models: passed on, declined, asked again, and given up."""

from pathlib import Path

import pytest

from loopwright.engine.happen import Phrased
from loopwright.engine.melody import Melody, Phrase
from loopwright.engine.notes import Note, Part
from loopwright.live import singing
from loopwright.live.board import Member
from loopwright.live.loading import MelodyOpened, MelodyRefused
from loopwright.live.singing import FAILED_TWICE, NO_MODEL, Singing

LEAD, OTHER = Path("lead"), Path("other")
NOTE = Note(96, 12, 60, 90, Part.MELODY)


class Mail:
    """What was posted to whom."""

    def __init__(self) -> None:
        self.to: dict[Member, list[object]] = {member: [] for member in Member}

    def tell(self, member: Member, value: object) -> None:
        self.to[member].append(value)

    @property
    def phrases(self) -> list[Phrase]:
        """What the player was told."""
        told = self.to[Member.PLAYER]
        assert all(isinstance(one, Phrased) for one in told)
        return [one.phrase for one in told if isinstance(one, Phrased)]


@pytest.fixture
def mail() -> Mail:
    return Mail()


def asked(number: int) -> Melody:
    return Melody(number, 1, 7, (NOTE,), 96, 192, composed=(NOTE,), reached=120)


def sung(number: int) -> Phrase:
    return Phrase(number, 1, (NOTE,), 192)


def test_requests_go_to_the_composer_and_answers_to_the_player(mail: Mail) -> None:
    singer = Singing(mail, lambda _: None)
    singer.ask(asked(1), LEAD)
    singer.hear(sung(1))
    assert mail.to[Member.COMPOSER] == [asked(1)]
    assert mail.phrases == [sung(1)]


def test_without_a_model_the_player_keeps_what_stands_and_hears_why(mail: Mail) -> None:
    Singing(mail, lambda _: None).ask(asked(1), None)
    assert mail.phrases == [Phrase(1, 1, (NOTE,), 120, NO_MODEL)]
    assert mail.to[Member.COMPOSER] == []


def test_a_model_that_is_refused_is_said_once_and_asked_no_more(mail: Mail) -> None:
    words: list[str] = []
    singer = Singing(mail, words.append)
    singer.ask(asked(1), LEAD)
    singer.hear(MelodyRefused(LEAD, "it is broken"))
    singer.ask(asked(2), LEAD)
    singer.ask(asked(3), OTHER)
    assert words == ["no melody: it is broken"]
    assert [(p.number, p.reason) for p in mail.phrases] == [
        (1, "it is broken"),
        (2, "it is broken"),
    ]
    assert mail.to[Member.COMPOSER] == [asked(1), asked(3)]


def test_a_new_composer_is_asked_again_and_what_felled_two_is_given_up(mail: Mail) -> None:
    singer = Singing(mail, lambda _: None)
    singer.ask(asked(5), LEAD)
    singer.revive()
    assert mail.to[Member.COMPOSER] == [asked(5), asked(5)]
    singer.revive()
    assert mail.phrases == [Phrase(5, 1, (NOTE,), 120, FAILED_TWICE)]
    singer.revive()
    assert len(mail.to[Member.COMPOSER]) == 2


def test_only_an_open_model_can_be_at_it_for_too_long(
    mail: Mail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(singing, "TOO_SLOW", -1.0)
    singer = Singing(mail, lambda _: None)
    assert not singer.overdue()
    singer.ask(asked(1), LEAD)
    assert not singer.overdue()  # it may be tried out for half a minute
    singer.hear(MelodyOpened(LEAD, "cpu-int8", 0.1))
    assert singer.overdue()
    singer.hear(sung(1))
    assert not singer.overdue()
