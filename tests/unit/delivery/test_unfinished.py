import signal
import subprocess
import sys

from tryghed.delivery import unfinished

HOLD = """
import sys, time
from pathlib import Path
from tryghed.delivery import unfinished
with unfinished.folder(Path(sys.argv[1]), "2025") as made:
    (made / "city.pdf").write_text("x")
    print(made, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_report_left_is_swept_and_what_a_living_one_holds_is_not(tmp_path):
    # Guards against unfinished reports that lie in out/ for good, and against taking those of another run away.
    with subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        try:
            held = holder.stdout.readline().strip()
            with unfinished.folder(tmp_path, "2025") as own:
                assert sorted(map(str, tmp_path.iterdir())) == sorted([held, str(own)])
            assert [str(one) for one in tmp_path.iterdir()] == [held]
        finally:
            holder.send_signal(signal.SIGKILL)

    with unfinished.folder(tmp_path, "2024"):
        assert held in map(str, tmp_path.iterdir())  # another wave's is not looked at
    with unfinished.folder(tmp_path, "2025") as own:
        assert list(tmp_path.iterdir()) == [own]
    assert list(tmp_path.iterdir()) == []
