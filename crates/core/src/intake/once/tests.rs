use std::fs::OpenOptions;
use std::io::Write;

use super::*;

/// What is done to a file while it is read, and what it is refused with.
type Case = (&'static str, fn(&Path), &'static str);

const CASES: &[Case] = &[
    (
        "it grows",
        |path| {
            let mut file = OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"9,9\n").unwrap();
        },
        "the file changed while it was read: it had 1048576 bytes, then 1048580",
    ),
    (
        "it is cut short",
        |path| {
            OpenOptions::new()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(7)
                .unwrap()
        },
        "the file changed while it was read: it had 1048576 bytes, then 7",
    ),
    (
        "it is overwritten in place, its length as before",
        |path| fs::write(path, vec![b'y'; 1 << 20]).unwrap(),
        "the file changed while it was read: it was written to",
    ),
    (
        "it is overwritten in place, and its time is set back",
        |path| {
            let written = fs::metadata(path).unwrap().modified().unwrap();
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            file.write_all(b"y").unwrap();
            file.set_modified(written).unwrap();
        },
        "the file changed while it was read: it was written to",
    ),
    (
        "another file is renamed over it",
        |path| {
            let other = path.with_extension("new");
            fs::write(&other, vec![b'x'; 1 << 20]).unwrap();
            fs::rename(other, path).unwrap();
        },
        "the file changed while it was read: another file took its name",
    ),
    (
        "it is renamed",
        |path| fs::rename(path, path.with_extension("old")).unwrap(),
        "the file changed while it was read: it was moved or deleted",
    ),
];

#[test]
fn a_file_that_changes_while_it_is_read_is_refused_and_told_how() {
    for (case, change, message) in CASES {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        fs::write(&path, vec![b'x'; 1 << 20]).unwrap();
        let mut once = Once::open(&path).unwrap();
        once.read_exact(&mut vec![0; 4096]).unwrap();
        change(&path);
        let error = once.finish(SystemTime::UNIX_EPOCH).unwrap_err();
        assert!(error.to_string().starts_with(message), "{case}: {error}");
        let ScanError::Refused(refusal) = error else {
            panic!("{case}")
        };
        assert_eq!(refusal.reason, Reason::Changed, "{case}");
        assert!(
            refusal.help.starts_with("nothing of it came in; "),
            "{case}"
        );
    }
}

#[test]
fn a_file_that_only_changed_its_permissions_is_hashed_once_more_and_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.csv");
    fs::write(&path, "a,b\n1,2\n").unwrap();
    let once = Once::open(&path).unwrap();
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let later = SystemTime::now() + Duration::from_secs(3600);
    let found = once.finish(later).unwrap();
    assert_eq!(found, super::super::identity(&path, None).unwrap());
}

#[test]
fn what_is_no_file_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let error = Once::open(folder.path()).unwrap_err();
    assert_eq!(error.to_string(), "it is no file");
}
