import pytest

from loopwright.engine.errors import PortError
from loopwright.engine.notes import Part
from loopwright.live.options import Wiring
from loopwright.live.patch import Intake, Outtake, Takes, match, plan_inputs, plan_outputs

ALSA = ("Midi Through:Midi Through Port-0 14:0", "Digitakt:Digitakt MIDI 1 20:0", "Keys:Keys 24:0")
EVERY = tuple(Part)
ALL = Takes.CLOCK | Takes.NOTES | Takes.CONTROLS


def test_a_part_of_a_name_is_enough_and_case_is_nothing() -> None:
    assert match("digi", ALSA, "output") == ALSA[1]


def test_a_whole_name_wins_over_a_part_of_another() -> None:
    assert match("bass", ("Bass", "Bass 2"), "output") == "Bass"
    assert match("Bass:Bass", ("Bass:Bass 20:0", "Bass:Bass 2 21:0"), "output") == "Bass:Bass 20:0"


def test_a_name_that_nothing_has_lists_what_there_is() -> None:
    with pytest.raises(PortError, match=r"no MIDI output is called 'x'; .*Digitakt.*Keys"):
        match("x", ALSA, "output")
    with pytest.raises(PortError, match="none at all"):
        match("x", (), "output")


def test_a_name_that_two_have_lists_the_two() -> None:
    with pytest.raises(PortError, match=r"several MIDI inputs: 'Midi Th.*', 'Digitakt") as caught:
        match("midi", ALSA, "input")
    assert "Keys" not in str(caught.value)


def test_virtual_ports_are_the_rule() -> None:
    assert plan_inputs(Wiring(), ALSA, True) == (Intake("Loopwright In", None, ALL),)
    assert [(o.name, o.target) for o in plan_outputs(Wiring(), ALSA, True)] == [
        ("Loopwright Drums", None),
        ("Loopwright Bass", None),
        ("Loopwright Melody", None),
    ]


def test_one_port_mode_sends_every_part_there() -> None:
    assert plan_outputs(Wiring(one_port=True), ALSA, True) == (
        Outtake("Loopwright Out", None, EVERY),
    )


def test_a_named_port_is_played_to_and_listened_to() -> None:
    wiring = Wiring(port="digitakt")
    assert plan_outputs(wiring, ALSA, True) == (Outtake("Loopwright Out", ALSA[1], EVERY),)
    assert plan_inputs(wiring, ALSA, True) == (Intake("Loopwright In", ALSA[1], ALL),)


def test_clock_and_notes_may_come_from_two_ports() -> None:
    wiring = Wiring(clock_from="digi", notes_from="keys")
    assert plan_inputs(wiring, ALSA, True) == (
        Intake("Loopwright In", None, Takes.CONTROLS),
        Intake("Loopwright Clock", ALSA[1], Takes.CLOCK),
        Intake("Loopwright Notes", ALSA[2], Takes.NOTES | Takes.CONTROLS),
    )


LOOPMIDI = ("Loopwright In 0", "Loopwright Drums 1", "Loopwright Bass 2")


def test_without_virtual_ports_those_with_our_names_are_taken() -> None:
    assert plan_inputs(Wiring(), LOOPMIDI, False) == (Intake("Loopwright In", LOOPMIDI[0], ALL),)
    assert plan_outputs(Wiring(), LOOPMIDI, False) == (
        Outtake("Loopwright Drums", LOOPMIDI[1], (Part.DRUMS,)),
        Outtake("Loopwright Bass", LOOPMIDI[2], (Part.BASS,)),
    )


def test_without_virtual_ports_and_without_ours_the_way_out_is_named() -> None:
    with pytest.raises(PortError, match=r"loopMIDI.*'Loopwright Drums'.*--port"):
        plan_outputs(Wiring(), ("Synth",), False)
    with pytest.raises(PortError, match=r"loopMIDI.*'Loopwright In'.*--clock-from"):
        plan_inputs(Wiring(), ("Synth",), False)


CLOCK_OUT = "Loopwright Clock Out"


def test_who_leads_has_a_port_for_the_clock() -> None:
    outputs = plan_outputs(Wiring(lead=True), ALSA, True)
    assert [(o.name, o.target, o.feeds) for o in outputs][-1] == (CLOCK_OUT, None, ("clock",))
    assert outputs[:-1] == plan_outputs(Wiring(), ALSA, True)


@pytest.mark.parametrize(
    "wiring", [Wiring(port="digi", lead=True), Wiring(one_port=True, lead=True)]
)
def test_on_one_port_the_clock_goes_where_the_parts_go(wiring: Wiring) -> None:
    (only,) = plan_outputs(wiring, ALSA, True)
    assert only.feeds == (*EVERY, "clock")


def test_the_clock_goes_to_the_port_that_is_named() -> None:
    named = Wiring(lead=True, clock_to="digi")
    assert plan_outputs(named, ALSA, True)[-1] == Outtake(CLOCK_OUT, ALSA[1], ("clock",))
    both = Wiring(port="keys", lead=True, clock_to="digi")
    assert [o.feeds for o in plan_outputs(both, ALSA, True)] == [EVERY, ("clock",)]
    with pytest.raises(PortError, match="no MIDI output is called 'x'"):
        plan_outputs(Wiring(lead=True, clock_to="x"), ALSA, True)


def test_without_virtual_ports_the_clock_takes_the_one_with_its_name() -> None:
    there = (*LOOPMIDI, "Loopwright Clock Out 3")
    assert plan_outputs(Wiring(lead=True), there, False)[-1] == Outtake(
        CLOCK_OUT, there[-1], ("clock",)
    )
    with pytest.raises(PortError, match=r"loopMIDI.*'Loopwright Clock Out'.*--clock-to"):
        plan_outputs(Wiring(lead=True), LOOPMIDI, False)


@pytest.mark.parametrize("wiring", [Wiring(lead=True), Wiring(link=True)])
def test_who_leads_or_is_in_a_session_hears_no_clock(wiring: Wiring) -> None:
    expected = Intake("Loopwright In", None, Takes.NOTES | Takes.CONTROLS)
    assert plan_inputs(wiring, ALSA, True) == (expected,)
