"""The file with a map's points, which a browser fetches."""

from types import SimpleNamespace

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from app.ui.projector import word_map


def test_a_browser_on_its_way_to_a_file_finds_it_though_a_run_has_made_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage = MemoryMediaFileStorage("/media")
    manager = MediaFileManager(storage)
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(media_file_mgr=manager))
    monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: "somebody")

    def run(content: bytes) -> str:
        """What a run of a page does; returns the name of its file."""
        manager.clear_session_refs()
        address = word_map._address(content, "map")
        manager.remove_orphaned_files()
        return address.rpartition("/")[2]

    first = run(b'{"words": []}')
    second = run(b'{"words": ["a"]}')
    assert storage.get_file(first).content == b'{"words": []}'
    run(b'{"words": ["b"]}')
    assert storage.get_file(second).content == b'{"words": ["a"]}'
    with pytest.raises(MediaFileStorageError):
        storage.get_file(first)
