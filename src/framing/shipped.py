"""Where the files that travel with the package are: inside an installed wheel, or in a checkout."""

from pathlib import Path

from framing.errors import FramingError


def shipped(folder: str) -> Path:
    """The folder `configs/sides` of a checkout, which a wheel carries as `framing/resources/sides`."""
    places = (Path(__file__).parent / "resources" / Path(folder).name, Path(__file__).parents[2] / folder)
    for place in places:
        if place.is_dir():
            return place
    raise FramingError(expected=f"the folder {folder}", found="none", fix="Use a full checkout or an installed wheel.")
