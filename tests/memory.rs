//! Looks for a secret where it must not be: in the memory of running programs, and in the files of a folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::Path,
};

use base64ct::{Base64, Encoding};

/// Bytes that are looked for, and what they are called where they are found.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    name: String,
    bytes: Vec<u8>,
    /// For each byte, how far the search may go on when a window ends with it (Horspool, 1980): a debug build reads
    /// hundreds of megabytes in a few seconds this way.
    steps: Box<[usize; 256]>,
}

impl Needle {
    /// Bytes of that name. Fewer than eight would be found by chance.
    pub(crate) fn new(name: &str, bytes: Vec<u8>) -> Self {
        assert!(bytes.len() >= 8, "{name} is too short to mean anything");
        let mut steps = Box::new([bytes.len(); 256]);
        for (at, byte) in bytes[..bytes.len() - 1].iter().enumerate() {
            steps[usize::from(*byte)] = bytes.len() - 1 - at;
        }
        Self { name: name.to_owned(), bytes, steps }
    }

    /// A secret as it is, in base64 (RFC 4648, section 4; the padding is left out) and in hex of both cases.
    pub(crate) fn spellings(secret: &[u8]) -> Vec<Self> {
        let hex = |upper: bool| -> Vec<u8> {
            let digits = secret.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
            digits.collect::<String>().into_bytes()
        };
        let base64 = Base64::encode_string(secret);
        vec![
            Self::new("raw", secret.to_vec()),
            Self::new("base64", base64.trim_end_matches('=').as_bytes().to_vec()),
            Self::new("hex", hex(false)),
            Self::new("hex in capitals", hex(true)),
        ]
    }

    /// How often it is there.
    fn count(&self, bytes: &[u8]) -> usize {
        let (length, mut at, mut found) = (self.bytes.len(), 0, 0);
        while at + length <= bytes.len() {
            let last = bytes[at + length - 1];
            if last == self.bytes[length - 1] && bytes[at..at + length] == self.bytes[..] {
                found += 1;
            }
            at += self.steps[usize::from(last)];
        }
        found
    }
}

/// How much of a program's memory was read, and what was found in it.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// In bytes. Pages that were never used are not read: a web view reserves many gigabytes.
    pub(crate) read: u64,
    /// How often each was found, by the name of the needle and of the mapping.
    pub(crate) hits: BTreeMap<(String, String), usize>,
}

impl Scan {
    fn add(&mut self, needles: &[Needle], place: &str, bytes: &[u8]) {
        self.read += bytes.len() as u64;
        for needle in needles {
            let found = needle.count(bytes);
            if found > 0 {
                *self.hits.entry((needle.name.clone(), place.to_owned())).or_default() += found;
            }
        }
    }
}

/// The size of a page of this computer's processor, x86-64 and most of ARM.
const PAGE: u64 = 4096;
/// So many pages are read at once at most.
const PAGES: u64 = 1024;
/// The bits of an entry of `pagemap` that say that the page is in memory or in the swap. Source: the kernel's
/// Documentation/admin-guide/mm/pagemap.rst.
const IS_USED: u64 = 0b11 << 62;

/// Looks for the needles in the memory of that process. What the process lets go of meanwhile is passed over.
///
/// # Errors
/// `PermissionDenied` where the kernel forbids it (ptrace_scope); `NotFound` for a process that has ended.
pub(crate) fn scan(process: u32, needles: &[Needle]) -> io::Result<Scan> {
    let folder = format!("/proc/{process}");
    let maps = fs::read_to_string(format!("{folder}/maps"))?;
    let memory = File::open(format!("{folder}/mem"))?;
    let pages = File::open(format!("{folder}/pagemap"))?;
    let mut scan = Scan::default();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(rights)) = (words.next(), words.next()) else { continue };
        let place = words.nth(3).unwrap_or("[anonymous]");
        let bounds =
            range.split_once('-').map(|(from, to)| (u64::from_str_radix(from, 16), u64::from_str_radix(to, 16)));
        let Some((Ok(from), Ok(to))) = bounds else { continue };
        if rights.starts_with('r') && !place.starts_with("[v") {
            for (at, length) in used(&pages, from, to)? {
                let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
                // It may have been unmapped since the map was read.
                if memory.read_exact_at(&mut bytes, at).is_ok() {
                    scan.add(needles, place, &bytes);
                }
            }
        }
    }
    Ok(scan)
}

/// The runs of used pages between two addresses: where each begins and its length, in bytes. A long run is given in parts
/// that overlap by a page, so that nothing is missed at the seam.
fn used(pages: &File, from: u64, to: u64) -> io::Result<Vec<(u64, u64)>> {
    let mut runs: Vec<(u64, u64)> = Vec::new();
    let mut entries = vec![0; 1 << 19];
    let mut page = from / PAGE;
    while page < to / PAGE {
        let wanted = entries.len().min(usize::try_from((to / PAGE - page) * 8).unwrap_or(usize::MAX));
        pages.read_exact_at(&mut entries[..wanted], page * 8)?;
        for entry in entries[..wanted].chunks_exact(8) {
            let bits = u64::from_ne_bytes(entry.try_into().unwrap());
            let at = page * PAGE;
            page += 1;
            if bits & IS_USED == 0 {
                continue;
            }
            match runs.last_mut() {
                Some((begin, length)) if *begin + *length == at && *length < PAGES * PAGE => *length += PAGE,
                Some((begin, length)) if *begin + *length == at => runs.push((at - PAGE, 2 * PAGE)),
                _ => runs.push((at, PAGE)),
            }
        }
    }
    Ok(runs)
}

/// The processes, this one excepted, that were started with that text among their variables: a program and its children.
pub(crate) fn processes_with(variable: &str) -> Vec<(u32, String)> {
    let own = std::process::id();
    let entries = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    entries
        .filter(|process| *process != own)
        .filter_map(|process: u32| {
            let variables = fs::read(format!("/proc/{process}/environ")).ok()?;
            let found = variables.split(|byte| *byte == 0).any(|one| one == variable.as_bytes());
            let name = fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
            found.then(|| (process, name.trim().to_owned()))
        })
        .collect()
}

/// The files below that folder in which a needle is, and which.
pub(crate) fn files_with(folder: &Path, needles: &[Needle]) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .flat_map(|entry| match entry.file_type().unwrap() {
            kind if kind.is_dir() => files_with(&entry.path(), needles),
            kind if kind.is_file() => {
                let bytes = fs::read(entry.path()).unwrap_or_default();
                let found = needles.iter().filter(|needle| needle.count(&bytes) > 0);
                found.map(|needle| format!("{}: {}", entry.path().display(), needle.name)).collect()
            }
            _ => Vec::new(),
        })
        .collect()
}

/// Fails unless each of these crates of ours wrote to the log in that home at trace level, and nobody else wrote there below
/// a warning: only then does it mean something that a secret is not in it. What it says.
pub(crate) fn log_is_at_trace(home: &Path, crates: &[&str]) -> String {
    let files = fs::read_dir(home.join("log")).unwrap().map(|entry| entry.unwrap().path());
    let log: String = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let told = |level: &str| -> BTreeSet<String> {
        let lines = log.lines().filter_map(|line| line.split_once(&format!(" {level} "))?.1.split_once(": "));
        lines.map(|(target, _)| target.split("::").next().unwrap().trim().to_owned()).collect()
    };
    for name in crates {
        assert!(told("TRACE").contains(*name), "{name} says nothing at trace level:\n{log}");
    }
    let crates = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates")).unwrap();
    let names = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let ours: BTreeSet<String> = names.chain(["claviger".to_owned()]).collect();
    for level in ["TRACE", "DEBUG", "INFO"] {
        assert!(told(level).is_subset(&ours), "{level}: {:?}", told(level));
    }
    log
}

#[cfg(test)]
mod tests {
    use std::{io::Write, process::Command};

    use super::*;

    /// The control: a program that keeps what it read is found out, in each spelling, and so is its file.
    #[test]
    fn what_a_program_keeps_is_found() {
        let secret = b"\x07 kept in a careless variable \xfe";
        let folder = tempfile::tempdir().unwrap();
        for needle in Needle::spellings(secret) {
            // Not on its command line, where its memory would have it anyway.
            let mut child = Command::new("sh")
                .args(["-c", "read -r kept; echo read; read more; echo \"$kept\""])
                .env("CARELESS", folder.path())
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            input.write_all(&needle.bytes).unwrap();
            input.write_all(b"\n").unwrap();
            io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut [0; 5]).unwrap();
            let variable = format!("CARELESS={}", folder.path().display());
            assert_eq!(processes_with(&variable), [(child.id(), "sh".to_owned())]);
            let other = Needle::new("another", b"nobody ever wrote \x03 this there".to_vec());
            let scan = scan(child.id(), &[needle.clone(), other]);
            drop(input);
            child.wait().unwrap();
            if scan.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied) {
                eprintln!("the kernel does not let the test read the memory of a child");
                return;
            }
            let scan = scan.unwrap();
            assert!(scan.read > 100 * PAGE, "{scan:?}");
            assert!(!scan.hits.is_empty() && scan.hits.keys().all(|(name, _)| *name == needle.name), "{scan:?}");
            fs::write(folder.path().join("log"), [&b"line: "[..], &needle.bytes, b" end"].concat()).unwrap();
            assert_eq!(files_with(folder.path(), &Needle::spellings(secret)).len(), 1);
        }
    }
}
