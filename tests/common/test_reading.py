"""Within the outermost reading a thing is read once; after it, and in another thread, anew."""

import threading

from emailketing.common.reading import once, one_reading


def test_it_is_read_once_in_the_block_and_anew_after_it() -> None:
    found = iter(range(9))

    def read() -> int:
        return next(found)

    assert [once("x", read), once("x", read)] == [0, 1]
    with one_reading():
        assert [once("x", read), once("x", read)] == [2, 2]
        with one_reading():  # a block within a block: the outermost keeps it
            assert once("x", read) == 2
        assert once("x", read) == 2
        others: list[int] = []
        thread = threading.Thread(target=lambda: others.append(once("x", read)))
        thread.start()
        thread.join()
        assert others == [3]
    assert once("x", read) == 4
