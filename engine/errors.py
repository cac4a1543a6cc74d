"""What can go wrong, as one tree.

LoopwrightError          one sentence that a musician can act on; the command line prints it alone
    MidiFileError        a MIDI file that cannot be read, or does not hold what is asked of it
    PortError            a port name that matches none or several, or a MIDI system that fails
    PresetError          a preset that is missing, damaged, or of an unknown kind
    SettingError         a setting outside its range, or unknown
    LogError             a session log that cannot be read, or does not play again the same
    RuntimeMissing       a library or an execution provider that is not there
"""


class LoopwrightError(Exception):
    """One sentence that a musician can act on."""


class MidiFileError(LoopwrightError):
    """A MIDI file cannot be read, or does not hold what is asked of it."""


class PortError(LoopwrightError):
    """A port name matches none or several, or a MIDI system fails."""


class PresetError(LoopwrightError):
    """A preset is missing, damaged, or of an unknown kind."""


class SettingError(LoopwrightError):
    """A setting lies outside its range, or is unknown."""


class LogError(LoopwrightError):
    """A session log cannot be read, or does not play again the same."""


class RuntimeMissing(LoopwrightError):
    """A library or an execution provider that is needed is not there."""
