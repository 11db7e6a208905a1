import io
import json
import pickle
import resource
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest
import webdataset

from earshot_trainer.data.shards.shard import read_origin, read_shard, write_shard
from earshot_trainer.errors import TrainerError

ORIGIN = {"teacher": "captioner", "sha256": "0" * 64, "left_out": []}
ITEMS = [
    {"__key__": f"{i:03d}", "embedding.npy": np.full(4, i, np.float32), "caption.txt": f"sound {i}", "source.json": {"start": i}}
    for i in range(3)
]


def test_items_come_back_as_they_were_written_each_time_as_the_same_bytes(tmp_path):
    for name in ("a.tar", "b.tar"):
        write_shard(tmp_path / name, ORIGIN, ITEMS)
    back = list(read_shard(tmp_path / "a.tar"))
    assert [(item["__key__"], item["caption.txt"], item["source.json"]) for item in back] == [
        ("000", "sound 0", {"start": 0}), ("001", "sound 1", {"start": 1}), ("002", "sound 2", {"start": 2}),
    ]  # fmt: skip
    assert all(np.array_equal(item["embedding.npy"], ITEMS[i]["embedding.npy"]) for i, item in enumerate(back))
    assert read_origin(tmp_path / "a.tar") == {**ORIGIN, "items": 3}
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()


def test_any_reader_of_webdataset_can_read_it(tmp_path):
    write_shard(tmp_path / "a.tar", ORIGIN, ITEMS)
    samples = list(webdataset.WebDataset(str(tmp_path / "a.tar"), shardshuffle=False).decode())
    assert [sample["caption.txt"] for sample in samples] == ["sound 0", "sound 1", "sound 2"]
    assert samples[1]["embedding.npy"].dtype == np.float32


def add(path: Path, name: str, data: bytes) -> None:
    with tarfile.open(path, "a") as tar:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["003.pyd", "003.pickle", "003.embedding.npy"])
def test_nothing_in_a_shard_is_unpickled(tmp_path, name):
    write_shard(tmp_path / "a.tar", ORIGIN, ITEMS)
    data = io.BytesIO()
    np.save(data, np.array([Bomb(tmp_path / "run")], dtype=object), allow_pickle=True)
    add(tmp_path / "a.tar", name, data.getvalue() if name.endswith("npy") else pickle.dumps(Bomb(tmp_path / "run")))
    with pytest.raises(TrainerError, match=r"a\.tar: is no readable shard"):
        list(read_shard(tmp_path / "a.tar"))
    assert not (tmp_path / "run").exists()


def test_a_shard_with_more_or_fewer_items_than_it_counts_is_refused(tmp_path):
    write_shard(tmp_path / "a.tar", ORIGIN, ITEMS)
    add(tmp_path / "a.tar", "003.caption.txt", b"one more")
    with pytest.raises(TrainerError, match=r"a\.tar: holds 4 items where it counts 3"):
        list(read_shard(tmp_path / "a.tar"))


def test_a_tar_that_is_no_shard_is_refused(tmp_path):
    add(tmp_path / "a.tar", "readme.txt", b"holiday pictures")
    with pytest.raises(TrainerError, match="does not say what made it"):
        read_origin(tmp_path / "a.tar")
    add(tmp_path / "b.tar", "__origin__.json__", json.dumps([1]).encode())
    with pytest.raises(TrainerError, match="does not say what made it"):
        read_origin(tmp_path / "b.tar")


FILL = """
import sys
from pathlib import Path
import numpy as np
from earshot_trainer.data.shards.shard import write_shard
try:
    write_shard(Path(sys.argv[1]), {"left_out": []}, [{"__key__": str(i), "log_mel.npy": np.zeros(20_000)} for i in range(9)])
except Exception as error:
    sys.exit(str(error))
"""


def test_a_full_disk_leaves_no_part_of_a_shard(tmp_path):
    def fill_disk() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    command = [sys.executable, "-c", FILL, str(tmp_path / "a.tar")]
    stopped = subprocess.run(command, cwd=Path(__file__).parents[3], preexec_fn=fill_disk, text=True, capture_output=True)
    assert "a.tar: cannot be written" in stopped.stderr and "Make room" in stopped.stderr
    assert list(tmp_path.iterdir()) == []
