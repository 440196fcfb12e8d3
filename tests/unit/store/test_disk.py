import pytest
from made_waves import wave

from tryghed.errors import StoreError
from tryghed.store import disk, warehouse

LINE = "36 25 {device} / {place} rw,relatime shared:1 - {kind} {source} rw\n"


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """A function that has the folder `project` lie on a mount of some kind and device."""

    def mount(kind, device="8:1", place="my project"):
        (tmp_path / place).mkdir(exist_ok=True)
        lines = LINE.format(device="8:2", place="/", kind="ext4", source="/dev/sda2") + LINE.format(
            device=device, place=str(tmp_path / place).replace(" ", r"\040"), kind=kind, source="somewhere"
        )
        (tmp_path / "mounts").write_text(lines, encoding="utf-8")
        monkeypatch.setattr(disk, "MOUNTS", tmp_path / "mounts")
        return tmp_path / place

    return mount


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "9p", "fuse.sshfs"])
def test_nobody_writes_on_a_network(mounted, kind):
    folder = mounted(kind)
    with pytest.raises(StoreError, match=rf"network file system \({kind} at .*my project") as caught:
        warehouse.publish(folder, wave())
    assert "tryghed backup" in caught.value.hint
    assert not (folder / "store").exists()


def test_a_link_to_a_network_is_one(mounted, tmp_path):
    there = mounted("nfs4", place="far")
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "store").symlink_to(there)

    with pytest.raises(StoreError, match="network file system"):
        warehouse.publish(tmp_path / "near", wave())


def test_a_local_disk_will_do_and_so_does_a_machine_that_does_not_tell(mounted, monkeypatch, tmp_path):
    folder = mounted("ext4")
    disk.require_local(folder / "store")
    monkeypatch.setattr(disk, "MOUNTS", tmp_path / "nowhere")
    disk.require_local(folder / "store")
    assert disk.encrypted(folder) is None


@pytest.mark.parametrize(
    ("layers", "encrypted"),
    [({}, False), ({"8:1": "CRYPT-LUKS2-abc"}, True), ({"8:1": "LVM-abc", "8:1/slaves/dm-0": "CRYPT-LUKS2-abc"}, True),
     ({"8:1": "LVM-abc", "8:1/slaves/sda": ""}, False)],
)  # fmt: skip
def test_luks_is_seen_below_a_volume_too(mounted, monkeypatch, tmp_path, layers, encrypted):
    folder = mounted("ext4")
    monkeypatch.setattr(disk, "DEVICES", tmp_path / "devices")
    (tmp_path / "devices" / "8:1").mkdir(parents=True)
    for place, uuid in layers.items():
        (tmp_path / "devices" / place / "dm").mkdir(parents=True)
        (tmp_path / "devices" / place / "dm" / "uuid").write_text(uuid, encoding="ascii")

    assert disk.encrypted(folder) is encrypted
