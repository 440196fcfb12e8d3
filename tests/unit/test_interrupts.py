import os
import signal
import threading

import pytest

from tryghed.interrupts import waiting


def test_ctrl_c_waits_until_the_block_is_done():
    done = []

    def pressed_meanwhile():
        with waiting():
            os.kill(os.getpid(), signal.SIGINT)
            done.append("whole")

    with pytest.raises(KeyboardInterrupt):
        pressed_meanwhile()

    assert done == ["whole"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_only_the_main_thread_is_interrupted():
    done = []

    def elsewhere():
        with waiting():
            done.append("whole")

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()

    assert done == ["whole"]
