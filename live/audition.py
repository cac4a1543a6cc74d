"""What a clip sounds like: a WAV file, made by FluidSynth with a General MIDI sound font."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from loopwright.engine.errors import RuntimeMissing, SettingError

PROGRAM, VARIABLE = "fluidsynth", "LOOPWRIGHT_SOUND_FONT"
PATIENCE = 120.0  # seconds; eight bars take one
RATE, GAIN = 44100, 0.6
FONTS = (
    "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2",
    "/usr/share/sounds/sf3/default-GM.sf3",
    "/usr/share/soundfonts/default.sf2",
    "/usr/share/soundfonts/FluidR3_GM.sf2",
)
"""Where distributions of Linux put them."""
DEBIAN = "Debian and Ubuntu: sudo apt-get install fluidsynth fluid-soundfont-gm"


def font_for(told: str | None) -> Path:
    """Return the sound font to use: told, $LOOPWRIGHT_SOUND_FONT, or the system's.

    Raises SettingError, RuntimeMissing.
    """
    if shutil.which(PROGRAM) is None:
        raise RuntimeMissing(f"--wav needs the program {PROGRAM} ({DEBIAN})")
    named = told or os.environ.get(VARIABLE)
    if named and not Path(named).is_file():
        raise SettingError(f"no such sound font: {named}")
    for font in (named,) if named else FONTS:
        if os.path.isfile(font):
            return Path(font)
    raise RuntimeMissing(f"--wav needs a General MIDI sound font: --sound-font FILE ({DEBIAN})")


def wav_bytes(clip: bytes, font: Path) -> bytes:
    """Return a MIDI file as sound, 44.1 kHz stereo. Blocks for a second. Raises RuntimeMissing."""
    with tempfile.TemporaryDirectory() as work:
        midi, wav = Path(work) / "clip.mid", Path(work) / "clip.wav"
        midi.write_bytes(clip)
        command = [PROGRAM, "-n", "-i", "-q", "-g", str(GAIN), "-r", str(RATE), "-F", str(wav)]
        try:
            done = subprocess.run(
                [*command, str(font), str(midi)],
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
            sound = wav.read_bytes()
        except (OSError, subprocess.TimeoutExpired) as trouble:
            raise RuntimeMissing(f"{PROGRAM} made no sound: {trouble}") from None
    if done.returncode or len(sound) < RATE:
        raise RuntimeMissing(f"{PROGRAM} made no sound with {font}: {done.stderr.strip()}")
    return sound
